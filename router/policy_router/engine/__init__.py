"""The policy decision point: pure functions from snapshot, request and instant to a decision."""
