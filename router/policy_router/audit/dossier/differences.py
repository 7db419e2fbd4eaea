"""What is not as it was in an earlier report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policy_router.audit.changes import Difference
from policy_router.audit.dossier.verdicts import Found, Names


class CauseKind(StrEnum):
    """What brought about that a route may carry a scenario, or no longer may."""

    ROUTE = "route"
    SCENARIO = "scenario"
    POLICY = "policy"
    AGREEMENT = "agreement"
    SIGNOFF = "signoff"
    EXCEPTION = "exception"
    FACT = "fact"
    AGE = "age"
    LAW = "law"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is not as it was. `before`, `after`: None where there was nothing.

    `attribute`: what of a party it is; None where it is no claim about one.
    """

    kind: CauseKind
    about: str
    attribute: str | None
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Routes whose standing for a scenario, or by what they have it, is not what it was.

    All for the same causes.

    `before`, `after`: None where the route or the scenario was not reported on.
    """

    scenario: str
    before: Found | None
    after: Found | None
    routes: Names
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """What is not as it was in an earlier report of these instants and digests.

    `documents`: what policies, law, contracts, sign-offs, exceptions and the project's choices say
    otherwise. `states`: dated documents that began or ended meanwhile.
    """

    at: datetime
    known_at: datetime | None
    policies: str
    registry: str
    documents: tuple[Difference, ...]
    states: tuple[Cause, ...]
    turns: tuple[Turn, ...]
