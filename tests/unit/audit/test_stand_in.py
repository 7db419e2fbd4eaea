"""What stands for a word that a record must not hold: judged alike, and it tells nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.audit.stand_in import stand_in
from policy_router.domain.patterns import matches

WORDS = st.text("ab…", max_size=6)
PATTERNS = st.lists(st.text("ab*…", min_size=1, max_size=5), max_size=4)


@given(WORDS, PATTERNS)
def test_it_is_matched_by_the_patterns_that_match_the_word_and_no_others(
    word: str, patterns: list[str]
) -> None:
    other = stand_in(word, patterns)
    assert [matches(p, other) for p in patterns] == [matches(p, word) for p in patterns]


@given(WORDS, PATTERNS)
def test_it_holds_only_what_patterns_that_match_write_out(word: str, patterns: list[str]) -> None:
    written = {c for p in patterns if matches(p, word) for c in p}
    assert set(stand_in(word, patterns)) & set(word) <= written | set("…")


@pytest.mark.parametrize(
    ("word", "patterns", "left"),
    [
        ("hr-payroll", ("hr-*",), "hr-…"),
        ("hr-payroll", ("*-pay*", "hr-*"), "hr-pay…"),
        ("hr-payroll", ("*",), "…"),
        ("hr-payroll", ("sales", "it-*"), "…"),
        ("hr-payroll", ("*…",), "·"),
        ("payroll", ("payroll",), "payroll"),
        ("", ("*",), ""),
    ],
)
def test_what_is_left(word: str, patterns: tuple[str, ...], left: str) -> None:
    assert stand_in(word, patterns) == left


def test_all_marks_may_be_taken() -> None:
    assert stand_in("word", ("…·▪",)) == "\ue000"
