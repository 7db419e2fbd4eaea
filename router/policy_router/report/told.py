"""What a refused call was told, as its record holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policy_router.report.screen import Screen
from policy_router.report.visible import escaped

_MORE: Final = (
    ("no_help", "Recorded, but no help"),
    ("changes", "What would change it, all of it together"),
)


def told_lines(told: Mapping[str, Any] | None, screen: Screen) -> Iterator[str]:
    """The answer to a refused call, word for word; nothing where it was not refused by policies."""
    if told is None:
        return
    yield "  The caller was told"
    yield from screen.wrapped(escaped(told["message"]), "    ")
    for name, title in _MORE:
        if told[name]:
            yield f"    {title}:"
            for said in told[name]:
                yield from screen.wrapped(escaped(said), f"      {screen.bullet} ")
    yield from screen.wrapped(escaped(told["help"]), "    help: ")
