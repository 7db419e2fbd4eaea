"""The sidecar: an address to point any SDK at, in any language. Needs the extra `serve`."""
