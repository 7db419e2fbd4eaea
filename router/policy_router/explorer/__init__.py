"""The explorer: pages over HTTP, on this machine alone, that show what reports compute."""
