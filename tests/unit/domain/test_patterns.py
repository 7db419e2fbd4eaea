"""Names with `*`."""

from __future__ import annotations

import pytest

from policy_router.domain.patterns import any_matches, matches


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("opper:openai/o4-mini", "opper:openai/o4-mini", True),
        ("opper:*", "opper:openai/o4-mini", True),
        ("*", "", True),
        ("*o4*", "openai/o4-mini", True),
        ("opper:*-mini", "opper:openai/o4-mini", True),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("opper:*", "Opper:openai/o4-mini", False),
        ("openai", "openai/o4-mini", False),
        ("o4.mini", "o4-mini", False),
        ("o4?mini", "o4-mini", False),
        ("[ab]", "a", False),
        ("line*", "line\nbreak", True),
    ],
)
def test_a_star_stands_for_any_text_and_nothing_else_is_special(
    pattern: str, name: str, expected: bool
) -> None:
    assert matches(pattern, name) is expected


def test_any_of_several() -> None:
    assert any_matches(("x", "o*"), "openai")
    assert not any_matches(("x", "y*"), "openai")
    assert not any_matches((), "openai")
