"""Exceptions and sign-offs that permissions rest on, with their last days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from policy_router.audit.worded import last_day
from policy_router.domain.snapshot import Snapshot
from policy_router.report.visible import escaped

Ends = Mapping[tuple[str, str], datetime | None]
"""When exceptions and sign-offs end, by kind (`exception`, `sign-off`) and id."""


def ends_of(snapshot: Snapshot) -> Ends:
    """The ends of the exceptions and sign-offs on file."""
    exceptions = {("exception", e.id): e.validity.end for e in snapshot.policies.exceptions}
    signoffs = {("sign-off", s.id): s.validity.end for s in snapshot.registry.signoffs}
    return {**exceptions, **signoffs}


def grounds_words(exceptions: Iterable[str], signoffs: Iterable[str], ends: Ends) -> str:
    """All of them with their last days; empty where a permission rests on none."""
    named = (*(("exception", i) for i in exceptions), *(("sign-off", i) for i in signoffs))
    return ", ".join(
        f"by {kind} `{escaped(i)}` ({_until(ends.get((kind, i)))})" for kind, i in named
    )


def permitted_words(exceptions: Sequence[str], signoffs: Sequence[str]) -> str:
    """That something is permitted, and whether outright."""
    kinds = [kind for kind, ids in (("exception", exceptions), ("sign-off", signoffs)) if ids]
    return f"permitted by {' and '.join(kinds)}" if kinds else "permitted"


def _until(end: datetime | None) -> str:
    return "without end" if end is None else f"until {last_day(end)}"
