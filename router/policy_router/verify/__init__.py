"""Policy suites: requests at an instant, and whether what comes of them is what was expected."""
