"""Questions over HTTP: what would be decided, and why; nothing is sent anywhere."""
