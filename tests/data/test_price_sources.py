"""A price names the file that states it, also where files disagree and the higher amount stands."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

import pytest

from policy_router.domain.vocabulary import METERS
from policy_router.language.grammar.places import RouteBody
from policy_router.language.grammar.prices import PriceBody
from tests.data.shipped import routes

DISAGREE = "price files disagree, the higher amount stands: "
FILES = {"litellm": "LiteLLM", "models.dev": "models.dev", "genai-prices": "genai-prices"}
"""A file as notes call it, and the word by which a source's reference is known to mean it."""
FIRST = "litellm"
"""The file of every amount of which a note says nothing."""

AMOUNT = rf"([\d.]+) \(({'|'.join(map(re.escape, FILES))})\)"
CLAUSE = re.compile(rf"({'|'.join(METERS).replace('_', ' ')}) {AMOUNT} or {AMOUNT}")

Said = dict[str, dict[str, Decimal]]


def disputed() -> dict[str, RouteBody]:
    return {name: route for name, route in routes().items() if DISAGREE in (route.notes or "")}


def said(notes: str) -> Said:
    """By meter and file, the amounts that a note gives; nothing of it is left unread."""
    stated = notes.partition(DISAGREE)[2].partition("; ")[0]
    found: Said = defaultdict(dict)
    for clause in stated.split(", "):
        match = CLAUSE.fullmatch(clause)
        assert match, clause
        meter, *sides = match.groups()
        for amount, file in zip(sides[::2], sides[1::2], strict=True):
            known = found[meter.replace(" ", "_")].setdefault(file, Decimal(amount))
            assert known == Decimal(amount), clause
    return found


def stating(table: PriceBody, notes: Said) -> dict[str, set[str]]:
    """By meter, the files that state the amount that stands in a table."""
    owners = {}
    for meter in METERS:
        amount = getattr(table, meter)
        if amount is None:
            continue
        assert meter not in notes or amount == max(notes[meter].values()), meter
        sides = notes.get(meter, {FIRST: amount})
        owners[meter] = {file for file, other in sides.items() if other == amount}
    return owners


def cited(route: RouteBody, table: PriceBody) -> set[str]:
    reference = route.sources[table.source].reference
    return {file for file, word in FILES.items() if word in reference}


def test_what_files_disagree_about_is_known_by_its_note() -> None:
    assert len(disputed()) == 114
    assert not [
        name
        for name, route in routes().items()
        if name not in disputed() and re.search(AMOUNT, route.notes or "")
    ]


@pytest.mark.parametrize("name", sorted(disputed()))
def test_the_source_of_a_price_is_the_file_that_states_it(name: str) -> None:
    route = disputed()[name]
    (table,) = route.prices
    notes = said(route.notes or "")
    owners = stating(table, notes)
    files = cited(route, table)
    assert notes.keys() <= owners.keys()
    assert not [meter for meter, owned in owners.items() if not owned & files]
    alone = [file for file in FILES if all(file in owned for owned in owners.values())]
    assert len(files) == (1 if alone else 2)


@pytest.mark.parametrize("name", sorted(disputed()))
def test_larger_calls_are_priced_by_the_file_that_prices_them(name: str) -> None:
    """No note compares tiers, which only the first file has been read for."""
    (table,) = disputed()[name].prices
    assert not table.tiers or FIRST in cited(disputed()[name], table)


def test_of_two_files_the_reference_says_how_to_tell_which_states_what() -> None:
    for route in disputed().values():
        (table,) = route.prices
        reference = route.sources[table.source].reference
        both = len(cited(route, table)) > 1
        assert both == ("the notes of a route say which amounts are of the second" in reference)
        assert not both or reference.startswith(FILES[FIRST])
