"""What an explanation says: every verdict with its evidence, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from policy_router.domain.claim import Evidence, Gap
from policy_router.domain.decision import Determination, RuleVerdict
from policy_router.domain.diagnostic import Span


@dataclass(frozen=True, slots=True)
class HopClaim:
    """What is claimed at one hop, in words, and on what evidence.

    `gap`: why it counts as unknown. `agreement`: id of the agreement that states it. `span`:
    where the claim stands. `conflicts`: how many other claims say something else.
    """

    hop: str
    claimed: str
    gap: Gap | None = None
    evidence: Evidence | None = None
    agreement: str | None = None
    span: Span | None = None
    note: str | None = None
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One predicate a route does not meet: what was demanded, what is claimed, hop by hop.

    `known`: it is known not to be met; else it is not known to be met.
    """

    subject: str
    demanded: str
    claimed: str
    known: bool
    hops: tuple[HopClaim, ...]


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """One rule's verdict on a route; `shortfalls` and `open_facts` only where it is no pass.

    `open_facts`: facts of the request whose absence leaves open whether the rule applies.
    """

    verdict: RuleVerdict
    title: str | None
    cites: tuple[str, ...]
    own_choice: bool
    span: Span
    shortfalls: tuple[Shortfall, ...]
    open_facts: tuple[str, ...]


class ChangeKind(StrEnum):
    """What kind of step a change is."""

    FACT = "fact"
    VERIFICATION = "verification"
    EVIDENCE = "evidence"
    ASSESSMENT = "assessment"
    SIGNOFF = "signoff"
    AGREEMENT = "agreement"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One step someone could take, in words. `about`: whom or what it concerns."""

    kind: ChangeKind
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class RouteExplanation:
    """One candidate. `remedies`: the smallest sets of changes that would permit it.

    `complete` False: the search was cut at its bound and smaller or other sets may exist.
    """

    route: str
    model: str
    permitted: bool
    unsuitable: tuple[str, ...]
    rules: tuple[RuleExplanation, ...]
    remedies: tuple[tuple[Change, ...], ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Alternative:
    """A permitted route. Prices in US dollars per one million tokens; None is unknown.

    `input_difference`, `output_difference`: against the cheapest route that was asked for.
    `own`: the organisation runs it itself.
    """

    route: str
    model: str
    own: bool
    input_price: Decimal | None
    output_price: Decimal | None
    input_difference: Decimal | None
    output_difference: Decimal | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision explained. `alternatives` only for a denial: permitted routes, nearest first.

    `law`: ids of adequacy decisions and territories the routes rest on that were read from a
    secondary source. `exceptions`, `agreements`, `signoffs`: ids of what the decision used.
    """

    determination: Determination
    routes: tuple[RouteExplanation, ...]
    alternatives: tuple[Alternative, ...]
    policies: tuple[str, ...]
    law: tuple[str, ...]
    exceptions: tuple[str, ...]
    agreements: tuple[str, ...]
    signoffs: tuple[str, ...]
