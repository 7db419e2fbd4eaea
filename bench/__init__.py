"""How fast decisions are, beside a plain loop and other engines: `make bench`."""
