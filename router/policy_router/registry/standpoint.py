"""From where facts are looked at."""

from __future__ import annotations

from dataclasses import dataclass

from policy_router.domain.claim import NO_DEMAND, EvidenceDemand, Moment
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.domain.truth import UNKNOWN, Truth


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A registry, seen at a moment, on evidence as demanded."""

    registry: Registry
    moment: Moment
    demand: EvidenceDemand = NO_DEMAND


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's facts. `doubt`: what to take for granted where they leave something open."""

    facts: RequestFacts
    doubt: Truth = UNKNOWN
