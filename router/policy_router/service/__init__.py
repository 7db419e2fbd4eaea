"""The running decision point: the current snapshot, the clock, and decisions to act on."""
