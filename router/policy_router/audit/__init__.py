"""What was decided, kept: records without content, appended before anything is sent."""
