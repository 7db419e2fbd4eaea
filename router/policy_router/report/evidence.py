"""Claims with their evidence, in a table and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, assert_never

from policy_router.audit.evidence import Standing, Statement, statements, unrecorded
from policy_router.domain.claim import Moment
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.render import instant
from policy_router.registry.hops import hops_of
from policy_router.report import phrases, values
from policy_router.report.screen import Screen
from policy_router.report.statement import facts_of
from policy_router.report.tables import Column, csv_table, table
from policy_router.report.visible import escaped

_COLUMNS: Final = (
    Column("Claim", fits=True),
    Column("Says", fits=True),
    Column("Standing", fits=True),
    Column("Source", fits=True),
    Column("Read or verified", fits=True),
    Column("Age", right=True),
)
_TITLES: Final = (
    "route",
    "hop",
    "attribute",
    "says",
    "standing",
    "gap",
    "source_kind",
    "basis",
    "reference",
    "read_on",
    "page_date",
    "verified_on",
    "verified_by",
    "age_days",
    "agreement",
    "note",
    "place",
)


def evidence_lines(
    snapshot: Snapshot, routes: Iterable[Route], moment: Moment, screen: Screen
) -> Iterator[str]:
    """Every claim about some routes, hop by hop; sources are numbered and listed at the end."""
    found = {r.id: statements(snapshot.registry, r, moment) for r in routes}
    numbers = _numbered(s for about in found.values() for s in about)
    at = facts_of(moment.at, moment.known_at, snapshot.digests)
    for name, about in found.items():
        route = snapshot.registry.routes[name]
        yield from screen.wrapped(f"What is recorded about `{escaped(name)}` on facts of {at}.")
        for hop in hops_of(snapshot.registry, route):
            rows = [_row(s, numbers) for s in about if s.hop == hop]
            yield from ("", screen.bold(title_of_hop(snapshot, hop)))
            if rows:
                yield from table(_COLUMNS, rows, screen)
            yield from _silence(snapshot, route, hop, screen)
        yield ""
    if numbers:
        yield screen.bold("Sources")
        yield from (f"  [{number}] {escaped(name)}" for name, number in numbers.items())


def _numbered(found: Iterable[Statement]) -> dict[str, int]:
    """A number for each page or document."""
    references = sorted({s.evidence.reference for s in found})
    return {reference: number for number, reference in enumerate(references, start=1)}


def title_of_hop(snapshot: Snapshot, hop: str) -> str:
    """A hop by title and id."""
    registry = snapshot.registry
    party = registry.providers.get(hop) or registry.gateways.get(hop)
    return f"{escaped(party.title)} (`{escaped(hop)}`)" if party else f"`{escaped(hop)}`"


def _silence(snapshot: Snapshot, route: Route, hop: str, screen: Screen) -> Iterator[str]:
    missing = [phrases.title_of(name) for name in unrecorded(snapshot.registry, route, hop)]
    if missing:
        yield from screen.wrapped(f"Nothing is recorded about: {', '.join(missing)}.")


def _row(s: Statement, numbers: dict[str, int]) -> tuple[str, ...]:
    return (
        phrases.title_of(s.attribute),
        values.said(s.attribute, s.value),
        standing(s),
        f"{_kind(s)} [{numbers[s.evidence.reference]}]",
        escaped(phrases.checked(s.evidence)),
        f"{s.age_days:,} d",
    )


def _kind(s: Statement) -> str:
    if s.agreement is not None:
        return f"agreement `{escaped(s.agreement)}`"
    return phrases.source_kind(s.evidence.kind)


def standing(s: Statement) -> str:
    """What becomes of a claim, and why nothing is known although it speaks."""
    match s.standing:
        case Standing.SPEAKS:
            return "counts" if s.gap is None else f"unknown: {phrases.gap(s.gap)}"
        case Standing.CONTRADICTED:
            return "contradicted by another claim"
        case Standing.SILENT:
            return "another claim counts instead"
        case Standing.ENDED:
            return "no longer holds"
        case Standing.NOT_YET:
            return "does not hold yet, or was not known"
        case _:
            assert_never(s.standing)


def evidence_csv(snapshot: Snapshot, routes: Iterable[Route], moment: Moment) -> str:
    """Every claim about the routes, one row each."""
    return csv_table(
        _TITLES,
        [
            tuple(_cell(v) for v in _data(r, s).values())
            for r in routes
            for s in statements(snapshot.registry, r, moment)
        ],
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def evidence_json(snapshot: Snapshot, routes: Iterable[Route], moment: Moment) -> str:
    """Every claim about the routes, as one line of JSON."""
    claims = [_data(r, s) for r in routes for s in statements(snapshot.registry, r, moment)]
    data = {
        "at": instant(moment.at),
        "known_at": instant(moment.known_at) if moment.known_at else None,
        "registry": snapshot.digests.registry,
        "claims": claims,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _data(route: Route, s: Statement) -> dict[str, Any]:
    e = s.evidence
    return {
        "route": route.id,
        "hop": s.hop,
        "attribute": s.attribute,
        "says": values.data(s.value),
        "standing": s.standing.value,
        "gap": None if s.gap is None else s.gap.value,
        "source_kind": e.kind.value,
        "basis": e.basis.value,
        "reference": e.reference,
        "read_on": e.read_on.isoformat(),
        "page_date": None if e.page_date is None else e.page_date.isoformat(),
        "verified_on": None if e.verified_on is None else e.verified_on.isoformat(),
        "verified_by": e.verified_by,
        "age_days": s.age_days,
        "agreement": s.agreement,
        "note": s.note,
        "place": f"{s.span.file}:{s.span.line}",
    }
