"""Which sets of steps are enough for a rule, each of its tests on its own.

What a step does to a test is asked of the definition, in the world as it would be. A test is put
only to worlds that differ in steps which bear on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import assert_never

from policy_router.domain.claim import Basis, EvidenceDemand
from policy_router.domain.policy import (
    All,
    AnyOf,
    Not,
    PolicyException,
    Predicate,
    Rule,
    Test,
)
from policy_router.domain.vocabulary import ATTRIBUTES, TRANSFER_BASIS, Regime
from policy_router.engine.marks import RETENTION, STORAGE
from policy_router.engine.matching import RouteView, tests_in
from policy_router.engine.openness import may_not_apply
from policy_router.engine.proposals import exceptions_to
from policy_router.engine.question import Question
from policy_router.engine.reference import excepts
from policy_router.engine.setwise import Bounds
from policy_router.engine.steps import (
    Contract,
    Judged,
    Shown,
    Stated,
    Step,
    Waived,
)
from policy_router.engine.trial import Trial
from policy_router.registry.hops import hops_of
from policy_router.registry.signoffs import TIA
from policy_router.registry.speaking import records
from policy_router.registry.transfer import (
    PLACE_ATTRIBUTES,
    Place,
    PlaceBases,
    place_rests_on,
    transfer_bases,
)


class Effects:
    """What `steps` do to the rules about one route."""

    def __init__(self, trial: Trial, steps: Sequence[Step], bounds: Bounds) -> None:
        self.steps = tuple(steps)
        self._number = {step: n for n, step in enumerate(self.steps)}
        self._trial = trial
        self._q = trial.q
        self._route = trial.route
        self._bounds = bounds
        self._worlds: dict[int, Question] = {}
        self._bases: dict[tuple[int, int, EvidenceDemand, Regime], tuple[PlaceBases, ...]] = {}

    def taken(self, bits: int) -> tuple[Step, ...]:
        """The steps of a set."""
        return tuple(step for n, step in enumerate(self.steps) if bits >> n & 1)

    def world(self, bits: int) -> Question:
        """The question, were the steps of a set taken."""
        found = self._worlds.get(bits)
        if found is None:
            found = self._worlds[bits] = self._trial.world(self.taken(bits))
        return found

    def enough(self, policy: str, rule: Rule) -> tuple[int, ...]:
        """The smallest sets of steps that settle one rule: it is met, waived, or not about it."""
        bounds = self._bounds
        met = bounds.all_of(self._demands(rule))
        waiving = [1 << n for n, step in enumerate(self.steps) if step == Waived(policy, rule.id)]
        excepted = (self._excepted(e, rule) for e in self._exceptions(policy, rule))
        return bounds.either((met, waiving, self._idle(rule), *excepted))

    def bearing(self, policy: str, rule: Rule) -> list[int]:
        """The steps that may change what comes of a rule."""
        tests = [t for part in (rule.require, *rule.forbid) if part for t in tests_in(part)]
        found = {n for test in tests for n in self._bearing_on(test)}
        accepted = {name for e in self._exceptions(policy, rule) for name, _ in e.accepts}
        found |= {n for name in accepted for n in self._bearing_on_claim(name)}
        found |= set(self._choice(lambda s: isinstance(s, Stated) or s == Waived(policy, rule.id)))
        return sorted(found)

    def _choice(self, wanted: Callable[[Step], bool]) -> list[int]:
        return [n for n, step in enumerate(self.steps) if wanted(step)]

    # ---- ways past a rule that is not met ----

    def _idle(self, rule: Rule) -> tuple[int, ...]:
        """The smallest sets of facts to state for which the rule may not apply."""
        open_facts = set(self._q.open_facts(rule))
        choice = self._choice(lambda s: isinstance(s, Stated) and s.fact in open_facts)
        return self._bounds.enough(choice, partial(self._may_not_apply, rule)) if choice else ()

    def _may_not_apply(self, rule: Rule, bits: int) -> bool:
        facts = frozenset(s.fact for s in self.taken(bits) if isinstance(s, Stated))
        return may_not_apply(self._q, rule, facts)

    def _exceptions(self, policy: str, rule: Rule) -> Iterator[PolicyException]:
        return exceptions_to(self._q, (policy, rule.id), self._route)

    def _excepted(self, exception: PolicyException, rule: Rule) -> tuple[int, ...]:
        choice = self._choice(lambda s: isinstance(s, Stated))
        choice += [n for name, _ in exception.accepts for n in self._bearing_on_claim(name)]

        def matches(bits: int) -> bool:
            world = self.world(bits)
            return excepts(world, exception, rule, world.snapshot.registry.routes[self._route.id])

        return self._bounds.enough(sorted(set(choice)), matches)

    # ---- demands ----

    def _demands(self, rule: Rule) -> Iterator[tuple[int, ...]]:
        for view in range(len(self._q.facts.views)):
            if rule.require is not None:
                yield self._met(rule.require, rule.demand, view, wanted=True)
            for part in rule.forbid:
                yield self._met(part, rule.demand, view, wanted=False)

    def _met(
        self, predicate: Predicate, demand: EvidenceDemand, view: int, *, wanted: bool
    ) -> tuple[int, ...]:
        match predicate:
            case Test():
                return self._test(predicate, demand, view, wanted=wanted)
            case Not(part):
                return self._met(part, demand, view, wanted=not wanted)
            case All(parts) | AnyOf(parts):
                each = (self._met(p, demand, view, wanted=wanted) for p in parts)
                every = isinstance(predicate, All) is wanted
                return self._bounds.all_of(each) if every else self._bounds.either(each)
            case _:
                assert_never(predicate)

    def _test(
        self, test: Test, demand: EvidenceDemand, view: int, *, wanted: bool
    ) -> tuple[int, ...]:
        if wanted and test.subject.startswith(TRANSFER_BASIS):
            return self._bounds.all_of(self._places(test, demand, view))

        def met(bits: int) -> bool:
            truth = self._view(bits, demand, view).test(test)
            return truth.known_true if wanted else truth.known_false

        return self._bounds.enough(self._bearing_on(test), met)

    def _view(self, bits: int, demand: EvidenceDemand, view: int) -> RouteView:
        world = self.world(bits)
        route = world.snapshot.registry.routes[self._route.id]
        return RouteView(world.snapshot, route, world.facts.views[view], world.moment, demand)

    # ---- transfers: each place of each hop on its own ----

    def _places(self, test: Test, demand: EvidenceDemand, view: int) -> Iterator[tuple[int, ...]]:
        for hop in dict.fromkeys(hops_of(self._q.snapshot.registry, self._route)):
            for attribute in PLACE_ATTRIBUTES:
                choice = self._bearing_on_place(hop, attribute)
                lacking = partial(self._lacking, test, demand, view, (hop, attribute))
                yield self._bounds.either([tuple(self._resting(choice, lacking))])

    def _resting(
        self, choice: Sequence[int], lacking: Callable[[int], list[Place]]
    ) -> Iterator[int]:
        """The sets of the steps `choice`, with an assessment of each country that lacks one."""
        for bits in self._bounds.subsets(choice):
            judged = [Judged(TIA, p.hop, p.country) for p in lacking(bits)]
            if all(step in self._number for step in judged):
                whole = bits | sum(1 << self._number[step] for step in dict.fromkeys(judged))
                if not judged or not lacking(whole):
                    yield whole

    def _lacking(
        self, test: Test, demand: EvidenceDemand, view: int, where: tuple[str, str], bits: int
    ) -> list[Place]:
        """The places named by one attribute at one hop that do not rest on a demanded basis."""
        regime = Regime(test.subject.removeprefix(TRANSFER_BASIS))
        key = (bits, view, demand, regime)
        places = self._bases.get(key)
        if places is None:
            at = self._view(bits, demand, view)
            places = transfer_bases(at.standpoint, at.route, regime, at.asked)
            self._bases[key] = places
        here = (p for p in places if (p.place.hop, p.place.attribute) == where)
        return [p.place for p in here if not place_rests_on(p, test.names).known_true]

    # ---- what bears on what ----

    def _bearing_on(self, test: Test) -> list[int]:
        spec = ATTRIBUTES.get(test.subject)
        if spec is not None and spec.claimed:
            return self._bearing_on_claim(test.subject)
        if test.subject == "signoff":
            return self._choice(
                lambda s: (isinstance(s, Judged) and s.kind in test.names) or self._settles(s)
            )
        if test.subject.startswith(TRANSFER_BASIS):
            return self._choice(lambda s: not isinstance(s, Waived))
        return []

    def _bearing_on_claim(self, attribute: str) -> list[int]:
        read = {attribute, RETENTION} if attribute == STORAGE else {attribute}
        return self._choice(lambda s: isinstance(s, Contract | Shown) and self._says(s, read))

    def _bearing_on_place(self, hop: str, attribute: str) -> list[int]:
        """The steps that bear on all countries an attribute names; an assessment is about one."""
        read = {attribute, RETENTION} if attribute == STORAGE else {attribute}

        def bears(step: Step) -> bool:
            match step:
                case Contract():
                    return step.hop == hop
                case Shown():
                    return step.hop == hop and self._says(step, read)
                case _:
                    return self._settles(step)

        return self._choice(bears)

    def _says(self, step: Contract | Shown, attributes: set[str]) -> bool:
        """Whether a step states an attribute, or puts in force a contract that claims rest on."""
        if any(name in attributes for name, _ in step.terms):
            return True
        return isinstance(step, Contract) and any(
            claim.evidence.basis is Basis.OUR_CONTRACT
            for name in attributes
            for claim in records(self._q.snapshot.registry, self._route, step.hop, name)
        )

    def _settles(self, step: Step) -> bool:
        """Whether a step settles what a request states already."""
        facts = self._q.facts
        return isinstance(step, Stated) and bool(facts.set_fact(step.fact).members)
