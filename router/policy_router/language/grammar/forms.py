"""Forms of text, as regular expressions of the whole of it."""

from __future__ import annotations

from typing import Final

ID: Final = r"[A-Za-z0-9][A-Za-z0-9._:/@+~-]*"
TAG: Final = r"[A-Za-z0-9][A-Za-z0-9._-]*"
COUNT: Final = r"0|[1-9][0-9]*"
WEB_PAGE: Final = r"https?://[^\s/?#@]+(?:[/?#]\S*)?(?: [^\t\r\n]*)?"
"""An address without a password in it, and perhaps what is to be said of it."""
DOCUMENT_NUMBER: Final = r"[A-Z0-9][A-Z0-9.-]*:[0-9][0-9./-]*"
"""Such as `ISO27001:2022`."""
NO_ADDRESS: Final = r"(?!//|[A-Za-z][A-Za-z0-9+.-]*:[^ ])[^\s][^\t\r\n]*"
"""A line that does not start as an address does."""

LONGEST_NUMBER: Final = 64
"""Characters."""
