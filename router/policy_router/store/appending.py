"""Adding a document to a file of documents, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def append_document(file: Path, text: str) -> None:
    """Add the document `text` at the end of `file`, which is made if it is not there.

    What stands in the file stays as it is. The new file replaces the old one in one step; raises
    `OSError` if it cannot be written, and then the old one is untouched.
    """
    before = file.read_text("utf-8") if file.exists() else ""
    if before and not before.endswith("\n"):
        before += "\n"
    joined = f"{before}---\n{text}" if before.strip() else before + text
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=file.suffix)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as new:
            new.write(joined)
        Path(name).chmod(file.stat().st_mode if file.exists() else 0o644)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
