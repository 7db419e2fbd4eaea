"""How a law is proved: on many worlds, a fair share of which put it to the test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

Law = Callable[..., bool]


def law(*cases: st.SearchStrategy[Any], tested: float) -> Callable[[Law], Callable[[], None]]:
    """Run a law on drawn cases.

    The law raises AssertionError where it does not hold, and says whether the case put it to the
    test at all; at least the share `tested` of all cases must.
    """

    def wrap(check: Law) -> Callable[[], None]:
        def test() -> None:
            tally: Counter[bool] = Counter()

            @given(st.tuples(*cases))
            def holds(case: tuple[Any, ...]) -> None:
                put_to_the_test = check(*case)
                tally[put_to_the_test] += 1
                event("put to the test" if put_to_the_test else "holds for want of a case")

            holds()
            share = tally[True] / tally.total()
            assert share >= tested, f"only {share:.0%} of the worlds put this law to the test"

        test.__name__ = check.__name__
        test.__doc__ = check.__doc__
        return test

    return wrap
