"""What a proposal would do to many calls."""
