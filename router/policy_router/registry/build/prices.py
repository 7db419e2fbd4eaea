"""Price tables of a route."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from itertools import combinations

from policy_router.domain.price import PriceTable, PriceTier, Window
from policy_router.domain.vocabulary import METERS
from policy_router.language.draft import Draft, overlap
from policy_router.language.grammar.claims import Sources
from policy_router.language.grammar.prices import PriceBody, TierBody
from policy_router.language.grammar.quantities import start_of
from policy_router.language.mistakes import problem
from policy_router.language.parsing import B


def prices_of(
    draft: Draft[B], bodies: tuple[PriceBody, ...], sources: Sources, *path: str
) -> tuple[PriceTable, ...]:
    """The price tables under `path`, at most one of which holds at any instant."""
    tables = [
        table
        for number, body in enumerate(bodies)
        for table in _table(draft, body, sources, (*path, "prices", number))
    ]
    _check_overlaps(draft, path[-1] if path else draft.body.id, tables)
    return tuple(tables)


def _table(
    draft: Draft[B], body: PriceBody, sources: Sources, path: tuple[str | int, ...]
) -> Iterator[PriceTable]:
    source = draft.source(sources, body.source, *path, "source")
    if source is None:
        return
    start, stated = body.start or start_of(source.read_on), body.model_fields_set
    yield PriceTable(
        body.currency,
        tuple([(meter, getattr(body, meter)) for meter in METERS if meter in stated]),
        draft.validity(start, body.end, *path),
        source.evidence,
        draft.parsed.at(*path),
        _tiers(body.tiers),
        None if body.hours_utc is None else Window(body.hours_utc.start, body.hours_utc.end),
    )


def _tiers(tiers: tuple[TierBody, ...]) -> tuple[PriceTier, ...]:
    in_order = sorted(tiers, key=lambda tier: tier.above_input_tokens)
    return tuple(PriceTier(tier.above_input_tokens, _amounts(tier)) for tier in in_order)


def _amounts(tier: TierBody) -> tuple[tuple[str, Decimal], ...]:
    stated = ((meter, getattr(tier, meter)) for meter in METERS)
    return tuple((meter, amount) for meter, amount in stated if amount is not None)


def _check_overlaps(draft: Draft[B], route: str, tables: list[PriceTable]) -> None:
    for first, second in combinations(tables, 2):
        if overlap(first.validity, second.validity) and _hours_meet(first, second):
            message = f"two price tables of `{route}` hold at the same time"
            related = (("the other one", first.span),)
            advice = "end one before the other begins, or give both hours that do not meet"
            draft.problems.append(problem("REG306", message, second.span, advice, related))


def _hours_meet(a: PriceTable, b: PriceTable) -> bool:
    """Whether some time of day lies in the hours of both."""
    return any(s < f and t < e for s, e in _stretches(a.window) for t, f in _stretches(b.window))


def _stretches(window: Window | None) -> list[tuple[time, time]]:
    """Hours as spans that do not cross midnight; no window is the whole day."""
    if window is None:
        return [(time.min, time.max)]
    if window.start <= window.end:
        return [(window.start, window.end)]
    return [(window.start, time.max), (time.min, window.end)]
