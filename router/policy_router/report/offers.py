"""The routes of a model in a table: each by itself, or those alike together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from policy_router.audit.sheet import Offer, Sheet
from policy_router.engine import words
from policy_router.registry.lifecycle import announced, is_own_statement
from policy_router.report import phrases, values
from policy_router.report.citations import Citations
from policy_router.report.screen import Screen
from policy_router.report.sheet import priced
from policy_router.report.tables import Column, Row, table
from policy_router.report.visible import escaped

_COLUMNS: Final = (
    Column("Route", fits=True),
    Column("Provider", fits=True, alike=True),
    Column("Region", fits=True, alike=True),
    Column("Zero retention", fits=True, alike=True),
    Column("Training", fits=True, alike=True),
    Column("Input", right=True, alike=True),
    Column("Output", right=True, alike=True),
)
_OVERVIEW: Final = ("inference_location", "zero_data_retention", "training")
_OFFERED: Final = {"available": "on offer"}
"""In a narrow cell: what is available is not yet granted."""
_MOST_NAMED: Final = 3
_MOST_GATEWAYS: Final = 8


def reach(sheet: Sheet) -> Iterator[str]:
    """How many routes there are and through which gateways; which others are within reach or not.

    Of one route that was asked for it is said if it is out of reach, and why.
    """
    others = [name for name in sheet.elsewhere if name != sheet.name]
    if len(others) < len(sheet.elsewhere):
        gateway = escaped(sheet.snapshot.registry.routes[sheet.name].gateway)
        yield (
            f"`{escaped(sheet.name)}` is not within reach: the project does not list its gateway "
            f"`{gateway}` (`--all-routes` shows it)."
        )
    else:
        yield _through(sheet)
    if sheet.beside:
        yield f"Within reach, but not asked for: {_some(sheet.beside)}."
    if others:
        yield f"Not within reach: {_some(others)} (`--all-routes`)."


def _through(sheet: Sheet) -> str:
    count = phrases.counted(len(sheet.offers), "route")
    where = {o.route.gateway for o in sheet.offers}
    named = phrases.names(sorted(map(escaped, where)))
    if len(where) > _MOST_GATEWAYS:
        named = f"{phrases.counted(len(where), 'gateway')}, which the table of routes names"
    return f"{count} within reach through {named}." if where else f"{count} within reach."


def _some(routes: Sequence[str]) -> str:
    shown = phrases.names(map(escaped, routes[:_MOST_NAMED]))
    more = len(routes) - _MOST_NAMED
    return f"{shown}{f' and {more} more' if more > 0 else ''}"


def stages(sheet: Sheet) -> Iterator[str]:
    """Which routes are or will be deprecated or retired, and who says so."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for offer in sheet.offers:
        for event in announced(offer.route, sheet.moment):
            said = "" if is_own_statement(event) else " (a third party's word: a warning)"
            source = escaped(event.evidence.reference)
            key = event.stage, event.start.date().isoformat(), source, said
            found.setdefault(key, []).append(escaped(offer.route.id))
    for (stage, day, source, said), routes in sorted(found.items()):
        yield f"{stage.capitalize()} from {day}: {_and_more(routes)}, says {source}{said}."


def each_route(sheet: Sheet, citations: Citations, screen: Screen) -> Iterator[str]:
    """Every route by itself, and what the providers say about training, counted."""
    titles = {name: escaped(p.title) for name, p in sheet.snapshot.registry.providers.items()}
    rows = [
        (escaped(o.route.id), titles[o.route.provider], *_said(o, citations)) for o in sheet.offers
    ]
    yield from table(_columns(sheet), rows, screen)
    yield from screen.wrapped(f"Training across these routes: {_training_posture(sheet)}.")


def routes_together(sheet: Sheet, citations: Citations, screen: Screen) -> list[str]:
    """Routes to one provider of which the row says the same, in one row; its title follows after.

    A place that is one of many is named with how many more there are.
    """
    found: dict[tuple[str, Row], list[str]] = {}
    for offer in sheet.offers:
        key = offer.route.provider, _said(offer, citations, short=True)
        found.setdefault(key, []).append(escaped(offer.route.id))
    rows = [(_and_more(routes), escaped(by), *said) for (by, said), routes in found.items()]
    return table(_columns(sheet), rows, screen)


def _columns(sheet: Sheet) -> Sequence[Column]:
    """The columns; a price with tiers is long, and may wrap where a plain one stays whole."""
    prices = [price for o in sheet.offers for price in (o.input, o.output) if price is not None]
    if not any(price.tiers for price in prices):
        return _COLUMNS
    return [replace(column, fits=column.fits or column.right) for column in _COLUMNS]


def _and_more(routes: list[str]) -> str:
    return routes[0] if len(routes) == 1 else f"{routes[0]} and {len(routes) - 1} more"


def _said(offer: Offer, citations: Citations, *, short: bool = False) -> Row:
    said = (_says(offer, name, short=short) for name in _OVERVIEW)
    return *said, *(citations.cited((priced(offer, m),)) for m in ("input", "output"))


def _says(offer: Offer, name: str, *, short: bool) -> str:
    found = offer.at_provider(name)
    if found is None or found.gap is not None:
        return words.UNKNOWN
    if short:
        return _OFFERED.get(str(found.value)) or values.shortly(name, found.value)
    return values.said(name, found.value)


def _training_posture(sheet: Sheet) -> str:
    counts = Counter(_says(offer, "training", short=False) for offer in sheet.offers)
    said = (f"{text} ({phrases.counted(n, 'route')})" for text, n in sorted(counts.items()))
    return "; ".join(said)
