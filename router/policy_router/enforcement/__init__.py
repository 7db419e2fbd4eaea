"""Where a decision bites: calls are read, decided, pinned and recorded before they are sent."""
