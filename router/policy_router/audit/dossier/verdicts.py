"""What came of it: claims with their evidence, verdicts, and classes of routes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policy_router.audit.gaps import Thing
from policy_router.audit.matrix import Standing
from policy_router.domain.claim import Basis, Gap, SourceKind
from policy_router.domain.decision import Reason, Verdict

Names = tuple[str, ...]


class Answer(StrEnum):
    """Whether a route is what a rule asks it to be."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Evidenced:
    """A claim at one party as it counts, with its evidence, by the number the report gives it.

    `gap`: why it counts as not known. `conflicts`: how many other claims say something else.
    `age_days`: whole UTC days since it was verified, else read. `place`: where it is written.
    """

    number: int
    party: str
    attribute: str
    value: str
    gap: Gap | None
    conflicts: int
    agreement: str | None
    kind: SourceKind | None
    basis: Basis | None
    reference: str | None
    read_on: date | None
    verified_on: date | None
    verified_by: str | None
    age_days: int | None
    note: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class PlaceBasis:
    """A place a party may handle data in, and the transfer bases there are for it.

    `country` None: not known where. `certain` False: perhaps nothing is handled there. `held`:
    bases known to be there; `possible`: bases of which it is not known. `assessments`: ids of the
    transfer impact assessments in force that cover it on this route, for this request;
    `decisions`: ids of the adequacy decisions in force that serve the party there.
    """

    party: str
    country: str | None
    attribute: str
    certain: bool
    held: Names
    possible: Names
    assessments: Names
    decisions: Names = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing a rule asks of a route. `evidence`: the numbers of the claims it is judged by.

    `signoffs`: ids of the judgements that answer it.
    """

    subject: str
    demanded: str
    claimed: str
    answer: Answer
    evidence: tuple[int, ...]
    places: tuple[PlaceBasis, ...]
    signoffs: Names


@dataclass(frozen=True, slots=True)
class RuleFound:
    """The verdict of a rule that applies, or may.

    `open_facts`: facts of the request whose absence leaves open whether it applies.
    """

    policy: str
    rule: str
    verdict: Verdict
    exception: str | None
    demands: tuple[Demand, ...]
    open_facts: Names


@dataclass(frozen=True, slots=True)
class Found:
    """The standing of a scenario on a route, and by which exceptions and sign-offs it has it."""

    standing: Standing
    exceptions: Names
    signoffs: Names


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Why routes of a class may carry scenarios or not: alike for all of these scenarios.

    `said`: what stood against them before any rule. `shortest`: the shortest list of things that
    would permit it; None: no list was found, empty: it is permitted. `rules`: without those that
    do not apply. `exceptions`, `signoffs`: ids of those that a permission rests on.
    """

    scenarios: Names
    standing: Standing
    reason: Reason | None
    said: Names
    rules: tuple[RuleFound, ...]
    shortest: tuple[Thing, ...] | None
    exceptions: Names
    signoffs: Names

    @property
    def found(self) -> Found:
        """The standing, and by what."""
        return Found(self.standing, self.exceptions, self.signoffs)


@dataclass(frozen=True, slots=True)
class RoutePart:
    """A route by its address. Stage and prices in words; None is not known.

    Prices are per one million tokens, of the smallest calls, with what larger ones pay;
    `context_window` in tokens.
    """

    id: str
    model: str
    address: str
    stage: str | None
    input: str | None
    output: str | None
    context_window: int | None


@dataclass(frozen=True, slots=True)
class RouteClass:
    """Routes with the same verdicts on the same evidence. `parties`: in the order of a call.

    `claims`: the numbers of what is claimed of each party, by party and attribute.
    """

    id: str
    parties: Names
    routes: tuple[RoutePart, ...]
    reasonings: tuple[Reasoning, ...]
    claims: tuple[int, ...]
