"""Which release this is."""

VERSION = "0.1.0"


def install(extra: str) -> str:
    """What to type for the packages of an extra: from a checkout, as nothing is released."""
    return f"in a checkout of policy-router, pip install '.[{extra}]'"
