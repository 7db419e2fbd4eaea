"""The laws of decision classes: what is not read makes no difference, nor what is told alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from policy_router.domain.claim import Moment
from policy_router.domain.request import RequestFacts
from policy_router.domain.vocabulary import FACTS, REQUESTED_MODEL
from policy_router.engine.classes import Bounds, alike, bounds, facts_noticed, facts_read
from policy_router.engine.decide import Engine
from policy_router.engine.offers import Ratio
from policy_router.engine.ruling import Ruling
from tests.property.proving import Effect, law
from tests.strategies.draws import Dice, chance, pick, several
from tests.strategies.requests import any_request
from tests.strategies.worlds import any_world

COUNTS = tuple(map(Decimal, (1, 2, 3, 7, 50, 60, 99, 100, 101, 102, 150, 200, 500, 900, 1000)))
V = TypeVar("V")
SIZES = ("tokens.input", "tokens.output")


@dataclass(frozen=True, slots=True)
class Case:
    """Two requests to one engine."""

    engine: Engine
    moment: Moment
    one: RequestFacts
    other: RequestFacts

    def rulings(self) -> tuple[Ruling, Ruling]:
        """Both decisions."""
        return tuple(self.engine.decide(f, self.moment) for f in (self.one, self.other))  # type: ignore[return-value]


def _sized(dice: Dice, facts: RequestFacts) -> RequestFacts:
    """The same request, mostly of another size."""
    sizes = {name: pick(dice, COUNTS) for name in SIZES if name in facts.scalars}
    views = [replace(v, scalars={**v.scalars, **sizes}) for v in facts.views]
    return replace(views[0], base=views[1] if len(views) > 1 else None)


def _mixed(read: frozenset[str], of: RequestFacts, rest: RequestFacts) -> RequestFacts:
    """What is read from one request, everything else from another."""
    base = None
    if of.base is not None:
        base = _mixed(read, of.base, rest.base or rest)
    model = of.model if REQUESTED_MODEL in read else rest.model
    sets = _from_both(read, of.sets, rest.sets)
    scalars = _from_both(read, of.scalars, rest.scalars)
    return replace(of, model=model, sets=sets, scalars=scalars, base=base)


def _from_both(
    read: frozenset[str], mine: Mapping[str, V], theirs: Mapping[str, V]
) -> dict[str, V]:
    rest = {name: value for name, value in theirs.items() if name not in read}
    return rest | {name: value for name, value in mine.items() if name in read}


def _two_that_agree(dice: Dice) -> Case:
    world = any_world(dice)
    engine = Engine(world.snapshot)
    epoch = engine.epoch(world.moment)
    one = _sized(dice, world.facts)
    other = _mixed(facts_read(epoch), one, any_request(dice))
    resized = _sized(dice, other) if chance(dice, 3, 4) else other
    return Case(engine, world.moment, one, resized)


def _two_that_differ_little(dice: Dice) -> Case:
    world = any_world(dice)
    one = _sized(dice, world.facts)
    changed = several(dice, tuple(FACTS), 2)
    near = _mixed(frozenset(FACTS) - set(changed), one, any_request(dice))
    other = _sized(dice, near) if chance(dice, 1, 2) else near
    return Case(Engine(world.snapshot), world.moment, one, other)


def _counts(facts: RequestFacts) -> tuple[int | None, int | None]:
    into, out = (facts.scalar(name) for name in SIZES)
    return (
        int(into) if isinstance(into, Decimal) else None,
        int(out) if isinstance(out, Decimal) else None,
    )


def _place(facts: RequestFacts, found: Bounds) -> tuple[int | None, ...]:
    into, out = _counts(facts)
    counts = (into, out, (into or 0) + (out or 0))
    named = (found.input, found.output, found.both)
    return tuple(
        None if count is None else sum(count >= bound for bound in limits)
        for count, limits in zip(counts, named, strict=True)
    )


def _cell(facts: RequestFacts, turning: tuple[Ratio, ...] | None) -> object:
    into, out = _counts(facts)
    if turning is None:
        return into, out
    pairs = [((into or 0) * p, (out or 0) * q) for p, q in turning]
    return [(a > b) - (a < b) for a, b in pairs]


def _same_cell(case: Case) -> bool:
    one, other = case.rulings()
    assert one.turning == other.turning
    return _cell(case.one, one.turning) == _cell(case.other, one.turning)


def _said(ruling: Ruling) -> tuple[object, ...]:
    found = ruling.determination()
    return found.outcome, found.reason, found.route, found.obligations, found.substituted


def _checked(case: Case) -> Effect:
    one, other = case.rulings()
    assert _said(one) == _said(other)
    if case.one == case.other:
        return Effect.NONE
    return Effect.SEEN if one.route is not None else Effect.TESTED


@law(_two_that_agree, tested=0.3, seen=0.05)
def test_requests_that_agree_in_all_that_is_read_are_decided_the_same(case: Case) -> Effect:
    epoch = case.engine.epoch(case.moment)
    noticed = [[v.knows(n) for v in f.views for n in sorted(facts_noticed(epoch))]
               for f in (case.one, case.other)]  # fmt: skip
    found = bounds(epoch)
    if noticed[0] != noticed[1] or _place(case.one, found) != _place(case.other, found):
        return Effect.NONE
    assert alike(epoch, case.one) == alike(epoch, case.other)
    return _checked(case) if _same_cell(case) else Effect.NONE


@law(_two_that_differ_little, tested=0.1, seen=0.02)
def test_requests_that_are_alike_are_decided_the_same(case: Case) -> Effect:
    epoch = case.engine.epoch(case.moment)
    if alike(epoch, case.one) != alike(epoch, case.other):
        return Effect.NONE
    return _checked(case) if _same_cell(case) else Effect.NONE
