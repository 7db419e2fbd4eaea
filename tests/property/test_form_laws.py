"""Laws about form: order, repetition and names mean nothing; the same question, the same answer."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from policy_router.domain.decision import Determination
from tests.property.proving import Effect, law
from tests.strategies.changes import doubled, renamed, shuffled
from tests.strategies.draws import Dice
from tests.strategies.worlds import World, any_world


def world_and_order(dice: Dice) -> tuple[World, Random]:
    return any_world(dice), Random(dice.roll(256))  # noqa: S311 - no secret


@law(world_and_order, tested=0.6)
def test_order_changes_nothing(case: tuple[World, Random]) -> Effect:
    """But that of preferences and of an alias's models, which is their meaning.

    Verdicts are listed in the order of the rules.
    """
    world, order = case
    decided, again = world.decide(), shuffled(world, order).decide()
    assert _in_order(again) == _in_order(decided)
    return _at_stake(decided)


def _at_stake(decided: Determination) -> Effect:
    return Effect.TESTED if decided.candidates else Effect.NONE


def _in_order(decided: Determination) -> Determination:
    """Sort what is listed in the order of the documents."""
    return replace(
        decided,
        candidates=tuple(
            replace(c, verdicts=tuple(sorted(c.verdicts, key=lambda v: (v.policy, v.rule))))
            for c in decided.candidates
        ),
        obligations=tuple(sorted(decided.obligations, key=lambda o: (o.policy, o.obligation))),
        monitor=tuple(sorted(decided.monitor, key=lambda v: (v.policy, v.rule))),
        details=tuple(sorted(decided.details, key=lambda d: (d.about, d.message))),
    )


def _once(decided: Determination) -> Determination:
    """Keep of everything said twice only one."""
    return replace(
        decided,
        candidates=tuple(
            replace(c, verdicts=tuple(dict.fromkeys(c.verdicts))) for c in decided.candidates
        ),
        obligations=tuple(dict.fromkeys(decided.obligations)),
        monitor=tuple(dict.fromkeys(decided.monitor)),
        details=(),
    )


@law(any_world, tested=0.6)
def test_duplication_changes_nothing(world: World) -> Effect:
    decided = world.decide()
    assert _once(doubled(world).decide()) == _once(decided)
    return _at_stake(decided)


@law(any_world, tested=0.6)
def test_renaming_changes_nothing_else(world: World) -> Effect:
    decided = world.decide()
    assert renamed(world).decide() == renamed(decided)
    return _at_stake(decided)
