"""The policy information point: what is known about routes, law and contracts, and since when."""
