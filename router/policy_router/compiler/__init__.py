"""Policies lowered to a plan that knows no registry, and bound to a registry per epoch."""
