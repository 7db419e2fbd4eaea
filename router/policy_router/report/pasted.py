"""A command to paste into a shell."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from policy_router.report.screen import Screen
from policy_router.report.visible import escaped

_INDENT = "  "
_GOES_ON = " \\"


def pasted(words: Sequence[str], screen: Screen) -> list[str]:
    """The command over as many lines as it takes, each but the last ending in a backslash."""
    lines: list[str] = []
    for word in _options_with_values([escaped(shlex.quote(w)) for w in words]):
        room = screen.width - len(_GOES_ON)
        if lines and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{_INDENT * (2 if lines else 1)}{word}")
    return [*(f"{line}{_GOES_ON}" for line in lines[:-1]), *lines[-1:]]


def _options_with_values(words: Sequence[str]) -> list[str]:
    """Each option together with its value, so that no line break parts them."""
    parts: list[str] = []
    for word in words:
        if parts and parts[-1].startswith("--") and " " not in parts[-1] and word[:2] != "--":
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts
