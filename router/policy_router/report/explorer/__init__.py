"""The pages of the explorer, written: HTML from values, a style sheet, and one script of others."""
