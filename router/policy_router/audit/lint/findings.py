"""What is found: a document that says something to no effect, and a request that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policy_router.domain.diagnostic import Span
from policy_router.domain.request import RequestFacts


class Flaw(StrEnum):
    """What is wrong with it."""

    NEVER_APPLIES = "never_applies"
    NO_ROUTE_PASSES = "no_route_passes"
    EXCEPTION_IDLE = "exception_idle"
    SIGNOFF_IDLE = "signoff_idle"
    SCENARIO_SHUT = "scenario_shut"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Finding:
    """One flaw of one rule, exception, sign-off or scenario.

    `why`: a clause. `witness`: a request that shows it; None where there is none, and `why` says
    so.
    """

    flaw: Flaw
    about: str
    span: Span
    why: str
    witness: RequestFacts | None = None
