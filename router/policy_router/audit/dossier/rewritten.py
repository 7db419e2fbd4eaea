"""What documents of routes and rules say otherwise, where no claim of a party accounts for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from policy_router.audit.changes import Difference, Ending, Written, written_differences
from policy_router.audit.documents import ON_THE_WAY, claim_name
from policy_router.audit.dossier.differences import Cause, CauseKind, Turn
from policy_router.audit.dossier.told import Told
from policy_router.audit.dossier.verdicts import Demand, RoutePart

_APPLIES: Final = (("policy", ("scope", "demand")), ("rule", ("when", "needs", "demand")))
"""What decides whether a rule applies and what evidence it takes, beside what it asks for."""

_STAGE: Final = "stage"


def bearing(
    old: Iterable[Written], new: Iterable[Written], turns: Iterable[Turn], told: tuple[Told, Told]
) -> tuple[Difference, ...]:
    """What documents say otherwise; of routes and parties those that reach a changed permission.

    One that is in one report only may have been on file all along: the other did not report on
    routes that reach it. What became of such a route its own cause says.
    """
    reached = {key for turn in turns for route in turn.routes for key in _reached(route, told)}
    return tuple(
        d
        for d in written_differences(old, new)
        if d.kind not in ON_THE_WAY or (d.what and (d.kind, d.id) in reached)
    )


def _reached(route: str, told: tuple[Told, Told]) -> Iterator[tuple[str, str]]:
    """The documents of a route, its model and its parties; a party is of either kind."""
    for each in told:
        part = each.routes.get(route)
        if part is not None:
            yield from (("route", route), ("model", part.model))
            parties = each.parties[route]
            yield from ((kind, name) for kind in ("gateway", "provider") for name in parties)


def of_rule(old: Told, new: Told, policy: str, rule: str) -> Iterator[Cause]:
    """Another scope, other requests it applies to, another demand on evidence."""
    for kind, parts in _APPLIES:
        name = policy if kind == "policy" else f"{policy}/{rule}"
        for what in parts:
            yield from _part(old, new, (kind, name), what, CauseKind.POLICY)


def of_route_fact(
    old: Told, new: Told, route: str, rule: str, both: tuple[Demand, Demand]
) -> Iterator[Cause]:
    """A fact of the route itself, such as its price, which no party claims."""
    before, after = both
    was, now = (
        _own(told.routes[route], demand)
        for told, demand in zip((old, new), (before, after), strict=True)
    )
    if was != now:
        said = (
            f"{value} ({'; '.join((_judged(rule, demand), *_source(told, demand, route)))})"
            for told, value, demand in ((old, was, before), (new, now, after))
        )
        yield Cause(CauseKind.FACT, route, before.subject, *said)


def _own(route: RoutePart, demand: Demand) -> str:
    """What the route says itself: a demand is told of all routes of a class together."""
    prices = {"price.input": route.input, "price.output": route.output}
    return prices.get(demand.subject) or demand.claimed


def _judged(rule: str, demand: Demand) -> str:
    return f"{rule}: {demand.answer.value.replace('_', ' ')}"


def _source(told: Told, demand: Demand, route: str) -> Iterator[str]:
    """The price tables of a route, with what states them."""
    part = told.part(("route", route), "prices")
    if demand.subject.startswith("price.") and part is not None:
        yield part.text


def of_stage(old: Told, new: Told, route: str) -> Iterator[Cause]:
    """Another stage of the offer, by a date that came or by another document."""
    was, now = (told.routes[route].stage for told in (old, new))
    if was != now:
        yield Cause(CauseKind.ROUTE, route, _STAGE, was, now)


def otherwise(old: Told, new: Told, route: str) -> Iterator[Cause]:
    """All that scopes, the route's own document and the project say otherwise, but claims."""
    for policy in sorted({name for name, _ in old.enforced} & {name for name, _ in new.enforced}):
        yield from _part(old, new, ("policy", policy), "scope", CauseKind.POLICY)
    for key, kind in ((("route", route), CauseKind.ROUTE), (("project", ""), CauseKind.POLICY)):
        for what in sorted({*old.parts(key), *new.parts(key)}):
            if ": " not in what and old.parts(key) and new.parts(key):
                yield from _part(old, new, key, what, kind)


def _part(
    old: Told, new: Told, key: tuple[str, str], what: str, kind: CauseKind
) -> Iterator[Cause]:
    was, now = old.part(key, what), new.part(key, what)
    if was != now:
        said = (None if part is None else part.text for part in (was, now))
        yield Cause(kind, key[1] or "the project", what, *said)


def lapsed(told: tuple[Told, Told], route: str, party: str, attributes: Iterable[str]) -> str:
    """Claims on file both times that ended in between, as words to add; empty if none."""
    said = "; ".join(e.text for name in attributes for e in _ended(told, route, party, name))
    return f" (lapsed: {said})" if said else ""


def _ended(told: tuple[Told, Told], route: str, party: str, attribute: str) -> Iterator[Ending]:
    old, new = told
    for key, what in (
        (("provider", party), attribute),
        (("gateway", party), attribute),
        (("route", route), claim_name(party, attribute)),
    ):
        was, now = (each.part(key, what) for each in told)
        if was is not None and now is not None and was == now:
            yield from (e for e in now.endings if old.at < e.end <= new.at)
