"""Nouns of the field: frozen values that every other room shares.

Nothing here does I/O, reads a clock or imports another room of this package.
"""
