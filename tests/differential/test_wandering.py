"""One engine asked at any moments in any order: what it remembers of one is not used in another."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_router.domain.claim import Moment
from policy_router.domain.request import RequestFacts
from policy_router.engine.decide import Engine
from tests.differential.comparing import differences
from tests.differential.instants import changes, wandering
from tests.strategies.draws import Dice, rolled
from tests.strategies.requests import any_request
from tests.strategies.worlds import World, any_world

MOMENTS = 24
ROLLS_A_WALK = 1000
WORLDS, OFTEN = 100, 0.3


@given(rolled(any_world), st.binary(min_size=ROLLS_A_WALK, max_size=ROLLS_A_WALK))
def test_an_engine_asked_at_any_moments_is_the_definition(world: World, rolls: bytes) -> None:
    dice = Dice(rolls)
    engine = Engine(world.snapshot)
    asked: tuple[RequestFacts, ...] = (world.facts, any_request(dice))
    found = [
        f"{facts} at {moment}: {difference}"
        for moment in wandering(dice, world.snapshot, MOMENTS)
        for facts in asked
        for difference in differences(engine, facts, moment)
    ]
    assert found == []


def test_in_many_worlds_the_answer_changes_with_the_moment() -> None:
    changing: list[bool] = []

    @settings(max_examples=WORLDS, derandomize=True, database=None)
    @given(rolled(any_world))
    def count(world: World) -> None:
        moments = [Moment(at) for at in changes(world.snapshot)]
        engine = Engine(world.snapshot)
        answers = {tuple(verdicts(engine, world.facts, moment)) for moment in moments}
        changing.append(len(answers) > 1)

    count()
    assert sum(changing) >= OFTEN * len(changing)


def verdicts(engine: Engine, facts: RequestFacts, moment: Moment) -> list[object]:
    """List what is decided about every candidate, the moment itself aside."""
    ruling = engine.decide(facts, moment)
    return [ruling.reason, ruling.chain, *ruling.determination().candidates]
