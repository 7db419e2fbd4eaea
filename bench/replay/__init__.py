"""Replay of many calls beside hand-written SQL."""
