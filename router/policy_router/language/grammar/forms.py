"""Forms of text, as regular expressions of the whole of it."""

from __future__ import annotations

from typing import Final

ID: Final = r"[A-Za-z0-9][A-Za-z0-9._:/@+~-]*"
TAG: Final = r"[A-Za-z0-9][A-Za-z0-9._-]*"
COUNT: Final = r"0|[1-9][0-9]*"

LONGEST_NUMBER: Final = 64
"""Characters."""
