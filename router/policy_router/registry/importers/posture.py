"""What a catalogue says of data handling, beside what is known: never to a route's advantage."""

from __future__ import annotations

from decimal import Decimal

from policy_router.domain.claim import Claim, ClaimValue, Knowledge, Members, Moment
from policy_router.domain.route import Route
from policy_router.registry.favour import Favour, favour
from policy_router.registry.importers.drafts import Row, Said
from policy_router.registry.importers.findings import NOTHING, Change, Finding, Side
from policy_router.registry.importers.own import Part
from policy_router.registry.importers.work import Work
from policy_router.registry.speaking import knowledge
from policy_router.registry.standpoint import Standpoint


def compare_said(work: Work, row: Row, route: Route) -> None:
    """Write what is less favourable than what is known; all else that differs is to verify."""
    for said in row.said:
        if said == _written(work, route, said):
            continue
        view = Standpoint(work.registry, Moment(work.at))
        known = knowledge(view, route, route.provider, said.attribute)
        compared = favour(said.attribute, said.value, known.value)
        if compared is not Favour.SAME and not work.said_before(route.id, said.attribute, said):
            _differs(work, route, said, known, less=compared is Favour.LESS)


def _differs(work: Work, route: Route, said: Said, known: Knowledge, *, less: bool) -> None:
    here, there = _here(known), work.there(value_text(said.value))
    better = known.claim is not None and _outweighs(work, known.claim)
    if less and not better:
        note = f"less favourable, so it is written: `{said.words}`"
        work.add(Finding(Change.CHANGED, route.id, said.attribute, here, there, note))
        _write(work, route, said)
        return
    why = "better evidence says otherwise" if less else "more favourable than what is known"
    note = f"changed upstream, verify ({why}): `{said.words}`"
    work.add(Finding(Change.VERIFY, route.id, said.attribute, here, there, note))


def _outweighs(work: Work, claim: Claim) -> bool:
    return claim.evidence.kind.weight > work.origin.kind.weight


def _here(known: Knowledge) -> Side:
    if known.claim is None:
        return NOTHING
    return Side(value_text(known.value), known.claim.evidence.reference)


def _written(work: Work, route: Route, said: Said) -> Said | None:
    """`said`, if an earlier import wrote the same value."""
    claims = work.own.routes.get(route.id, {}).get("claims", {}).get(route.provider, {})
    records = _listed(claims.get(said.attribute, []))
    return said if records and records[-1].get("value") == _data(said.value) else None


def _write(work: Work, route: Route, said: Said) -> None:
    claims: Part = work.own.route(route.id).setdefault("claims", {})
    at_hop = claims.setdefault(route.provider, {})
    record = {"value": _data(said.value), "source": work.own.tag(work.origin), "note": said.words}
    earlier = _listed(at_hop.get(said.attribute, []))
    kept = [r for r in earlier if r["source"] != record["source"]]
    at_hop[said.attribute] = [*kept, record]


def _listed(records: Part | list[Part]) -> list[Part]:
    """Records, of which a single one may stand without a list."""
    return records if isinstance(records, list) else [records]


def _data(value: ClaimValue) -> str | list[str]:
    return sorted(value.certain) if isinstance(value, Members) else str(value)


def value_text(value: ClaimValue | None) -> str:
    """A value as reports show it."""
    match value:
        case None:
            return "unknown"
        case Members():
            return ", ".join(sorted(value.certain)) + (" and perhaps others" if value.open else "")
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)
