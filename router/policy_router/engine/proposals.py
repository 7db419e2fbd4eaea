"""The steps that rules in the way of a route propose: all there is to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from policy_router.domain.claim import (
    NO_DEMAND,
    Claim,
    ClaimValue,
    Evidence,
    Gap,
    Knowledge,
    Members,
)
from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import PolicyException, Rule
from policy_router.domain.route import Route
from policy_router.domain.vocabulary import (
    ATTRIBUTES,
    HOME_TERRITORY,
    REQUEST_READS,
    Regime,
)
from policy_router.engine import words
from policy_router.engine.explanation import Term
from policy_router.engine.favourable import best_value, country_within
from policy_router.engine.matching import RouteView, tests_in
from policy_router.engine.question import Question
from policy_router.engine.shortfalls import Unmet, unmet, unrested
from policy_router.engine.steps import Contract, Judged, Shown, Stated, Step, Waived
from policy_router.registry.hops import MAKER_HOP, hops_of, route_knowledge
from policy_router.registry.transfer import CLAUSES, MODULAR, PlaceBases

BASIS = "transfer_basis."
NOT_BY_CONTRACT = frozenset({"provider_jurisdiction", "parent_jurisdiction", "maker_jurisdiction"})
_BY_CONTRACT_ONLY = frozenset({"dpa"})
"""What no page shows: a contract that is offered is not one that is signed."""
_VERIFY_AGAIN = {Gap.TOO_OLD, Gap.NOT_VERIFIED}

RuleKey = tuple[str, str]
"""The ids of a policy and of one of its rules."""
Where = tuple[str, str]
"""A hop and an attribute."""


@dataclass(frozen=True, slots=True)
class Want:
    """What one rule wants of a claim: a test to meet, or a place named inside a home territory."""

    rule: RuleKey
    lack: Unmet | None
    home: str | None = None


@dataclass(slots=True)
class Wants:
    """What blocked rules want, by whom it would have to come."""

    terms: dict[Where, list[Want]] = field(default_factory=dict)
    clauses: dict[str, dict[Clause, set[RuleKey]]] = field(default_factory=dict)
    shown: dict[Where, list[Want]] = field(default_factory=dict)
    again: dict[Where, Claim] = field(default_factory=dict)
    others: dict[Judged | Stated | Waived, None] = field(default_factory=dict)

    def add(self, q: Question, policy: str, rule: Rule, at: Question) -> None:
        """Collect what a rule wants of the only route of `at`, asked as `q`."""
        key = (policy, rule.id)
        for name in q.open_facts(rule):
            self.others[Stated(name)] = None
        if rule.waivable:
            self.others[Waived(*key)] = None
        (route,) = at.snapshot.registry.routes.values()
        for exception in exceptions_to(q, key, route):
            for name in _stated_in_part(q, (t.subject for t in tests_in(exception.when))):
                self.others[Stated(name)] = None
        for facts in at.facts.views:
            view = RouteView(at.snapshot, route, facts, at.moment, rule.demand)
            for lack in unmet(rule, view):
                self._add_test(q, key, lack, view)

    def _add_test(self, q: Question, rule: RuleKey, lack: Unmet, view: RouteView) -> None:
        subject = lack.test.subject
        spec = ATTRIBUTES.get(subject)
        if spec is not None and spec.claimed:
            for found in route_knowledge(view.standpoint, view.route, subject).hops:
                self._add_claim(rule, lack, found, view)
            return
        for begins, read in REQUEST_READS.items():
            for name in _stated_in_part(q, read if subject.startswith(begins) else ()):
                self.others[Stated(name)] = None
        if subject == "signoff":
            for kind in lack.test.names:
                self.others[Judged(kind)] = None
        elif subject.startswith(BASIS):
            for place in unrested(lack.test, view):
                self._add_basis(rule, place, lack, view)

    def _add_claim(self, rule: RuleKey, lack: Unmet, found: Knowledge, view: RouteView) -> None:
        subject = lack.test.subject
        if _meets(view, lack, found.value):
            return
        where, want = (found.hop, subject), Want(rule, lack)
        if subject not in NOT_BY_CONTRACT:
            self.terms.setdefault(where, []).append(want)
        again = found.gap in _VERIFY_AGAIN and found.agreement is None
        if again and found.claim is not None:
            self.again[where] = found.claim
        if again or (_may_be_shown(found.value) and subject not in _BY_CONTRACT_ONLY):
            self.shown.setdefault(where, []).append(want)

    def _add_basis(self, rule: RuleKey, place: PlaceBases, lack: Unmet, view: RouteView) -> None:
        regime = Regime(lack.test.subject.removeprefix(BASIS))
        hop, country = place.place.hop, place.place.country
        if country is None:
            where, want = (hop, place.place.attribute), Want(rule, None, HOME_TERRITORY[regime])
            self.shown.setdefault(where, []).append(want)
            if place.place.attribute not in NOT_BY_CONTRACT:
                self.terms.setdefault(where, []).append(want)
            return
        for basis in lack.test.names:
            if (regime, basis) in CLAUSES:
                for mechanism in CLAUSES[regime, basis]:
                    clauses = self.clauses.setdefault(hop, {})
                    clauses.setdefault(_clause(mechanism, hop, view), set()).add(rule)
                self.others[Judged("tia", hop, country)] = None
                return


def _meets(view: RouteView, lack: Unmet, value: ClaimValue | None) -> bool:
    truth = view.test_claim(lack.test, value)
    return truth.known_true if lack.wanted else truth.known_false


def _may_be_shown(value: ClaimValue | None) -> bool:
    """Whether more could be known than is claimed."""
    return value is None or (isinstance(value, Members) and (value.open or bool(value.optional)))


def _stated_in_part(q: Question, names: Iterable[str]) -> Iterator[str]:
    """Those of some facts that are stated, but perhaps not in full."""
    return (n for n in names if q.facts.set_fact(n).members and not q.knows(n))


def exceptions_to(q: Question, rule: RuleKey, route: Route) -> Iterator[PolicyException]:
    """The exceptions to a rule that name a route, whatever else they ask."""
    for exception in q.snapshot.policies.exceptions:
        named = (exception.policy, exception.rule) == rule
        if named and any_matches(exception.routes, route.id):
            yield exception


def _clause(mechanism: Mechanism, hop: str, view: RouteView) -> Clause:
    first = hops_of(view.snapshot.registry, view.route)[0] == hop
    module = ("M2" if first else "M3") if mechanism in MODULAR else None
    return Clause(mechanism, module)


# ---- from wants to steps ------------------------------------------------------------------------


def steps_for(
    at: Question, wants: Wants, spared: frozenset[RuleKey] = frozenset()
) -> tuple[Step, ...]:
    """The steps that give what is wanted, but for what only the rules `spared` want."""
    (route,) = at.snapshot.registry.routes.values()
    view = RouteView(at.snapshot, route, at.facts, at.moment, NO_DEMAND)
    hops = dict.fromkeys((*hops_of(at.snapshot.registry, route), MAKER_HOP))
    contracts = (_contract(view, wants, hop, spared) for hop in hops)
    shown = (_shown(view, wants, hop, spared, again=a) for hop in hops for a in (False, True))
    return (
        *(c for c in contracts if c is not None),
        *(s for s in shown if s is not None),
        *wants.others,
    )


def _contract(
    view: RouteView, wants: Wants, hop: str, spared: frozenset[RuleKey]
) -> Contract | None:
    found = list(_terms(view, wants.terms, hop, spared))
    wanted = wants.clauses.get(hop, {}).items()
    clauses = sorted((c for c, rules in wanted if rules - spared), key=lambda c: c.mechanism)
    if not found and not clauses:
        return None
    said = [Term(name, _said(wanted)) for name, _, wanted in found]
    said.extend(Term("", words.clause_name(c)) for c in clauses)
    terms = tuple((name, value) for name, value, _ in found)
    return Contract(hop, terms, tuple(clauses), tuple(said))


def _shown(
    view: RouteView, wants: Wants, hop: str, spared: frozenset[RuleKey], *, again: bool
) -> Shown | None:
    """New evidence of a hop, or claims of it that only have to be verified again."""
    terms, said = [], []
    for name, value, wanted in _terms(view, wants.shown, hop, spared):
        old = wants.again.get((hop, name))
        if old is None or old.value is None or not _suffices(view, old.value, wanted):
            old = None
        if (old is not None) is again:
            terms.append((name, value if old is None or old.value is None else old.value))
            age = "" if old is None else f" ({_age(view, old.evidence)})"
            said.append(Term(name, f"{_said(wanted)}{age}"))
    return Shown(hop, tuple(terms), tuple(said), again) if terms else None


def _terms(
    view: RouteView, wants: dict[Where, list[Want]], hop: str, spared: frozenset[RuleKey]
) -> Iterator[tuple[str, ClaimValue, list[Want]]]:
    """The attributes wanted of a hop, a value of each that is enough, and what is wanted."""
    for (at, name), every in wants.items():
        wanted = [want for want in every if want.rule not in spared] if at == hop else []
        value = _value(view, wanted)
        if value is not None:
            yield name, value, wanted


def _age(view: RouteView, evidence: Evidence) -> str:
    """How long ago a source was last looked at, in whole days, and whether it was verified."""
    days = (view.moment.at.date() - evidence.fresh_on).days
    since = f"{days} day{'' if days == 1 else 's'} ago"
    if evidence.verified_on is None:
        return f"read {since}, verified by nobody"
    return f"last verified {since}"


def _suffices(view: RouteView, value: ClaimValue | None, wanted: Iterable[Want]) -> bool:
    return all(w.lack is None or _meets(view, w.lack, value) for w in wanted)


def _value(view: RouteView, wanted: list[Want]) -> ClaimValue | None:
    """A value of an attribute that gives all that is wanted; None if there is none."""
    lacks = [w.lack for w in wanted if w.lack is not None]
    if lacks:
        return best_value(view, lacks)
    home = next((w.home for w in wanted if w.home is not None), None)
    country = None if home is None else country_within(view, home)
    return None if country is None else Members(frozenset({country}))


def _said(wanted: list[Want]) -> str:
    """What is demanded of an attribute: any value that meets it will do."""
    lacks = (w.lack for w in wanted if w.lack is not None)
    demands = [words.demanded(lack.test, wanted=lack.wanted) for lack in lacks]
    if demands:
        return " and ".join(dict.fromkeys(demands))
    homes = " or ".join(dict.fromkeys(w.home for w in wanted if w.home is not None))
    return f"named (within {homes}, or with a transfer mechanism)"
