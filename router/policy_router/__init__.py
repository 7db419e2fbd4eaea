"""Decides which route may lawfully carry a request to an LLM, and explains why."""
