"""From YAML text to checked documents: every value keeps its place for the messages about it."""
