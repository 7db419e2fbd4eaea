"""The texts of a call: everything in its body that somebody may have written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

_ENCODED: Final = re.compile(r"(?:data:[^,]{0,200},)?[A-Za-z0-9+/_=-]{512,}")
"""Content in base64, of which no word can be read."""


def texts(body: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Every text in `body`, in its order; pictures, sound and files are none."""
    if isinstance(body, str):
        if not _ENCODED.fullmatch(body):
            yield body
    elif isinstance(body, dict):
        for value in body.values():
            yield from texts(value)
    elif isinstance(body, list):
        for value in body:
            yield from texts(value)
