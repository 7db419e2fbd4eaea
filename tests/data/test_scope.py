"""A posture covers exactly the models its source speaks of; of the others nothing is known.

A page that speaks of open models, of the company's own, or of all but those of partners is written
as a claim about the offering and a second one that leaves the rest unknown. Which models are the
rest is a rule here, so that a model that is added later is never covered by oversight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from policy_router.language.grammar.claims import RecordBody
from policy_router.language.grammar.places import ModelBody, ProviderBody
from tests.data.shipped import records, shipped

Spoken = Callable[[ModelBody], bool]
LINE = ("claude-fable-5", "claude-mythos-")
"""How the names of models begin of which Anthropic lets named staff look at what is kept."""


@cache
def cards() -> dict[str, ModelBody]:
    return {card.id: card for card in shipped(ModelBody)}


@cache
def offerings() -> dict[str, ProviderBody]:
    return {offering.id: offering for offering in shipped(ProviderBody)}


def maker(card: ModelBody) -> str:
    return card.id.partition("/")[0]


def is_open(card: ModelBody) -> bool:
    """Only where a card says so: of most models no price file says it, and then it is not known."""
    return card.open_weights is True


def open_and_not_its_own(card: ModelBody) -> bool:
    return is_open(card) and maker(card) not in {"fireworks", "fireworks-ai"}


def older_than_the_addendum(card: ModelBody) -> bool:
    """Google's own of before 2026: an addendum of that year names models, and was not read."""
    return maker(card) == "google" and card.released is not None and str(card.released) < "2026"


def managed_by_google(card: ModelBody) -> bool:
    return maker(card) == "google" or is_open(card)


def hosted_by_microsoft(card: ModelBody) -> bool:
    return not card.id.partition("/")[2].startswith("fw-")


def not_passed_on(card: ModelBody) -> bool:
    return maker(card) not in {"anthropic", "google"}


def of_no_named_line(card: ModelBody) -> bool:
    return not card.id.partition("/")[2].startswith(LINE)


SPEAKS_OF: dict[tuple[str, str], Spoken] = {
    **{("fireworks-ai", a): open_and_not_its_own
       for a in ("retention_days", "zero_data_retention", "logging")},
    **{("together-ai", a): is_open
       for a in ("retention_days", "zero_data_retention", "training")},
    **{("databricks-fmapi", a): is_open for a in ("retention_days", "training")},
    **{(o, "zero_data_retention"): older_than_the_addendum
       for o in ("google-vertex-ai", "google-vertex-ai-eu", "google-vertex-ai-global")},
    **{(o, "training"): managed_by_google for o in ("google-vertex-ai", "google-vertex-ai-global")},
    ("azure-foundry-models", "training"): hosted_by_microsoft,
    **{("deepinfra-api", a): not_passed_on
       for a in ("retention_days", "zero_data_retention", "training", "logging")},
    **{(o, "human_review"): of_no_named_line for o in ("anthropic-api", "anthropic-api-us-geo")},
}  # fmt: skip
"""Offering, attribute, and the models that what is said of the offering holds of."""


def left_out() -> Iterator[tuple[str, str, RecordBody]]:
    """Each claim that leaves some models unknown beside one that says something of the others."""
    for name, offering in offerings().items():
        for attribute, record in records(offering.claims):
            if record.covers and getattr(record, "value", None) is None:
                yield name, attribute, record


def test_every_claim_that_leaves_models_out_has_a_rule() -> None:
    assert {(name, attribute) for name, attribute, _ in left_out()} == set(SPEAKS_OF)


@pytest.mark.parametrize(("name", "attribute"), SPEAKS_OF, ids=" ".join)
def test_what_a_page_says_of_some_models_covers_no_other(name: str, attribute: str) -> None:
    offering, speaks_of = offerings()[name], SPEAKS_OF[name, attribute]
    rest = {m for m in offering.covers if not speaks_of(cards()[m]) and not own(m, attribute)}
    (record,) = (r for o, a, r in left_out() if (o, a) == (name, attribute))
    assert record.covers is not None
    assert set(record.covers) == rest
    assert record.note


def own(model: str, attribute: str) -> bool:
    """Whether the card of a model claims it itself: what its maker rules out stays ruled out."""
    return bool(getattr(cards()[model].claims, attribute))


@pytest.mark.parametrize(("name", "attribute"), SPEAKS_OF, ids=" ".join)
def test_what_leaves_models_out_leaves_something(name: str, attribute: str) -> None:
    """Where a page speaks of none of the models, or of all, the two claims would be one."""
    general = [
        record
        for said, record in records(offerings()[name].claims)
        if said == attribute and record.covers is None
    ]
    assert any(getattr(record, "value", None) is not None for record in general)
