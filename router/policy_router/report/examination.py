"""What an examination of a project found, for readers and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policy_router.report import phrases
from policy_router.report.screen import Screen, Style
from policy_router.report.visible import escaped


class State(StrEnum):
    """How a check came out; only `wrong` keeps a project from working."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, what was found, and what to do about it."""

    about: str
    state: State
    found: str
    advice: str | None = None


_STYLES: Final = {State.FINE: Style.GOOD, State.NOTE: Style.OPEN, State.WRONG: Style.BAD}


def examination_lines(checks: Sequence[Check], screen: Screen) -> Iterator[str]:
    """Every check with its state, then how many are wrong."""
    for check in checks:
        state = screen.styled(f"{check.state.value:5}", _STYLES[check.state])
        yield from screen.wrapped(escaped(f"{check.about}: {check.found}"), f"{state}  ")
        if check.advice:
            yield from screen.wrapped(escaped(check.advice), "         help: ")
    wrong = sum(check.state is State.WRONG for check in checks)
    notes = sum(check.state is State.NOTE for check in checks)
    parts = [f"{phrases.counted(wrong, 'thing')} to put right" if wrong else "ready"]
    yield ", ".join([*parts, *([phrases.counted(notes, "note")] if notes else [])])


def examination_json(checks: Sequence[Check]) -> str:
    """Every check, as one line of JSON."""
    data = [
        {"about": c.about, "state": c.state.value, "found": c.found, "help": c.advice}
        for c in checks
    ]
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
