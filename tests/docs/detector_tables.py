"""The tables of the page about detectors, written from what the code looks for."""

from __future__ import annotations

from policy_router.detect.identifiers import IDENTIFIERS
from policy_router.detect.presidio import CATEGORIES, NOT_PERSONAL


def tables() -> dict[str, str]:
    """Every table of the page, by the name of its place there."""
    return {"identifiers": _identifiers(), "presidio": _presidio()}


def _identifiers() -> str:
    alone = sorted({i.name for i in IDENTIFIERS if i.words is None})
    beside = sorted({i.name for i in IDENTIFIERS if i.words is not None})
    return f"Told alone: {'; '.join(alone)}.\n\nOnly beside a word for it: {'; '.join(beside)}."


def _presidio() -> str:
    rows = [f"| `{entity}` | `{category}` |" for entity, category in CATEGORIES.items()]
    none = ", ".join(f"`{entity}`" for entity in sorted(NOT_PERSONAL))
    rows += [f"| {none} | none: alone they are nobody's |", "| any other | `personal` |"]
    return "\n".join(["| Presidio's entity | category |", "|---|---|", *rows])
