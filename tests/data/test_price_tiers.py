"""What is printed as a price is what the documents state: for a small call, and for larger ones."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from functools import cache

import pytest

from policy_router.audit.dossier.build import Subject, dossier
from policy_router.audit.in_use import First, Why
from policy_router.audit.listing import listed, ordered
from policy_router.audit.matrix import matrix
from policy_router.audit.prices import list_price, price_words
from policy_router.audit.sheet import Sheet, sheet
from policy_router.domain.policy import ALWAYS
from policy_router.domain.price import PriceTable
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.registry.prices import price
from policy_router.report.compare import compare_csv, compare_json, compare_lines
from policy_router.report.listing import Listing, listing_csv, listing_json, listing_lines
from policy_router.report.screen import Screen
from policy_router.report.show import show_json, show_lines
from policy_router.store.project import load_project
from tests.data.test_worked_example import NOON, TODAY

METERS = ("input", "output")
WIDE = Screen(width=2000)
TIERS = 295
"""Routes whose price list has tiers."""


@cache
def snapshot() -> Snapshot:
    return load_project(today=TODAY).snapshot


@cache
def priced() -> dict[str, PriceTable]:
    """By route, the one table that holds."""
    found = {}
    for route in snapshot().registry.routes.values():
        tables = [t for t in route.prices if t.holds(NOON.at)]
        assert len(tables) <= 1, route.id
        if tables:
            found[route.id] = tables[0]
    return found


@cache
def tiered() -> tuple[Route, ...]:
    return tuple(snapshot().registry.routes[r] for r, table in priced().items() if table.tiers)


def stated(table: PriceTable, meter: str) -> tuple[Decimal, list[tuple[int, Decimal]]]:
    """The figures of a table, as its document has them, without the steps that change nothing."""
    base = dict(table.amounts)[meter]
    assert base is not None
    tiers = [(tier.above_input_tokens, dict(tier.amounts).get(meter, base)) for tier in table.tiers]
    return base, [(bound, amount) for bound, amount in tiers if amount != base]


def in_words(table: PriceTable, meter: str, currency: str = "") -> str:
    """A price as it is to be printed, put together here out of the document's figures."""
    base, tiers = stated(table, meter)
    said = f"{figure(base)}{currency}"
    larger = [f"{figure(amount)} above {bound:,} tokens in" for bound, amount in tiers]
    return f"{said} ({'; '.join(larger)})" if larger else said


def figure(amount: Decimal) -> str:
    cents = amount.quantize(Decimal("0.01"))
    return str(cents) if cents == amount else format(amount.normalize(), "f")


def told(route: Route) -> Sheet:
    return sheet(snapshot(), route.model, (route,), NOON)


def test_tiers_are_counted() -> None:
    assert len(tiered()) == TIERS


def test_a_sheet_says_from_what_size_on_a_route_costs_what() -> None:
    for route in tiered():
        page = told(route)
        lines = [
            re.sub(r" \[\d+\]", "", line) for line in show_lines(page, (), WIDE, everything=True)
        ]
        for title, meter in (("Input price", "input"), ("Output price", "output")):
            said = in_words(priced()[route.id], meter, " USD")
            (card,) = (line for line in lines if line.startswith(title))
            assert card.removeprefix(title).strip() == f"{said} per 1M tokens", route.id
            (row,) = (line for line in lines if line.startswith(f"{route.id}  "))
            assert said in row, route.id


def test_a_sheet_for_programs_has_the_figures() -> None:
    for route in tiered():
        (offer,) = json.loads(show_json(told(route), ()))["routes"]
        for meter in METERS:
            base, tiers = stated(priced()[route.id], meter)
            found = offer[f"{meter}_price"]
            assert Decimal(found["amount"]) == base, route.id
            assert [
                (t["above_input_tokens"], Decimal(t["amount"])) for t in found["tiers"]
            ] == tiers, route.id


def test_a_comparison_says_from_what_size_on_a_route_costs_what() -> None:
    for route in tiered():
        page = [told(route)]
        lines = [re.sub(r" \[\d+\]", "", line) for line in compare_lines(page, WIDE)]
        table = {
            r["question"]: r[route.model] for r in csv.DictReader(io.StringIO(compare_csv(page)))
        }
        data = json.loads(compare_json(page))["sections"]["Card and prices"]
        for title, meter in (("Input price", "input"), ("Output price", "output")):
            said = f"{in_words(priced()[route.id], meter, ' USD')} per 1M tokens"
            (row,) = (line for line in lines if line.startswith(title))
            assert row.removeprefix(title).strip() == said, route.id
            assert table[title] == data[title][route.model] == said, route.id


def test_a_report_says_from_what_size_on_a_route_costs_what() -> None:
    names = tuple(route.id for route in tiered())
    scenarios = tuple(load_project(today=TODAY).scenarios.values())[:1]
    found = matrix(snapshot(), scenarios, names, NOON)
    subject = Subject(found, First(names, Why.CHOSEN, len(names)), "Example", None)
    report = dossier(subject, lambda *_: None)
    parts = {part.id: part for each in report.classes for part in each.routes}
    for name in names:
        said = tuple(in_words(priced()[name], meter, " USD") for meter in METERS)
        assert (parts[name].input, parts[name].output) == said


def listing(*columns: str) -> Listing:
    everything = tuple(snapshot().registry.routes)
    found = listed(snapshot(), everything, ALWAYS, NOON)
    return Listing(snapshot(), NOON, found, everything, columns, filtered=False)


def test_a_list_says_from_what_size_on_a_route_costs_what() -> None:
    asked = listing("route", "price.input", "price.output")
    text = list(listing_lines(asked, len(asked.shown), WIDE))
    lines = {line.split()[0]: line for line in text if ":" in line.partition(" ")[0]}
    table = {r["route"]: r for r in csv.DictReader(io.StringIO(listing_csv(asked)))}
    data = {r["route"]: r for r in json.loads(listing_json(asked))["routes"]}
    assert "In brackets is what larger calls pay" in text[0]
    for route, prices in priced().items():
        for meter in METERS:
            if dict(prices.amounts).get(meter) is None:
                assert (data[route][f"price.{meter}"], table[route][f"price.{meter}"]) == (
                    None,
                    "not known",
                )
                continue
            base, tiers = stated(prices, meter)
            name = f"price.{meter}"
            assert in_words(prices, meter) in lines[route]
            assert Decimal(table[route][name]) == Decimal(data[route][name]) == base
            assert table[route][f"tiers of {name}"] == "; ".join(
                f"{format(amount.normalize(), 'f')} above {bound}" for bound, amount in tiers
            )
            assert [
                (t["above_input_tokens"], Decimal(t["amount"])) for t in data[route]["tiers"][name]
            ] == tiers


def test_a_list_without_such_prices_says_nothing_of_them() -> None:
    asked = listing("route", "price.input")
    plain = [r for r in asked.shown if r not in {route.id for route in tiered()}]
    few = Listing(snapshot(), NOON, asked.found, plain[:5], asked.columns, filtered=False)
    assert "In brackets" not in "".join(listing_lines(few, 5, WIDE))
    assert "tiers" not in json.loads(listing_json(listing("route")))["routes"][0]


@pytest.mark.parametrize("descending", [False, True])
def test_routes_are_sorted_by_what_small_calls_pay(*, descending: bool) -> None:
    names = tuple(route.id for route in tiered())
    found = ordered(snapshot(), names, "price.input", NOON, descending=descending)
    bases = [stated(priced()[name], "input")[0] for name in found]
    assert bases == sorted(bases, reverse=descending)


def test_what_is_printed_as_the_plain_price_is_a_figure_for_an_ordinary_call() -> None:
    for name, table in priced().items():
        for meter, amount in table.amounts:
            found = list_price(snapshot().registry.routes[name], meter, NOON.at)
            assert (None if found is None else found.base) == amount, name
            if found is not None:
                assert price_words([found]).startswith(figure(amount or Decimal(0))), name
                assert found.sources == (table.evidence,)


def test_rules_and_estimates_take_the_dearest_of_a_call_of_unknown_size() -> None:
    for route in tiered():
        for meter in METERS:
            base, tiers = stated(priced()[route.id], meter)
            dearest = price(route, meter, RequestFacts(), NOON.at)
            assert dearest is not None
            assert dearest.amount == max(base, *(amount for _, amount in tiers), base)
