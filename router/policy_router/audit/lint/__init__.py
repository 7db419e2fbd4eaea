"""What documents say to no effect: found by asking every request that policies can tell apart."""
