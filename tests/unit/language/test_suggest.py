"""Suggestions help, and never guess."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.domain.vocabulary import (
    DATA_CATEGORIES,
    FACTS,
    LAWFUL_BASES,
    SPECIAL_CONDITIONS,
    SUBJECTS,
)
from policy_router.language.suggest import did_you_mean, nearest
from policy_router.language.synonyms import SYNONYMS

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


@pytest.mark.parametrize(
    ("word", "choices", "suggestion"),
    [
        ("PII", DATA_CATEGORIES, "personal"),
        ("patient", DATA_CATEGORIES, "health"),
        ("medical", DATA_CATEGORIES, "health"),
        ("credit card", DATA_CATEGORIES, "cardholder"),
        ("payment", DATA_CATEGORIES, "cardholder"),
        ("children", DATA_CATEGORIES, "child"),
        ("children", SUBJECTS, "children"),
        ("consent", LAWFUL_BASES, "A6-1-a"),
        ("consent", SPECIAL_CONDITIONS, "A9-2-a"),
        ("consent", KEYS, None),
        ("pii", [], None),
    ],
)
def test_other_words_for_a_choice(
    word: str, choices: Sequence[str], suggestion: str | None
) -> None:
    assert nearest(word, choices) == suggestion


def test_synonyms_are_of_words_there_are_and_none_is_one_itself_at_its_place() -> None:
    values = {value for spec in FACTS.values() for value in spec.values} | {"EU", "EEA"}
    assert {meant for others in SYNONYMS.values() for meant in others} <= values
    assert all(word == word.casefold().replace("_", "-") for word in SYNONYMS)


def test_of_many_that_are_equally_near_none_is_picked() -> None:
    assert nearest("A6-1-b", LAWFUL_BASES) == "A6-1-b"
    assert nearest("A6-1-g", LAWFUL_BASES) is None
    assert nearest("abc", ["abe", "abd"]) == "abd"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("price", ["price.input", "price.output", "price.request"]),
        ("Prize", ["price.input", "price.output", "price.request"]),
        ("token", ["tokens.input", "tokens.output"]),
        ("price.imput", ["price.input"]),
        ("prize.request", ["price.request"]),
        ("provder", ["provider"]),
        ("requsted", ["requested.model"]),
    ],
)
def test_a_word_that_several_names_begin_with_means_any_of_them_and_no_other(
    word: str, meant: list[str]
) -> None:
    names = ["price.output", "price.input", "price.request", "provider", "requested.model"]
    choices = [*names, "tokens.output", "tokens.input"]
    assert nearest(word, choices) == (meant[0] if len(meant) == 1 else None)
    *first, last = [f"`{name}`" for name in meant]
    named = f"{', '.join(first)} or {last}" if first else last
    assert did_you_mean(word, choices) == f"did you mean {named}?"


def test_a_version_in_a_name_begins_no_family() -> None:
    choices = ["acme/one-4.1", "acme/one-4.5"]
    assert did_you_mean("acme/one-4", choices) == "did you mean `acme/one-4.1`?"


def test_after_many_problems_nothing_is_suggested() -> None:
    assert did_you_mean("traning", KEYS, found=199) == "did you mean `training`?"
    assert did_you_mean("traning", KEYS, found=200) is None


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
