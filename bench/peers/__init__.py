"""The workload in the languages of other engines."""
