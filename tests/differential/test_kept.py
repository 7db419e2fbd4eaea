"""What is kept decides as what it was made from: random worlds, through the cache's text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.engine.render import decision_json
from policy_router.store.plain import packed, unpacked
from tests.differential.comparing import ROLLS_A_REQUEST, requests_of
from tests.strategies.draws import ROLLS, Dice
from tests.strategies.worlds import any_world

REQUESTS = 6


@settings(max_examples=40)
@given(
    st.binary(min_size=ROLLS, max_size=ROLLS),
    st.binary(max_size=ROLLS_A_REQUEST * REQUESTS),
)
def test_a_kept_snapshot_decides_as_the_one_it_was_made_from(world: bytes, rolls: bytes) -> None:
    made = any_world(Dice(world))
    # Its registry is kept first, and its policies go on from there, as those of a project do.
    known = unpacked(packed(made.snapshot.registry))
    kept = unpacked(packed(made.snapshot, known), known)[-1]
    assert kept == made.snapshot
    assert isinstance(kept, Snapshot)
    assert kept.digests == made.snapshot.digests
    engines = Engine(kept), Engine(made.snapshot)
    for facts, moment in requests_of(Dice(rolls), made, REQUESTS):
        kept_json, made_json = (
            decision_json(engine.decide(facts, moment).determination()) for engine in engines
        )
        assert kept_json == made_json
