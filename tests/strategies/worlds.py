"""Worlds: a snapshot, a request and a moment."""

from __future__ import annotations

from dataclasses import dataclass

from policy_router.domain.claim import Moment
from policy_router.domain.decision import Determination
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.reference import decide
from tests.strategies.draws import Dice, pick
from tests.strategies.policies import policy_set
from tests.strategies.registries import registry
from tests.strategies.requests import any_request
from tests.strategies.themes import Theme, any_theme
from tests.strategies.words import INSTANTS, KNOWN_AT

Question = tuple[RequestFacts, Moment]
"""A request, and the moment it is asked about."""


@dataclass(frozen=True, slots=True, repr=False)
class World:
    """All that a decision is made from, and what it is about."""

    snapshot: Snapshot
    facts: RequestFacts
    moment: Moment
    theme: Theme

    def __repr__(self) -> str:
        return f"World({self.facts}, {self.moment}, {self.snapshot.policies})"

    def decide(self) -> Determination:
        """Decide as the definition says."""
        return decide(self.snapshot, self.facts, self.moment)


def world_about(dice: Dice, theme: Theme) -> World:
    """Draw a world about a theme."""
    return World(
        snapshot=Snapshot(policy_set(dice, theme), registry(dice, theme)),
        facts=any_request(dice),
        moment=Moment(pick(dice, INSTANTS), pick(dice, KNOWN_AT)),
        theme=theme,
    )


def any_world(dice: Dice) -> World:
    """Draw a world about anything."""
    return world_about(dice, any_theme(dice))


def permitted(decided: Determination) -> frozenset[str]:
    """List the permitted routes of the requested name itself, stand-ins aside."""
    return frozenset() if decided.substituted else frozenset(decided.chain)
