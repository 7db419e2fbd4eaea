"""The log of decisions: records that can be added to, and not changed unseen."""
