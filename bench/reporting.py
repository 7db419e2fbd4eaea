"""`python -m bench.reporting`: the report on the whole registry, beside reading it alone."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, process_time
from typing import Final, TypeVar

from policy_router.audit.dossier.build import Subject, dossier
from policy_router.audit.in_use import First, Why
from policy_router.audit.matrix import matrix, reachable_routes
from policy_router.domain.claim import Moment
from policy_router.report.dossier.written import written
from policy_router.service.pdp import PDP, load, utc_now
from policy_router.store.garbage import uncollected

PACKS: Final = ("gdpr", "eu-residency", "zero-retention")
_MEGA: Final = 1e6

T = TypeVar("T")


def main() -> None:
    """Measure both, and print seconds, sizes and the ratio."""
    read, pdp = _timed("read", lambda: load(packs=PACKS, all_routes=True))
    made, files = _timed("report", lambda: _report(pdp))
    page, data = (len(files[name]) / _MEGA for name in ("report.html", "report.json"))
    all_of_it = sum(map(len, files.values())) / _MEGA
    print(f"  page {page:.1f} MB, JSON {data:.1f} MB, all {len(files)} files {all_of_it:.1f} MB")
    print(f"the report took {made[0] / read[0]:.1f} x the time, {made[1] / read[1]:.1f} x the work")


def _report(pdp: PDP) -> dict[str, bytes]:
    """Every file of the report on every route under all packs and scenarios."""
    snapshot, scenarios = pdp.loaded.snapshot, tuple(pdp.loaded.scenarios.values())
    routes = reachable_routes(snapshot)
    print(f"  {len(routes):,} routes, {len(scenarios)} scenarios, {len(PACKS)} packs", flush=True)
    with uncollected():
        found = matrix(snapshot, scenarios, routes, Moment(utc_now()))
        subject = Subject(found, First(routes, Why.IN_REACH, len(routes)), None, None)
        return written(dossier(subject, lambda *_: None))


def _timed(what: str, run: Callable[[], T]) -> tuple[tuple[float, float], T]:
    """Seconds on the clock and of the processor."""
    clock, work = perf_counter(), process_time()
    found = run()
    took = perf_counter() - clock, process_time() - work
    print(f"{what}: {took[0]:.1f} s, {took[1]:.1f} s of the processor", flush=True)
    return took, found


if __name__ == "__main__":
    main()
