"""Laws about form: order, repetition and names mean nothing; the same question, the same answer."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from policy_router.domain.decision import Determination
from tests.property.proving import law
from tests.strategies.changes import doubled, renamed, shuffled
from tests.strategies.worlds import World, worlds


@law(worlds(), st.integers(min_value=0, max_value=2**32), tested=0.3)
def test_order_changes_nothing(world: World, seed: int) -> bool:
    """But for the order of preferences and of an alias's models, which is their meaning."""
    decided = world.decide()
    assert shuffled(world, Random(seed)).decide() == decided  # noqa: S311 - no secret
    return bool(decided.candidates)


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


@law(worlds(), tested=0.3)
def test_duplication_changes_nothing(world: World) -> bool:
    decided = world.decide()
    assert _once(doubled(world).decide()) == _once(decided)
    return bool(decided.candidates)


@law(worlds(), tested=0.3)
def test_renaming_changes_nothing_else(world: World) -> bool:
    decided = world.decide()
    assert renamed(world).decide() == renamed(decided)
    return bool(decided.candidates)
