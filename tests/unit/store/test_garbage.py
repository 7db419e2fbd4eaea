"""What the garbage collector is kept from."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from policy_router.store.garbage import take_for_lasting


class _Circle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_there_is_passed_over_until_it_is_garbage_the_next_time() -> None:
    circle = _Circle()
    take_for_lasting()
    left = ref(circle)
    del circle
    gc.collect()
    assert left() is not None, "the collector has looked at what lasts"
    take_for_lasting()
    assert left() is None, "what lasted once is kept for ever"
