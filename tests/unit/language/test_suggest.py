"""Suggestions help, and never guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.language.suggest import nearest

TERRITORIES = ["EU", "EEA", "UK", "SWITZERLAND", "GLOBAL"]
KEYS = ["require", "forbid", "when", "zero_data_retention", "retention_days", "training"]


@pytest.mark.parametrize(
    ("word", "choices", "suggestion"),
    [
        ("EAA", TERRITORIES, "EEA"),
        ("eea", TERRITORIES, "EEA"),
        ("Switzerlnad", TERRITORIES, "SWITZERLAND"),
        ("requires", KEYS, "require"),
        ("traning", KEYS, "training"),
        ("zero-data-retention", KEYS, "zero_data_retention"),
        ("Zero Data Retention", KEYS, "zero_data_retention"),
        ("unlike", KEYS, None),
        ("EEA", [], None),
        ("", KEYS, None),
        ("require" * 1_000_000, KEYS, None),
    ],
)
def test_nearest(word: str, choices: list[str], suggestion: str | None) -> None:
    assert nearest(word, choices) == suggestion


def test_the_order_of_choices_does_not_matter() -> None:
    choices = ["aab", "aac", "AAB", "aad"]
    assert {nearest("aax", order) for order in (choices, choices[::-1])} == {
        nearest("aax", choices)
    }
    assert nearest("aab", ["AAB", "aab"]) == nearest("aab", ["aab", "AAB"])


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=8))
def test_only_a_choice_is_suggested(word: str, choices: list[str]) -> None:
    assert nearest(word, choices) in {None, *choices}


@given(st.text(min_size=1, max_size=20), st.lists(st.text(max_size=20), max_size=8))
def test_a_choice_in_another_case_is_always_found(word: str, choices: list[str]) -> None:
    found = nearest(word.upper(), [word, *choices])
    assert found is not None
