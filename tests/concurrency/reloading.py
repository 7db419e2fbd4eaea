"""A decision point that is reloaded without pause while threads decide without pause."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from threading import Event

from policy_router.domain.diagnostic import DocumentErrors
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.service.pdp import PDP
from tests.concurrency.crowd import together
from tests.concurrency.numbered import Documents, expected, mixture
from tests.small import NOON, NOW, facts

FAILING = 7
_EXPLAINED = 40
_LATER = 3
_REQUESTS: tuple[RequestFacts, ...] = (
    facts(data=("personal",)),
    facts(data=("personal",), tokens__input=Decimal(40), tokens__output=Decimal(4)),
    facts(model="any", data=("non_personal",)),
    facts(model=None, data=("health",), opened=("data",)),
)
_RIGHT = [expected(asked, NOW) for asked in _REQUESTS]


@dataclass(slots=True)
class Run:
    """What happened: loads taken and refused, decisions by thread, and what was wrong."""

    taken: int = 0
    refused: int = 0
    decided: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def reload_under_load(reloads: int, threads: int) -> Run:
    """Reload `reloads` times, every seventh to no avail, while `threads` threads decide."""
    pdp = PDP(Documents(FAILING).read, clock=lambda: NOON)
    run, over = Run(), Event()

    def reload() -> None:
        try:
            for _ in range(reloads):
                _reload(pdp, run)
        finally:
            over.set()

    def work(n: int) -> list[str]:
        run.decided[n], found = _decide(pdp, over)
        return found

    run.wrong += together(work, threads, reload)
    return run


def _reload(pdp: PDP, run: Run) -> None:
    before = pdp.loaded
    try:
        now = pdp.reload()
    except DocumentErrors:
        run.refused += 1
        if pdp.loaded is not before:
            run.wrong.append("a load that failed took something out of force")
        return
    run.taken += 1
    if now is before.snapshot or pdp.loaded.snapshot is not now or pdp.snapshot is not now:
        run.wrong.append("a load that succeeded is not in force")


def _decide(pdp: PDP, over: Event) -> tuple[int, list[str]]:
    """Decide until it is over, and no fewer times than each kind of request has its turn."""
    found: list[str] = []
    for n in count():
        if over.is_set() and n >= len(_REQUESTS) * _EXPLAINED:
            return n, found
        held = pdp.snapshot
        wrong = _one(pdp, n, held if n % _LATER == 0 else None)
        found += [] if wrong is None else [wrong]
    return 0, found


def _one(pdp: PDP, n: int, held: Snapshot | None) -> str | None:
    """Decide once; by the snapshot `held` since the call came in, if one was."""
    place = n % len(_REQUESTS)
    decision = pdp.decide(_REQUESTS[place], snapshot=held)
    if held is not None and decision.snapshot is not held:
        return "not decided by the snapshot that was held"
    return mixture(decision, _RIGHT[place], explained=n % _EXPLAINED == 0)
