"""The one place where output is rendered, for people and for machines."""
