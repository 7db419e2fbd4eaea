"""What an explanation says: every verdict with its evidence, and what would change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import Final, Protocol

from policy_router.domain.claim import Evidence, Gap
from policy_router.domain.decision import Candidate, Determination, RuleVerdict, Used
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import Mode
from policy_router.engine.certainty import Certain


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


OF_ITS_OWN: Final = "; what they run in another place is a route of its own"
"""What a step says that changes where a model runs."""


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
class Term:
    """What a contract must say, or evidence must show: of an attribute, or of transfers.

    `attribute` is empty where `said` names transfer clauses.
    """

    attribute: str
    said: str


def _said(term: Term) -> str:
    return f"`{term.attribute}` {term.said}" if term.attribute else term.said


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One step someone could take. `about`: whom or what it concerns; `head`: its first words.

    What an agreement or evidence must say, the `terms`, follows on `head`. `about` is the hop an
    agreement, evidence or an assessment concerns, the kind of a sign-off, the `policy/rule` an
    exception is to, or a fact of the request. `country`: where an assessment is about. `rules`: the
    rules, as `policy/rule`, that may not apply once the fact is stated. `otherwise`: attributes
    that are known, and that an agreement has to change for the sake of transfers alone.
    `elsewhere`: where the model runs, if that is known and not where rules want it. `amends`: id of
    the agreement with the party that is in force for the route already, so that the step amends it.
    `covering`: what a sign-off has to be in force for, in the same words for each; `of_data`: for
    which data, where not all of them are certain. Both follow on `head`.
    """

    kind: ChangeKind
    about: str
    head: str
    terms: tuple[Term, ...] = ()
    country: str = ""
    rules: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    amends: str = ""
    covering: str = ""
    of_data: str = ""

    @property
    def text(self) -> str:
        """The step in words."""
        apart = OF_ITS_OWN if self.elsewhere else ""
        terms = ", ".join(map(_said, self.terms))
        return f"{self.head}{self.covering}{self.of_data}{terms}{apart}"

    @property
    def changes(self) -> tuple[str, ...]:
        """The attributes that are known, and that the step has to change."""
        return tuple(dict.fromkeys((*self.otherwise, *self.elsewhere)))


@dataclass(frozen=True, slots=True)
class Remedies:
    """The smallest sets of changes, in the one order every report takes: none can spare a step.

    First those that need no exception, then those of the fewest steps. That a contract changes what
    is known, for transfers alone, counts as a step of its own, and among equally many such sets
    stand last. What is left is alphabetical, by the kinds of the steps first: what a step takes of
    whom is not known here.

    `complete` False: the search was cut at its bound, and other sets may exist.
    """

    sets: tuple[tuple[Change, ...], ...]
    complete: bool


class RecordKind(StrEnum):
    """What somebody recorded."""

    AGREEMENT = "agreement"
    SIGNOFF = "signoff"
    EXCEPTION = "exception"


RECORDED: Final = {
    RecordKind.AGREEMENT: "agreement",
    RecordKind.SIGNOFF: "sign-off",
    RecordKind.EXCEPTION: "exception",
}
"""What each is called where people read."""


@dataclass(frozen=True, slots=True)
class NoHelp:
    """Something recorded that bears on a rule which is not met, and why it is no help there.

    `rule`: as `policy/rule`. `why`: everything that keeps it from counting, in words.
    """

    rule: str
    kind: RecordKind
    id: str
    why: str


class Account(Protocol):
    """What is to be said of the candidates of one decision, when it is asked for."""

    def rules(self, candidate: Candidate) -> tuple[RuleExplanation, ...]:
        """Every rule's verdict on the candidate, with what it finds wanting."""

    def remedies(self, candidate: Candidate) -> Remedies:
        """What would permit the candidate."""

    def no_help(self, candidate: Candidate) -> tuple[NoHelp, ...]:
        """What is recorded about the candidate and is no help to rules that are not met."""

    def kind(self, candidate: Candidate) -> int:
        """The same number for candidates of which the same is said, but for names and prices."""

    def place(self, candidate: Candidate) -> tuple[bool, bool, int]:
        """Where it stands among equals (`engine.nearness`)."""


@dataclass(frozen=True)
class RouteExplanation:
    """One candidate; its rules and its remedies are worked out when they are asked for."""

    candidate: Candidate
    model: str
    account: Account = field(repr=False, compare=False)

    @property
    def route(self) -> str:
        """The id of the route."""
        return self.candidate.route

    @property
    def permitted(self) -> bool:
        """Whether it may carry the request."""
        return self.candidate.permitted

    @property
    def unsuitable(self) -> tuple[str, ...]:
        """What the call needs and the route is not known to offer; then no rule was evaluated."""
        return self.candidate.unsuitable

    @property
    def blocked(self) -> bool:
        """Whether rules stop it, so that there may be a remedy."""
        return not self.candidate.permitted and bool(self.candidate.verdicts)

    @property
    def stopping(self) -> tuple[bool, int]:
        """Whether it is not suitable for the call, and how many enforced rules stop it."""
        verdicts = self.candidate.verdicts
        stops = sum(v.mode is Mode.ENFORCE and not v.verdict.allows for v in verdicts)
        return bool(self.candidate.unsuitable), stops

    @property
    def kind(self) -> int:
        """The same number for routes of which the same is said, but for names and prices."""
        return self.account.kind(self.candidate)

    @property
    def place(self) -> tuple[bool, bool, int]:
        """Where it stands among routes of which equally much is wanted: the smaller, the nearer."""
        return self.account.place(self.candidate)

    @cached_property
    def rules(self) -> tuple[RuleExplanation, ...]:
        """Every rule's verdict, with what it finds wanting."""
        return self.account.rules(self.candidate)

    @cached_property
    def remedied(self) -> Remedies:
        """What would permit it: searched when it is asked for."""
        return self.account.remedies(self.candidate) if self.blocked else Remedies((), True)

    @cached_property
    def no_help(self) -> tuple[NoHelp, ...]:
        """What is recorded and is no help: rejections, and what lapsed or covers something else."""
        return self.account.no_help(self.candidate)

    @property
    def remedies(self) -> tuple[tuple[Change, ...], ...]:
        """The smallest sets of changes that would permit it, fewest steps first."""
        return self.remedied.sets

    @property
    def complete(self) -> bool:
        """Whether the search for remedies ended before its bound."""
        return self.remedied.complete


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


MOST_NEAREST = 3
MOST_SEARCHED = 8
"""Kinds of routes searched for one that has a remedy."""


@dataclass(frozen=True)
class Explanation:
    """A decision explained. `alternatives` only for a denial: permitted routes, nearest first.

    `find_used`: finds what stands behind the decision, `find_certain`: what would permit it, were
    it certain; both where somebody asks.
    """

    determination: Determination
    routes: tuple[RouteExplanation, ...]
    alternatives: tuple[Alternative, ...]
    policies: tuple[str, ...]
    find_used: Callable[[], Used] = field(repr=False, compare=False)
    find_certain: Callable[[], Certain | None] = field(repr=False, compare=False)

    @cached_property
    def used(self) -> Used:
        """What a permission rests on; what was in force about routes that are refused."""
        return self.find_used()

    @cached_property
    def certain(self) -> Certain | None:
        """What would permit a refusal, were it certain and not the caller's mere word."""
        return self.find_certain()

    @cached_property
    def nearest(self) -> tuple[RouteExplanation, ...]:
        """`MOST_NEAREST` candidates that are stopped by few rules: remedies are searched here.

        Suitable ones first, then those stopped by the fewest rules; equals in the order that
        `engine.nearness` settles.
        Of each kind of suitable ones one comes before all others, and of the first `MOST_SEARCHED`
        kinds those come first that are permitted or have a remedy.
        """
        first: dict[int, RouteExplanation] = {}
        seen: list[RouteExplanation] = []
        for route in self._by_nearness():
            seen.append(route)
            if not route.unsuitable:
                first.setdefault(route.kind, route)
            if len(first) == MOST_SEARCHED:
                break
        hopeful = (r for r in first.values() if r.permitted or r.remedies)
        chosen = (*islice(hopeful, MOST_NEAREST), *first.values(), *seen)
        return tuple(islice({r.route: r for r in chosen}.values(), MOST_NEAREST))

    def _by_nearness(self) -> Iterator[RouteExplanation]:
        """In order; where a route lies is looked up as far as anybody asks: there are thousands."""
        stopping: dict[int, tuple[bool, int]] = {}
        alike: dict[tuple[bool, int], list[RouteExplanation]] = {}
        for route in self.routes:
            shared = id(route.candidate.verdicts)
            if shared not in stopping:
                stopping[shared] = route.stopping
            alike.setdefault(stopping[shared], []).append(route)
        for stopped in sorted(alike):
            yield from sorted(alike[stopped], key=lambda r: (r.place, r.route))
