"""Who was told of a log, and who could not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy_router.log.checkpoint import Checkpoint
from policy_router.log.telling import Standing
from policy_router.report import phrases
from policy_router.report.screen import Screen, Style
from policy_router.report.visible import escaped

_WHAT = {"git": "checkpoint", "otel_checkpoints": "checkpoint", "otel_records": "record"}


def covered_line(covered: Checkpoint | None) -> str:
    """Whether a checkpoint was due."""
    if covered is None:
        return "a checkpoint covers all records already"
    return f"a checkpoint covers {phrases.counted(covered.size, 'record')} now"


def told_lines(standings: Mapping[str, Standing], screen: Screen) -> Iterator[str]:
    """A line for each: how much was new, or why it could not be told."""
    for name, standing in standings.items():
        if standing.why is None:
            new = phrases.counted(standing.told, f"new {_WHAT.get(name, 'thing')}")
            yield from screen.wrapped(f"{screen.styled('told', Style.GOOD)}: `{name}`, {new}")
        else:
            bad = screen.styled("not told", Style.BAD)
            yield from screen.wrapped(f"{bad}: `{name}`: {escaped(standing.why)}")
