"""One name for every set of patterns that some name matches."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.audit.lint import names
from policy_router.audit.lint.names import TooMany, telling
from policy_router.domain.patterns import matches

PATTERNS = st.lists(st.text("ab*", min_size=1, max_size=4), max_size=4)
_LONGEST = 6


def matched(patterns: list[str], name: str) -> tuple[bool, ...]:
    return tuple(matches(pattern, name) for pattern in patterns)


@given(PATTERNS)
def test_no_name_is_matched_otherwise_than_one_of_these(patterns: list[str]) -> None:
    found = telling(patterns)
    told = [matched(patterns, name) for name in found]
    assert all(found)
    assert len(set(told)) == len(told)
    for size in range(1, _LONGEST + 1):
        for letters in product("abc", repeat=size):
            assert matched(patterns, "".join(letters)) in told


def test_names_that_are_written_out_come_first() -> None:
    assert telling(["clinic", "shop", "clinic"]) == ["clinic", "shop", "another"]
    assert telling([]) == ["another"]


def test_what_only_a_search_finds_is_found() -> None:
    found = telling(["*ab", "ba*"])
    assert [matched(["*ab", "ba*"], name) for name in found].count((True, True)) == 1


def test_there_is_an_end_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "MOST_STATES", 8)
    with pytest.raises(TooMany):
        telling([f"*{letter}*" for letter in "abcdefgh"])
