"""Every request that a rule can tell apart, and what it says of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final

from policy_router.audit.lint.names import TooMany
from policy_router.audit.lint.reading import Reading, Value, stated, values
from policy_router.compiler.bound_rules import BoundException
from policy_router.domain.request import RequestFacts
from policy_router.domain.vocabulary import REQUESTED_MODEL
from policy_router.engine.reference import routes_named

MOST_REQUESTS: Final = 60_000
"""Of one rule; where there are more, nothing is said of it but that."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A request, as a rule reads it. `routes`: those in use that the name it asks for stands for.

    `applies`: it is known to apply; `may_apply`: it is not known not to.
    """

    of: Reading
    facts: RequestFacts
    bits: int
    routes: int
    applies: bool
    may_apply: bool

    @property
    def met(self) -> int:
        """The routes known to meet every demand of the rule."""
        return self.of.bound.met(self.of.rule, self.facts, self.bits) & self.routes

    def excepted(self, exception: BoundException) -> int:
        """The routes an exception is known to match."""
        true, possible = self.of.bound.reads.packing.split(self.bits)
        if not exception.when.holds(true, possible):
            return 0
        return self.of.bound.excepted(self.of.rule, exception.planned) & self.routes

    @property
    def passing(self) -> int:
        """The routes that the rule lets pass."""
        found = self.met
        for exception in self.of.rule.exceptions:
            found |= self.excepted(exception)
        return found


def samples(of: Reading) -> Iterator[Sample]:
    """One request for each way in which a rule can take one.

    Of every fact that bears on it: each value that it can tell from the others, and none. Raises
    `TooMany` before the first if there are more than can be tried.
    """
    named = {name: values(of, name) for name in of.facts}
    if prod(map(len, named.values())) > MOST_REQUESTS:
        raise TooMany
    routes = _routes(of, named.get(REQUESTED_MODEL, [None]))
    for chosen in product(*named.values()):
        facts = stated(dict(zip(named, chosen, strict=True)))
        yield sample_of(of, facts, routes[facts.model])


def sample_of(of: Reading, facts: RequestFacts, routes: int) -> Sample:
    """A request, as a rule reads it."""
    bits = of.bound.reads.bits(facts)
    true, possible = of.bound.reads.packing.split(bits)
    conditions = (of.policy.scope, of.rule.when)
    return Sample(
        of,
        facts,
        bits,
        routes,
        applies=all(c.holds(true, possible) for c in conditions),
        may_apply=all(c.holds(possible, true) for c in conditions),
    )


def _routes(of: Reading, names: list[Value]) -> dict[str | None, int]:
    """The routes that each name, and those that the rule takes alike, stand for."""
    bound = of.bound
    found: dict[str | None, int] = {None: bound.full}
    wanted = {of.bound.reads.bits(stated({REQUESTED_MODEL: n})) & of.mask: n for n in names}
    if len(names) > 1:
        everything = {*bound.snapshot.registry.routes, *(r.model for r in bound.routes)}
        everything |= {alias.id for alias in bound.snapshot.policies.aliases}
        for name in sorted(everything):
            bits = bound.reads.bits(stated({REQUESTED_MODEL: name})) & of.mask
            first = wanted[bits]
            if isinstance(first, str):
                meant = (bound.number[r.id] for r in routes_named(bound.snapshot, name))
                found[first] = found.get(first, 0) | bound.set_of_numbers(meant)
    return found
