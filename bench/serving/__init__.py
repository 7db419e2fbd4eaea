"""What the sidecar costs a call, beside a server that only passes it on and beside LiteLLM."""
