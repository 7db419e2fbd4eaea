"""Detectors: text in, categories of data out. What they say only ever adds to what is stated."""
