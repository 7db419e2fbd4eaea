"""What a model's card says of the calls it takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.route import Model
from tests.small import HERE

CARD = Model("one", "One", None, HERE)


@pytest.mark.parametrize(
    ("card", "missing"),
    [
        (CARD, ("context_window", "max_output_tokens")),
        (
            replace(CARD, output_modalities=frozenset({"text"})),
            ("context_window", "max_output_tokens"),
        ),
        (replace(CARD, output_modalities=frozenset({"embedding"})), ("context_window",)),
        (replace(CARD, max_output_tokens=5), ("context_window",)),
        (replace(CARD, context_window=5), ("max_output_tokens",)),
        (replace(CARD, context_window=5, max_output_tokens=5), ()),
    ],
)
def test_limits_that_a_call_may_come_up_against(card: Model, missing: tuple[str, ...]) -> None:
    assert card.unstated_limits == missing
