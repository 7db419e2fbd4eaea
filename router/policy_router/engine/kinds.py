"""Routes that are alike in what policies read of them: looked at once, for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from policy_router.compiler.alike import alike_for_steps
from policy_router.compiler.bitset import members
from policy_router.compiler.formula import Atom, atoms_in
from policy_router.domain.patterns import any_matches
from policy_router.domain.request import RequestFacts
from policy_router.domain.truth import FALSE, TRUE, UNKNOWN
from policy_router.domain.vocabulary import REQUEST_READS
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.matching import tests_in
from policy_router.engine.shortfalls import claims_read, rests_on_claims


class Kinds:
    """The routes of one epoch in disjoint sets."""

    def __init__(self, sets: Iterable[int], routes: int) -> None:
        self.sets = tuple(sets)
        self._kind = [0] * routes
        for kind, bits in enumerate(self.sets):
            for number in members(bits):
                self._kind[number] = kind

    def of(self, number: int) -> int:
        """The kind of route number `number`."""
        return self._kind[number]


def by_claims(c: Circumstances, facts: RequestFacts, suitable: int) -> Kinds:
    """Routes of a kind differ in names, addresses and prices, in nothing else that rules read.

    They have the same hops, the same claims, agreements, sign-offs and exceptions about them,
    and the same truth of every other test that the rules put to them: so the same verdicts, the
    same words for them, and the same steps that would change them.
    """
    sets = [c.bound.set_of_numbers(alike.numbers) for alike in c.bound.atoms.alike]
    apart = chain(_usable(c, suitable), _named(c), _truths(c, facts, _read_of_itself(c)))
    return Kinds(_split(sets, apart), len(c.bound.routes))


def by_steps(c: Circumstances, facts: RequestFacts) -> Kinds:
    """Routes of a kind would be permitted by the same steps, if they can be used at all.

    They are alike as those of `by_claims` are, but for claims that nothing reads which the rules
    or exceptions to them ask for.
    """
    read = frozenset(name for subject in _subjects(c) for name in claims_read(subject))
    alike = c.bound.atoms.alike
    coarse = alike_for_steps(c.bound.snapshot.registry, [a.route for a in alike], read)
    together = ([n for place in same.numbers for n in alike[place].numbers] for same in coarse)
    sets = [c.bound.set_of_numbers(numbers) for numbers in together]
    apart = chain(_named(c), _truths(c, facts, _read_of_itself(c)))
    return Kinds(_split(sets, apart), len(c.bound.routes))


def by_outcome(c: Circumstances, facts: RequestFacts, suitable: int) -> Kinds:
    """Routes of a kind have the same verdicts, and of every test of a rule the same is known."""
    apart = chain(_usable(c, suitable), _excepted(c), _truths(c, facts, _read(c)))
    return Kinds(_split([c.bound.full], apart), len(c.bound.routes))


def _split(sets: Iterable[int], apart: Iterable[int]) -> list[int]:
    """The sets, cut so that each lies inside or outside of each of `apart`."""
    found = [bits for bits in sets if bits]
    for other in set(apart):
        found = [part for bits in found for part in (bits & other, bits & ~other) if part]
    return sorted(found)


def _usable(c: Circumstances, suitable: int) -> tuple[int, ...]:
    return suitable, c.bound.live, c.bound.reachable


def _excepted(c: Circumstances) -> Iterator[int]:
    for rule in c.applying:
        for exception in rule.exceptions:
            yield c.bound.excepted(rule, exception.planned)


def _named(c: Circumstances) -> Iterator[int]:
    """The routes each sign-off and exception names, whatever else it asks: that may come true."""
    excepted = (e.planned.exception.routes for rule in c.applying for e in rule.exceptions)
    judged = (s.routes for s in c.bound.snapshot.registry.signoffs if s.routes)
    for patterns in dict.fromkeys(chain(excepted, judged)):
        yield c.bound.set_of(any_matches(patterns, r.id) for r in c.bound.routes)


def _read(c: Circumstances) -> list[int]:
    """The numbers of the tests that applying rules put to routes."""
    numbers = (n for r in c.applying for demand in r.planned.demands for n in atoms_in(demand))
    return sorted(set(numbers))


def _read_of_itself(c: Circumstances) -> list[int]:
    """The numbers of the tests among them of what does not follow from claims."""
    atoms = c.bound.plan.route_atoms
    return [n for n in _read(c) if not rests_on_claims(atoms[n].test.subject)]


def _subjects(c: Circumstances) -> Iterator[str]:
    """What applying rules ask of routes, and what exceptions to them accept."""
    for rule in c.applying:
        demanded = (part for part in (rule.planned.rule.require, *rule.planned.rule.forbid) if part)
        yield from (test.subject for part in demanded for test in tests_in(part))
        for planned in rule.planned.exceptions:
            yield from (name for name, _ in planned.exception.accepts)


def _truths(c: Circumstances, facts: RequestFacts, numbers: Iterable[int]) -> Iterator[int]:
    """What is known of tests, and what would be if the request left nothing open."""
    for number in numbers:
        subject = c.bound.plan.route_atoms[number].test.subject
        asks = any(subject.startswith(begins) for begins in REQUEST_READS)
        for view, bits in zip(facts.views, c.views, strict=True):
            for doubt in (UNKNOWN, TRUE, FALSE) if asks else (UNKNOWN,):
                yield from c.bound.demand(Atom(number), view, bits, doubt=doubt)
