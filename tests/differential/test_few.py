"""The routes of a name alone: on random worlds they are ruled on as among all others."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_router.engine import few
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.report.explanations import explanation_json
from tests.differential.comparing import ROLLS_A_REQUEST, differences, requests_of
from tests.strategies.draws import Dice, rolled
from tests.strategies.worlds import World, any_world

REQUESTS = 8


@pytest.fixture(autouse=True, scope="module")
def _always_few() -> object:
    """Never find it worth binding all routes because of the names that were asked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(few, "SHARE", 0)
        yield


@settings(max_examples=60)
@given(rolled(any_world), st.integers(min_value=0, max_value=2**32))
def test_a_ruling_on_few_routes_says_what_one_among_all_says(world: World, seed: int) -> None:
    """In its reason, its chain, what it keeps out, and every word that explains it."""
    dice = Dice(Random(seed).randbytes(REQUESTS * ROLLS_A_REQUEST))  # noqa: S311 - worlds, no secrets
    for facts, moment in requests_of(dice, world, REQUESTS):
        alone, among = Engine(world.snapshot), Engine(world.snapshot)
        assert differences(alone, facts, moment) == []
        on_few, on_all = alone.decide(facts, moment), among.over_all(facts, moment)
        assert (on_few.epoch.whole is None, on_all.epoch.whole is None) == (False, True)
        assert on_few.kept_out == on_all.kept_out
        made = on_all.determination()
        said, expected = (
            explain(engine, facts, made) for engine in (Engine(world.snapshot), among)
        )
        assert explanation_json(said, said.routes) == explanation_json(expected, expected.routes)
