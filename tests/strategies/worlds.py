"""Worlds: a snapshot, a request and a moment."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from policy_router.domain.claim import Moment
from policy_router.domain.decision import Determination
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.reference import decide
from tests.strategies.draws import pick, several
from tests.strategies.policies import policy_sets
from tests.strategies.registries import registries
from tests.strategies.requests import requests
from tests.strategies.words import INSTANTS, KNOWN_AT

_TERMS = ("training", "dpa", "zero_data_retention", "retention_days", "certifications")
_PLACES = ("inference_location", "storage_location", "retention_days", "maker_jurisdiction")
_TRANSFER = (
    "provider_jurisdiction",
    "inference_location",
    "storage_location",
    "support_location",
    "retention_days",
    "dpf",
    "adequacy_conditions",
)
MATCHABLE = frozenset({*_TERMS, *_PLACES, *_TRANSFER}) - {"dpf", "adequacy_conditions"}


@dataclass(frozen=True, slots=True)
class World:
    """All that a decision is made from. `attributes`: what its documents and rules speak of."""

    snapshot: Snapshot
    facts: RequestFacts
    moment: Moment
    attributes: tuple[str, ...]

    def decide(self) -> Determination:
        """Decide as the definition says."""
        return decide(self.snapshot, self.facts, self.moment)

    @property
    def matchable(self) -> tuple[str, ...]:
        """The attributes that rules can speak of."""
        return tuple(a for a in self.attributes if a in MATCHABLE)


@st.composite
def worlds(draw: st.DrawFn, *, aligned: bool = False) -> World:
    """Draw a world about terms, about places, or about transfers."""
    attributes = pick(
        draw, (several(draw, _TERMS, 3), several(draw, _TERMS, 2), _PLACES, _TRANSFER)
    )
    matchable = tuple(a for a in attributes if a in MATCHABLE)
    return World(
        snapshot=Snapshot(
            draw(policy_sets(matchable, aligned=aligned)), draw(registries(attributes))
        ),
        facts=draw(requests()),
        moment=Moment(pick(draw, INSTANTS), pick(draw, KNOWN_AT)),
        attributes=attributes,
    )


def permitted(decided: Determination) -> frozenset[str]:
    """List the permitted routes of the requested name itself, stand-ins aside."""
    return frozenset() if decided.substituted else frozenset(decided.chain)
