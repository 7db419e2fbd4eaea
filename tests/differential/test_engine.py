"""Speed may never change the meaning: on random worlds the engine is the definition."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.differential.comparing import ROLLS_A_REQUEST, compared
from tests.strategies.draws import ROLLS

REQUESTS = 50
WORLDS = 500


@pytest.mark.parametrize("part", range(4))
def test_the_engine_is_the_definition(part: int) -> None:
    """2,000 worlds of 50 requests each, in four parts that run side by side."""

    @settings(max_examples=WORLDS)
    @given(
        st.binary(min_size=ROLLS, max_size=ROLLS),
        st.integers(min_value=0, max_value=2**32),
    )
    def equal(world: bytes, seed: int) -> None:
        rolls = Random(f"{part}-{seed}").randbytes(REQUESTS * ROLLS_A_REQUEST)  # noqa: S311
        _, found = compared(world, rolls, REQUESTS)
        assert found == []

    equal()
