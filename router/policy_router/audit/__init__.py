"""What was decided, kept without content; what may go where; and what is missing for more."""
