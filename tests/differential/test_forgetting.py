"""What an engine remembers never shows: not when it forgets, not when threads share it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_router.compiler.tables import MOST_VALUES
from policy_router.engine.decide import MOST_EPOCHS
from tests.concurrency.sharing import shared
from tests.differential.comparing import ROLLS_A_REQUEST, compared
from tests.differential.forgetting import bounds, forgetful
from tests.strategies.draws import ROLLS

REQUESTS = 30
THREADS = 4


def rolls(seed: int) -> tuple[bytes, bytes]:
    """Roll a world and its requests."""
    rng = Random(seed)  # noqa: S311 - worlds to compare, no secrets
    return rng.randbytes(ROLLS), rng.randbytes(REQUESTS * ROLLS_A_REQUEST)


def test_there_are_bounds_to_tighten() -> None:
    names = {name for _, name in bounds()}
    assert {"MOST_EPOCHS", "MOST_VALUES"} <= names
    with forgetful(2):
        assert {getattr(module, name) for module, name in bounds()} == {2}
    assert min(MOST_EPOCHS, MOST_VALUES) > REQUESTS / 2


@pytest.mark.parametrize("most", [1, 2])
def test_an_engine_that_forgets_all_the_time_is_the_definition(most: int) -> None:
    @settings(max_examples=50)
    @given(st.integers(min_value=0, max_value=2**32))
    def equal(seed: int) -> None:
        with forgetful(most):
            _, found = compared(*rolls(seed), REQUESTS)
        assert found == []

    equal()


@pytest.mark.parametrize("most", [2, 1000])
def test_threads_that_share_an_engine_get_the_answers_of_one(most: int) -> None:
    @settings(max_examples=10)
    @given(st.integers(min_value=0, max_value=2**32))
    def equal(seed: int) -> None:
        with forgetful(most):
            assert shared(*rolls(seed), REQUESTS, THREADS) == []

    equal()
