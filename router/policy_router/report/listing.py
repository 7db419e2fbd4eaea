"""Routes in a table: one row each, columns by choice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from policy_router.audit.listing import Listed, is_price, plain_view, price_of, recorded
from policy_router.audit.prices import price_words
from policy_router.audit.stages import stage_said
from policy_router.domain.claim import Moment
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import AttributeKind, attribute
from policy_router.engine.matching import RouteView
from policy_router.engine.render import instant
from policy_router.report import phrases, values
from policy_router.report.plain_words import ATTRIBUTE_TITLES
from policy_router.report.screen import Screen
from policy_router.report.statement import facts_of
from policy_router.report.tables import Column, csv_table, table
from policy_router.report.visible import escaped

COLUMNS: Final = (
    "route",
    "inference_location",
    "zero_data_retention",
    "training",
    "price.input",
    "price.output",
)


@dataclass(frozen=True, slots=True)
class Listing:
    """The routes to show, of all that were sorted by a predicate, with these columns."""

    snapshot: Snapshot
    moment: Moment
    found: Listed
    shown: Sequence[str]
    columns: tuple[str, ...]
    filtered: bool

    def first(self, most: int | None) -> Listing:
        """The same, with `most` routes to show; None is all."""
        return replace(self, shown=self.shown[:most])


def listing_lines(listing: Listing, most: int, screen: Screen) -> Iterator[str]:
    """The routes on a screen, `most` of them, and how many the others are."""
    yield from screen.wrapped(summary(listing.first(most)))
    if listing.shown:
        yield ""
        columns = [
            Column(_title(c), right=_is_number(c), fits=True, alike=c != "route")
            for c in listing.columns
        ]
        rows = [_row(listing, route, _said) for route in listing.shown[:most]]
        yield from table(columns, rows, screen)
    elif listing.found.unknown:
        yield "`--unknown` lists those of which it is not known"
    hidden = len(listing.shown) - most
    if hidden > 0:
        yield f"{phrases.counted(hidden, 'further route')}: `--most`, or `--format csv`"


def summary(listing: Listing) -> str:
    """How many routes meet what was asked, how many do not, and of how many it is not known."""
    found, digests = listing.found, listing.snapshot.digests
    total = len(found.met) + len(found.failed) + len(found.unknown)
    of_all = len(listing.snapshot.registry.routes)
    elsewhere = f" (of {of_all:,} on file: `--all-routes`)" if total < of_all else ""
    within = f"{phrases.counted(total, 'route')} within reach{elsewhere}"
    if listing.filtered:
        within = (
            f"Of {within} {_are(len(found.met))} known to be so, {_are(len(found.failed))} known "
            f"not to be, and of {_many(len(found.unknown))} it is not known"
        )
    at = facts_of(listing.moment.at, listing.moment.known_at, digests)
    return f"{within}. Facts of {at}; prices in US dollars per 1M tokens{_by_size(listing)}."


def _are(amount: int) -> str:
    return f"{_many(amount)} {'are' if amount > 1 else 'is'}"


def _many(amount: int) -> str:
    return f"{amount:,}" if amount else "none"


def _by_size(listing: Listing) -> str:
    """How prices that depend on the size of a call are told and sorted, where one is shown."""
    views = [plain_view(listing.snapshot, r, listing.moment) for r in listing.shown]
    prices = [price_of(view, name) for name in _prices(listing) for view in views]
    if not any(price is not None and price.tiers for price in prices):
        return ""
    return ". In brackets is what larger calls pay; `--sort` goes by the price before them"


def _prices(listing: Listing) -> list[str]:
    """The columns that hold prices, each once."""
    return [name for name in dict.fromkeys(listing.columns) if is_price(name)]


def listing_csv(listing: Listing) -> str:
    """The routes, one row each; behind the columns, of each price what larger calls pay."""
    prices = _prices(listing)
    titles = (*listing.columns, *(f"tiers of {name}" for name in prices))
    rows = [
        (*_row(listing, route, _briefly), *_tiers(listing, route, prices))
        for route in listing.shown
    ]
    return csv_table(titles, rows)


def _tiers(listing: Listing, route: str, prices: Iterable[str]) -> Iterator[str]:
    view = plain_view(listing.snapshot, route, listing.moment)
    for name in prices:
        price = price_of(view, name)
        found = [] if price is None else values.tiers(price)
        yield "; ".join(f"{t['amount']} above {t['above_input_tokens']}" for t in found)


def listing_json(listing: Listing) -> str:
    """The routes as one line of JSON."""
    found, moment = listing.found, listing.moment
    return _dumped(
        {
            "at": instant(moment.at),
            "known_at": instant(moment.known_at) if moment.known_at else None,
            "registry": listing.snapshot.digests.registry,
            "counts": {
                "known_true": len(found.met),
                "known_false": len(found.failed),
                "unknown": len(found.unknown),
            },
            "routes": [_data(listing, route) for route in listing.shown],
        }
    )


def _dumped(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _title(name: str) -> str:
    return ATTRIBUTE_TITLES.get(name, name.replace("_", " ").replace(".", " "))


def _is_number(name: str) -> bool:
    spec = attribute(name)
    return spec is not None and spec.kind in {AttributeKind.NUMBER, AttributeKind.MONEY}


def _said(view: RouteView, name: str) -> str:
    """A cell on a screen."""
    if not is_price(name):
        return values.shortly_said(name, recorded(view, name))
    price = price_of(view, name)
    return price_words([] if price is None else [price], with_currency=False)


def _briefly(view: RouteView, name: str) -> str:
    """A cell for programs."""
    return values.briefly(name, recorded(view, name))


def _row(listing: Listing, route: str, words: Callable[[RouteView, str], str]) -> tuple[str, ...]:
    view = plain_view(listing.snapshot, route, listing.moment)
    found = {name: words(view, name) for name in listing.columns}
    if "stage" in found:
        announced = stage_said(view.route, listing.moment)
        found["stage"] = escaped(announced) if announced else found["stage"]
    return tuple(found[name] for name in listing.columns)


def _data(listing: Listing, route: str) -> dict[str, Any]:
    view = plain_view(listing.snapshot, route, listing.moment)
    names: Iterable[str] = dict.fromkeys(("route", *listing.columns))
    found = {name: values.data(recorded(view, name)) for name in names}
    prices = {name: price_of(view, name) for name in _prices(listing)}
    tiers = {n: [] if price is None else values.tiers(price) for n, price in prices.items()}
    return {**found, "tiers": tiers} if tiers else found
