"""Which of two values favours a route."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise, product

import pytest

from policy_router.domain.claim import ClaimValue, Listing
from policy_router.domain.vocabulary import ATTRIBUTES, AttributeKind
from policy_router.registry.favour import Favour, favour
from tests.small import places
from tests.strategies.claims import VALUES

LESS, SAME, MORE, NO_ORDER = Favour.LESS, Favour.SAME, Favour.MORE, Favour.NO_ORDER
LISTED = Listing("Acme", "active", frozenset({"hr"}), frozenset())
UNLISTED = Listing("Acme", "inactive", frozenset({"hr"}), frozenset())
OPPOSITE = {LESS: MORE, MORE: LESS, SAME: SAME, NO_ORDER: NO_ORDER}


@pytest.mark.parametrize(
    ("attribute", "value", "other", "expected"),
    [
        ("training", "prohibited", "used", MORE),
        ("training", "opted_out", "off_by_default", LESS),
        ("training", "used", "used", SAME),
        ("training", None, "used", LESS),
        ("training", "used", None, MORE),
        ("training", None, None, SAME),
        ("dpa", "in_force", "available", MORE),
        ("retention_days", Decimal(0), Decimal(30), MORE),
        ("retention_days", Decimal(31), Decimal(30), LESS),
        ("retention_days", Decimal("30.0"), Decimal(30), SAME),
        ("inference_location", places("DE"), places("DE", "US"), MORE),
        ("inference_location", places("DE", "US"), places("DE"), LESS),
        ("inference_location", places("DE"), places("US"), NO_ORDER),
        ("inference_location", places("DE"), places("GLOBAL"), MORE),
        ("inference_location", places("GLOBAL"), places("US"), LESS),
        ("inference_location", places("GLOBAL"), places("GLOBAL", "US"), NO_ORDER),
        ("inference_location", places("DE"), places("DE", opened=True), MORE),
        ("inference_location", places("DE", opened=True), places("DE", "US"), NO_ORDER),
        ("inference_location", places("DE", opened=True), places("US", opened=True), NO_ORDER),
        ("zdr_exceptions", places(), places("legal_order"), MORE),
        ("certifications", places("hds", "iso_27001"), places("hds"), MORE),
        ("certifications", places(), places("hds"), LESS),
        ("certifications", places("iso_27001"), places("hds"), NO_ORDER),
        ("certifications", places("hds"), places("hds", opened=True), NO_ORDER),
        ("dpf", LISTED, UNLISTED, NO_ORDER),
        ("dpf", LISTED, LISTED, SAME),
    ],
)
def test_how_a_value_compares(
    attribute: str, value: ClaimValue | None, other: ClaimValue | None, expected: Favour
) -> None:
    assert favour(attribute, value, other) is expected


@pytest.mark.parametrize("attribute", sorted(VALUES))
def test_comparing_the_other_way_round_says_the_opposite(attribute: str) -> None:
    for value, other in product(set(VALUES[attribute]), repeat=2):
        assert favour(attribute, other, value) is OPPOSITE[favour(attribute, value, other)]


@pytest.mark.parametrize(
    "attribute", [a.name for a in ATTRIBUTES.values() if a.kind is AttributeKind.ORDERED]
)
def test_closed_choices_are_listed_best_first(attribute: str) -> None:
    values = ATTRIBUTES[attribute].values
    for better, worse in pairwise(values):
        assert favour(attribute, better, worse) is MORE
