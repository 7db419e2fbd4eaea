"""Adding a document to a file of documents, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from stat import S_IMODE
from typing import Final

from policy_router.store.writing import replaced

_FOR_ALL_TO_READ: Final = 0o644
"""How a new file of documents may be used: it holds no secrets, and a service reads it."""


def append_document(file: Path, text: str) -> None:
    """Add the document `text` at the end of `file`, which is made if it is not there.

    What stands in the file stays as it is. The new file replaces the old one in one step; raises
    `OSError` if it cannot be written, and then the old one is untouched.
    """
    there = file.exists()
    before = file.read_text("utf-8") if there else ""
    if before and not before.endswith("\n"):
        before += "\n"
    joined = f"{before}---\n{text}" if before.strip() else before + text
    replaced(file, joined.encode(), S_IMODE(file.stat().st_mode) if there else _FOR_ALL_TO_READ)
