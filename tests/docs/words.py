"""What a page of documentation shows as code, and its tables."""

from __future__ import annotations

import re
from pathlib import Path

BLOCK = re.compile(r"^```\w*[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
WORD = re.compile(r"[A-Za-z_][\w.]*")


def words_of(page: Path) -> set[str]:
    """Every word that `page` shows as code, in a line or in a block."""
    text = page.read_text("utf-8")
    shown = [*BLOCK.findall(text), *SPAN.findall(BLOCK.sub("", text))]
    return {word.strip(".") for code in shown for word in WORD.findall(code)}


def section(page: Path, title: str) -> str:
    """The text below a heading of any depth, up to the next heading that is no deeper."""
    text = page.read_text("utf-8")
    found = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert found is not None, f"no heading `{title}`"
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def first_column(text: str) -> list[str]:
    """What the first column of every table in `text` shows as code."""
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in SPAN.findall(row.split("|")[1])]
