"""What a person is told of something that cannot be decided again."""

from __future__ import annotations

import pytest

from policy_router.domain.unreplayable import Unreplayable


@pytest.mark.parametrize("advice", [None, "decide it anew"])
def test_it_says_its_code_what_happened_and_what_to_do(advice: str | None) -> None:
    found = Unreplayable("LOG504", "nothing was decided", advice)
    assert (found.code, found.message, found.advice) == ("LOG504", "nothing was decided", advice)
    assert str(found) == "nothing was decided"
