"""What would make a route pass: the smallest sets of steps, found by trying them.

Each blocked rule proposes steps; a set of steps counts only if the definition, run on the
snapshot as it would then be, permits the route. Every set holds the indispensable steps; further
ones are added up to `LARGEST_SET`, so that within that bound the smallest sets are found exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from policy_router.domain.claim import NO_DEMAND, ClaimValue, Gap, Members
from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.decision import Candidate
from policy_router.domain.policy import Mode, Policy, Rule
from policy_router.domain.route import Route
from policy_router.domain.truth import Truth
from policy_router.domain.vocabulary import ATTRIBUTES, HOME_TERRITORY, Regime
from policy_router.engine import words
from policy_router.engine.explanation import Change
from policy_router.engine.favourable import best_value, country_within
from policy_router.engine.matching import RouteView, tests_in
from policy_router.engine.question import Question
from policy_router.engine.reference import candidate_for
from policy_router.engine.shortfalls import Unmet, unmet, unrested
from policy_router.engine.step_words import change
from policy_router.engine.steps import Contract, Judged, Shown, Step, Waived, with_steps
from policy_router.registry.hops import hops_of, route_knowledge
from policy_router.registry.transfer import CLAUSES, MODULAR, PlaceBases

LARGEST_SET = 5
MOST_SETS_TRIED = 3000
MOST_SETS_SHOWN = 4

_NOT_BY_CONTRACT = {"provider_jurisdiction", "parent_jurisdiction", "maker_jurisdiction", "dpf"}
_READ_AGAIN = {Gap.TOO_OLD, Gap.NOT_VERIFIED, Gap.WEAK_SOURCE}


@dataclass(frozen=True, slots=True)
class Remedies:
    """The smallest sets of changes; `complete` False: the search was cut at its bound."""

    sets: tuple[tuple[Change, ...], ...]
    complete: bool


@dataclass(slots=True)
class _Wants:
    """What is wanted of each party: terms with the tests they must meet, clauses, evidence."""

    terms: dict[str, dict[str, list[Unmet]]] = field(default_factory=dict)
    clauses: dict[str, set[Clause]] = field(default_factory=dict)
    shown: dict[tuple[str, str], list[Unmet]] = field(default_factory=dict)
    homes: dict[tuple[str, str], str] = field(default_factory=dict)
    others: dict[Judged | Waived, None] = field(default_factory=dict)


def remedies(q: Question, covering: Sequence[Policy], candidate: Candidate) -> Remedies:
    """The smallest sets of changes that would permit a route that is suitable but blocked."""
    route = q.snapshot.registry.routes[candidate.route]
    steps = _steps(q, covering, candidate, route)
    if not _would_pass(q, covering, route, steps):
        return Remedies((), complete=True)
    needed, others = _indispensable(q, covering, route, steps)
    found: list[tuple[Step, ...]] = []
    tried = 0
    for size in range(min(LARGEST_SET, len(others)) + 1):
        for added in combinations(others, size):
            tried += 1
            if tried > MOST_SETS_TRIED:
                return Remedies(_worded(q, found), complete=False)
            if _would_pass(q, covering, route, (*needed, *added)):
                found.append((*needed, *added))
        if found:
            break
    return Remedies(_worded(q, found), complete=bool(found) or len(others) <= LARGEST_SET)


def _indispensable(
    q: Question, covering: Sequence[Policy], route: Route, steps: list[Step]
) -> tuple[list[Step], list[Step]]:
    """The steps without which all the others together do not help, and the rest."""
    needed: list[Step] = []
    others: list[Step] = []
    for step in steps:
        without = [s for s in steps if s is not step]
        (others if _would_pass(q, covering, route, without) else needed).append(step)
    return needed, others


def _worded(q: Question, found: list[tuple[Step, ...]]) -> tuple[tuple[Change, ...], ...]:
    sets = [tuple(sorted(change(q, step) for step in chosen)) for chosen in found]
    return tuple(sorted(set(sets))[:MOST_SETS_SHOWN])


def _would_pass(
    q: Question, covering: Sequence[Policy], route: Route, steps: Sequence[Step]
) -> bool:
    snapshot, facts = with_steps(q.snapshot, q.facts, q.moment, route, steps)
    then = Question(snapshot, facts, q.moment)
    return candidate_for(then, list(covering), snapshot.registry.routes[route.id]).permitted


def _steps(
    q: Question, covering: Sequence[Policy], candidate: Candidate, route: Route
) -> list[Step]:
    """Every step some blocked rule proposes."""
    rules = {(p.id, r.id): r for p in covering for r in p.rules}
    wants = _Wants()
    for v in candidate.verdicts:
        if v.mode is Mode.ENFORCE and not v.verdict.allows:
            _want(q, wants, v.policy, rules[v.policy, v.rule], route)
    return [*_contracts(q, wants, route), *_evidence(q, wants, route), *wants.others]


def _want(q: Question, wants: _Wants, policy: str, rule: Rule, route: Route) -> None:
    open_facts = tuple(
        dict.fromkeys(t.subject for t in tests_in(rule.when) if not q.knows(t.subject))
    )
    if open_facts and not q.may_apply(rule.when).known_true:
        wants.others[Waived(policy, rule.id, open_facts)] = None
    if rule.waivable:
        wants.others[Waived(policy, rule.id)] = None
    for facts in q.facts.views:
        view = RouteView(q.snapshot, route, facts, q.moment, rule.demand)
        for lack in unmet(rule, view):
            _want_of(wants, lack, view)


def _want_of(wants: _Wants, lack: Unmet, view: RouteView) -> None:
    subject = lack.test.subject
    spec = ATTRIBUTES.get(subject)
    if spec is not None and spec.claimed:
        _want_claims(wants, lack, view)
    elif subject == "signoff":
        for kind in lack.test.names:
            wants.others[Judged(kind)] = None
    elif subject.startswith("transfer_basis."):
        for place in unrested(lack.test, view):
            _want_basis(wants, place, lack, view)


def _want_claims(wants: _Wants, lack: Unmet, view: RouteView) -> None:
    subject = lack.test.subject
    for found in route_knowledge(view.standpoint, view.route, subject).hops:
        if _meets(view.test_claim(lack.test, found.value), lack):
            continue
        if subject not in _NOT_BY_CONTRACT:
            wants.terms.setdefault(found.hop, {}).setdefault(subject, []).append(lack)
        if found.value is None or found.gap in _READ_AGAIN or _is_open(found.value):
            wants.shown.setdefault((found.hop, subject), []).append(lack)


def _meets(truth: Truth, lack: Unmet) -> bool:
    return truth.known_true if lack.wanted else truth.known_false


def _is_open(value: ClaimValue) -> bool:
    return isinstance(value, Members) and (value.open or bool(value.optional))


def _want_basis(wants: _Wants, place: PlaceBases, lack: Unmet, view: RouteView) -> None:
    regime = Regime(lack.test.subject.removeprefix("transfer_basis."))
    hop, country = place.place.hop, place.place.country
    if country is None:
        attribute = place.place.attribute
        wants.homes[hop, attribute] = HOME_TERRITORY[regime]
        wants.shown.setdefault((hop, attribute), [])
        if attribute not in _NOT_BY_CONTRACT:
            wants.terms.setdefault(hop, {}).setdefault(attribute, [])
        return
    for basis in lack.test.names:
        for mechanism in CLAUSES.get((regime, basis), ()):
            wants.clauses.setdefault(hop, set()).add(_clause(mechanism, hop, view))
            wants.others[Judged("tia", hop, country)] = None
        if (regime, basis) in CLAUSES:
            return


def _clause(mechanism: Mechanism, hop: str, view: RouteView) -> Clause:
    first = hops_of(view.snapshot.registry, view.route)[0] == hop
    module = ("M2" if first else "M3") if mechanism in MODULAR else None
    return Clause(mechanism, module)


def _contracts(q: Question, wants: _Wants, route: Route) -> Iterator[Contract]:
    for hop in hops_of(q.snapshot.registry, route):
        terms, said = [], []
        for name, lacks in wants.terms.get(hop, {}).items():
            value = _value(q, wants, route, (hop, name), lacks)
            if value is not None:
                terms.append((name, value))
                said.append(_said(name, value, lacks, wants.homes.get((hop, name))))
        clauses = sorted(wants.clauses.get(hop, ()), key=lambda c: c.mechanism)
        if terms or clauses:
            yield Contract(hop, tuple(terms), tuple(clauses), tuple(said))


def _evidence(q: Question, wants: _Wants, route: Route) -> Iterator[Shown]:
    for (hop, name), lacks in wants.shown.items():
        value = _value(q, wants, route, (hop, name), lacks)
        if value is not None:
            yield Shown(hop, name, value, _said(name, value, lacks, wants.homes.get((hop, name))))


def _said(name: str, value: ClaimValue, lacks: list[Unmet], home: str | None) -> str:
    """The attribute as demanded: any value that meets it will do."""
    demands = [words.demanded(lack.test, wanted=lack.wanted) for lack in lacks]
    if not demands and home is None:
        return f"`{name}` {words.claimed(value, name)}"
    if not demands:
        return f"`{name}` named (within {home}, or with a basis for the transfer)"
    return f"`{name}` {' and '.join(dict.fromkeys(demands))}"


def _value(
    q: Question, wants: _Wants, route: Route, where: tuple[str, str], lacks: list[Unmet]
) -> ClaimValue | None:
    view = RouteView(q.snapshot, route, q.facts, q.moment, NO_DEMAND)
    if lacks:
        return best_value(view, lacks)
    home = country_within(view, wants.homes[where])
    return None if home is None else Members(frozenset({home}))
