"""Prices of an import beside those of the registry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from policy_router.domain.price import PriceTable
from policy_router.domain.route import Route
from policy_router.registry.importers.drafts import Amounts, Price, Row
from policy_router.registry.importers.findings import NOTHING, Change, Finding, Side
from policy_router.registry.importers.own import Part, file_name
from policy_router.registry.importers.work import Work
from policy_router.registry.prices import USD

_TOLERANCE: Final = Decimal("0.02")
"""Two prices are apart beyond this part of the larger one."""

_PLACEHOLDER: Final = frozenset({"input", "output"})
_DAY: Final = timedelta(days=1)


def compare_price(work: Work, row: Row, route: Route) -> None:
    """Take over a price that is new or that ends an older one; keep both where they compete."""
    price = _credible(work, row, route)
    if price is None or work.said_before(route.id, "prices", price):
        return
    holding = [table for table in route.prices if table.validity.holds(work.at)]
    mine = [table for table in holding if _is_mine(work, table)]
    beside = mine or holding
    if any(_same(table, price) for table in beside):
        return
    stronger = [t for t in beside if t.evidence.kind.weight > work.origin.kind.weight]
    if stronger and all(_agrees(table, price) for table in stronger):
        return
    if not stronger:
        _report(work, route, price, beside[:1])
    elif not _compete(work, route, price, stronger[0]):
        return
    _write(work, route, price)


def _credible(work: Work, row: Row, route: Route) -> Price | None:
    """The price, unless input or output cost nothing: that is to verify."""
    for meter in placeholders(row.price):
        note = "free, a placeholder or unknown: the source does not say"
        here, there = _now(work, route, meter), work.there("0")
        work.add(Finding(Change.VERIFY, route.id, f"price.{meter}", here, there, note))
    return None if placeholders(row.price) else row.price


def placeholders(price: Price | None) -> list[str]:
    """The meters among input and output at which nothing is asked for."""
    amounts = () if price is None else price.amounts
    return [meter for meter, amount in amounts if amount == 0 and meter in _PLACEHOLDER]


def _is_mine(work: Work, table: PriceTable) -> bool:
    return table.span.file.rpartition("/")[2] == file_name(work.origin.source)


def _same(table: PriceTable, price: Price) -> bool:
    stated = dict(table.amounts)
    tiers = tuple((tier.above_input_tokens, dict(tier.amounts)) for tier in table.tiers)
    return (
        table.currency == USD
        and table.window is None
        and all(meter in stated and stated[meter] == amount for meter, amount in price.amounts)
        and tiers == tuple((bound, _known(amounts)) for bound, amounts in price.tiers)
    )


def _known(amounts: Amounts) -> dict[str, Decimal]:
    return {meter: amount for meter, amount in amounts if amount is not None}


def _agrees(table: PriceTable, price: Price) -> bool:
    """Whether better evidence says nearly the same of all that both price."""
    stated = dict(table.amounts)
    shared = ((stated.get(meter), amount) for meter, amount in price.amounts)
    return table.currency == USD and not any(_apart(a, b) for a, b in shared)


def _apart(a: Decimal | None, b: Decimal | None) -> bool:
    if a is None or b is None:
        return False
    return abs(a - b) > max(a, b) * _TOLERANCE


def _compete(work: Work, route: Route, price: Price, stronger: PriceTable) -> bool:
    """Report a price beside better evidence; whether it may hold there too.

    It may not if it leaves something out: beside a table that is silent a price is unknown.
    """
    stated = dict(stronger.amounts)
    whole = stated.keys() <= dict(price.amounts).keys()
    note = "both are kept: the dearer counts" if whole else "the better evidence stays alone"
    for meter, amount in price.amounts:
        if meter in stated and _differs(stronger, meter, amount):
            _add(work, Change.CONFLICT, route, meter, stronger, amount, note)
    return whole


def _report(work: Work, route: Route, price: Price, beside: list[PriceTable]) -> None:
    """Report a price that is new, or that ends the one it stands beside."""
    for meter, amount in price.amounts:
        if not any(meter in dict(table.amounts) for table in beside):
            there = work.there(_text(amount))
            work.add(Finding(Change.ADDED, route.id, f"price.{meter}", NOTHING, there))
    for table in beside:
        stated = dict(price.amounts)
        for meter, _ in table.amounts:
            if meter not in stated:
                note, here = "the newer prices leave it out", _here(table, meter)
                work.add(Finding(Change.CHANGED, route.id, f"price.{meter}", here, NOTHING, note))
            elif _differs(table, meter, stated[meter]):
                _add(work, Change.CHANGED, route, meter, table, stated[meter])
        _report_tiers(work, route, price, table)


def _report_tiers(work: Work, route: Route, price: Price, table: PriceTable) -> None:
    tiers = tuple((tier.above_input_tokens, tier.amounts) for tier in table.tiers)
    old, new = _tier_text(tiers), _tier_text(price.tiers)
    if old != new:
        here = Side(old, table.evidence.reference)
        work.add(Finding(Change.CHANGED, route.id, "price.tiers", here, work.there(new)))


def _add(  # noqa: PLR0913 - the two sides of one finding
    work: Work,
    change: Change,
    route: Route,
    meter: str,
    table: PriceTable,
    amount: Decimal | None,
    note: str = "",
) -> None:
    here, there = _here(table, meter), work.there(_text(amount))
    work.add(Finding(change, route.id, f"price.{meter}", here, there, note))


def _differs(table: PriceTable, meter: str, amount: Decimal | None) -> bool:
    return table.currency != USD or dict(table.amounts)[meter] != amount


def _here(table: PriceTable, meter: str) -> Side:
    return Side(_money(table, dict(table.amounts)[meter]), table.evidence.reference)


def _tier_text(tiers: tuple[tuple[int, Amounts], ...]) -> str:
    parts = (
        f"above {bound:,}: " + ", ".join(f"{m} {a:f}" for m, a in sorted(_known(amounts).items()))
        for bound, amounts in tiers
    )
    return "; ".join(parts) or "none"


def _now(work: Work, route: Route, meter: str) -> Side:
    holding = (table for table in route.prices if table.validity.holds(work.at))
    return next((_here(t, meter) for t in holding if meter in dict(t.amounts)), NOTHING)


def _money(table: PriceTable, amount: Decimal | None) -> str:
    return _text(amount) + ("" if table.currency == USD else f" {table.currency}")


def _text(amount: Decimal | None) -> str:
    return "unknown" if amount is None else f"{amount:f}"


def _write(work: Work, route: Route, price: Price) -> None:
    part = work.own.route(route.id)
    read_on = work.origin.read_on
    earlier = [ended for table in part.get("prices", []) for ended in _ended(table, read_on)]
    part["prices"] = [*earlier, table_data(price, work.own.tag(work.origin), read_on)]


def _ended(table: Part, day: date) -> Iterator[Part]:
    """A table that ends before `day`; one that began on it is replaced."""
    if "until" in table:
        yield table
    elif table.get("from", "") < day.isoformat():
        yield {**table, "until": (day - _DAY).isoformat()}


def table_data(price: Price, source: str, start: date) -> Part:
    """A price table as a document writes it."""
    table: Part = {"currency": USD, "source": source, "from": start.isoformat()}
    table |= _amount_data(price.amounts)
    tiers = [
        {"above_input_tokens": str(bound), **_amount_data(tuple(_known(amounts).items()))}
        for bound, amounts in price.tiers
        if _known(amounts)
    ]
    return table | ({"tiers": tiers} if tiers else {})


def _amount_data(amounts: Amounts) -> Part:
    return {meter: None if a is None else f"{a:f}" for meter, a in amounts}
