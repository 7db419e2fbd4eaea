"""What a rule reads of a request, and so which values of each fact it can tell apart."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import chain, combinations
from typing import Final

from policy_router.audit.lint.names import TooMany, telling
from policy_router.compiler.bind import Bound
from policy_router.compiler.bound_rules import BoundPolicy, BoundRule
from policy_router.compiler.formula import atoms_in
from policy_router.domain.contract import Signoff
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import Matcher, Test
from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.domain.truth import Truth
from policy_router.domain.vocabulary import (
    REQUEST_READS,
    REQUESTED_MODEL,
    TRANSFER_BASIS,
    FactKind,
    FactSpec,
    category_ancestors,
    fact,
    listed_data,
)
from policy_router.engine.matching import FactView
from policy_router.language.grammar.codes import COUNTRIES
from policy_router.registry.signoffs import TIA, data_covered, data_touched

Value = FactValue | SetFact | None
"""A value of a fact; None: it is not stated."""

MOST_MEMBERS: Final = 11
"""Members of a set that are tried in every combination."""
_SIZES: Final = tuple(map(Decimal, (0, 1, 1000, 1_000_000)))
"""Sizes of a call that are tried where what it costs is asked; there are more."""
_ANOTHER: Final = "another"
_NOWHERE: Final = Span("", 0, 0)


@dataclass(frozen=True, slots=True)
class Reading:
    """A rule of a bound plan and what it reads: tests on facts, and attributes that ask more.

    `subjects`: the attributes it demands; `tests`: those on facts, of its exceptions too.
    """

    bound: Bound
    policy: BoundPolicy
    rule: BoundRule
    tests: tuple[Test, ...]
    subjects: frozenset[str]
    mask: int

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that bear on whether it applies and whether it is met."""
        found = dict.fromkeys(test.subject for test in self.tests)
        for prefix, names in REQUEST_READS.items():
            if any(subject.startswith(prefix) for subject in self.subjects):
                found |= dict.fromkeys(names)
        if self.bound.reads.sizes and any(s.startswith("price.") for s in self.subjects):
            found["tokens.input"] = None
        return tuple(found)

    @property
    def signoffs(self) -> tuple[Signoff, ...]:
        """The sign-offs it may ask for."""
        atoms = self.bound.plan.route_atoms
        numbers = {n for d in self.rule.planned.demands for n in atoms_in(d)}
        wanted = {name for n in numbers if atoms[n].test.subject == "signoff"
                  for name in atoms[n].test.names}  # fmt: skip
        if any(subject.startswith(TRANSFER_BASIS) for subject in self.subjects):
            wanted.add(TIA)
        return tuple(s for s in self.bound.snapshot.registry.signoffs if s.type in wanted)


def reading(bound: Bound, policy: BoundPolicy, rule: BoundRule) -> Reading:
    """What a rule reads."""
    planned, plan = rule.planned, bound.plan
    scope = next(p.scope for p in plan.policies if p.policy is policy.policy)
    conditions = (scope, planned.when, *(e.when for e in planned.exceptions))
    numbers = sorted({n for formula in conditions for n in atoms_in(formula)})
    demanded = {n for demand in planned.demands for n in atoms_in(demand)}
    return Reading(
        bound,
        policy,
        rule,
        tuple(plan.fact_atoms[n] for n in numbers),
        frozenset(plan.route_atoms[n].test.subject for n in demanded),
        bound.reads.packing.both(numbers) | rule.reads,
    )


def values(of: Reading, name: str) -> list[Value]:
    """One value of a fact for each way in which the rule can take it, unstated first.

    Raises `TooMany` if there are more than can be tried.
    """
    found: dict[Hashable, Value] = {}
    sized = of.rule.costs and name.startswith("tokens.")
    for value in (None, *_values(of, name)):
        bits = of.bound.reads.bits(stated({name: value})) & of.mask
        found.setdefault((bits, value if sized else None), value)
    return list(found.values())


def stated(facts: dict[str, Value]) -> RequestFacts:
    """A request of which these facts are stated, and nothing else."""
    model = facts.get(REQUESTED_MODEL)
    return RequestFacts(
        model=model if isinstance(model, str) else None,
        sets={name: value for name, value in facts.items() if isinstance(value, SetFact)},
        scalars={
            name: value
            for name, value in facts.items()
            if value is not None and not isinstance(value, SetFact) and name != REQUESTED_MODEL
        },
    )


def _values(of: Reading, name: str) -> Iterator[Value]:
    spec = fact(name)
    if spec is None:
        return
    match spec.kind:
        case FactKind.SET:
            yield from _sets(_members(of, spec), observed=spec.observed)
        case FactKind.FLAG:
            yield from (True, False)
        case FactKind.NUMBER:
            yield from _numbers(of, name)
        case FactKind.NAME:
            yield from _names(of, spec)


# ---- single values ------------------------------------------------------------------------------


def _names(of: Reading, spec: FactSpec) -> Sequence[str]:
    if spec.values:
        return spec.values
    if spec.name == REQUESTED_MODEL:
        registry = of.bound.snapshot.registry
        aliases = (alias.id for alias in of.bound.snapshot.policies.aliases)
        models = {route.model for route in registry.routes.values()}
        return sorted({*registry.routes, *models, *aliases})
    patterns = [n for test in of.tests if test.subject == spec.name for n in test.names]
    for signoff in of.signoffs:
        named = {"purpose": signoff.purposes, "tenant": signoff.tenants}
        patterns += named.get(spec.name, ())
    return telling(patterns)


def _numbers(of: Reading, name: str) -> Iterator[Decimal]:
    """Whole numbers on each side of every bound, and on it."""
    bounds = {t.bound for t in of.tests if t.subject == name and t.bound is not None}
    if name == "tokens.input":
        routes = of.bound.routes
        tiers = (tier for r in routes for table in r.prices for tier in table.tiers)
        bounds |= {Decimal(tier.above_input_tokens) for tier in tiers}
    near = {Decimal(0), *(_SIZES if of.rule.costs else ())}
    for bound in bounds:
        for rounding in (ROUND_FLOOR, ROUND_CEILING):
            whole = bound.to_integral_value(rounding)
            near |= {whole - 1, whole, whole + 1}
    yield from sorted(number for number in near if number >= 0)


# ---- sets ---------------------------------------------------------------------------------------


def _sets(members: Sequence[str], *, observed: bool) -> Iterator[SetFact]:
    """Every set of members, known to be all or not, the smallest first."""
    if len(members) > MOST_MEMBERS:
        raise TooMany
    if observed:
        yield SetFact(frozenset(), settled=True)
    sizes = range(1, len(members) + 1)
    for chosen in chain.from_iterable(combinations(members, size) for size in sizes):
        yield SetFact(frozenset(chosen), settled=True)
        yield SetFact(frozenset(chosen), settled=False)


def _members(of: Reading, spec: FactSpec) -> list[str]:
    """One member for each way in which the rule can take one.

    Two where it is not known what is meant by them: one may be meant and the other not.
    """
    named = dict.fromkeys(n for t in of.tests if t.subject == spec.name for n in t.names)
    if spec.name == "subject_location":
        possible = [n for n in named if n in COUNTRIES] + sorted(COUNTRIES)
    else:
        possible = [*(n for n in named if not spec.values or n in spec.values), *spec.values]
        possible += [] if spec.values else [_unmet(named)]
    seen: dict[Hashable, list[str]] = {}
    for member in dict.fromkeys(possible):
        truths = tuple(_is_meant(of, spec.name, member, name) for name in named)
        truths += tuple(_judged(of, spec.name, member))
        alike = seen.setdefault((truths, _apart(spec.name, member)), [])
        alone = all(t.known_true or t.known_false for t in truths)
        if len(alike) < (1 if alone else 2):
            alike.append(member)
    return [member for alike in seen.values() for member in alike]


def _unmet(named: dict[str, None]) -> str:
    """A member that no rule names."""
    return next(n for n in (_ANOTHER, *(f"{_ANOTHER}-{i}" for i in range(len(named) + 1)))
                if n not in named)  # fmt: skip


def _is_meant(of: Reading, subject: str, member: str, name: str) -> Truth:
    view = FactView(
        of.bound.snapshot, stated({subject: SetFact(frozenset({member}), settled=True)}),
        of.bound.moment,
    )  # fmt: skip
    return view.test(Test(subject, Matcher.INCLUDES, (name,), None, _NOWHERE))


def _judged(of: Reading, subject: str, member: str) -> Iterator[Truth]:
    """What sign-offs say of a category of data."""
    if subject == "data":
        alone = SetFact(frozenset({member}), settled=True)
        for signoff in of.signoffs:
            yield (data_covered if signoff.approved else data_touched)(signoff, alone)


def _apart(subject: str, member: str) -> Hashable:
    """What else tells members apart: `non_personal` beside anything personal is dropped."""
    if subject == "data":
        return "personal" in category_ancestors(member), member == "non_personal"
    return listed_data(member) if subject == "subjects" else None
