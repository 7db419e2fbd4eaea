"""Facts as bits: what values settle, never met or met before."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from policy_router.compiler import tables
from policy_router.compiler.statements import above, stated
from policy_router.compiler.tables import (
    Bounding,
    NameTable,
    Naming,
    NumberTable,
    Packing,
    SetTable,
)
from policy_router.domain.patterns import any_matches
from policy_router.domain.request import FactValue, SetFact
from policy_router.domain.truth import FALSE, MIXED, TRUE, UNKNOWN, Truth, known

PACKING = Packing(4)
TEN, TWENTY = Decimal(10), Decimal(20)


def said(number: int, *patterns: str) -> Naming:
    """Say that a name matches some pattern."""
    return Naming(number, partial(_named, patterns), patterns)


def _named(patterns: tuple[str, ...], value: FactValue | None) -> Truth:
    return UNKNOWN if value is None else known(any_matches(patterns, str(value).lower()))


def settled(table: NameTable | NumberTable, value: FactValue) -> tuple[int, int]:
    """List the statements known true and those possible, once a value is known."""
    return PACKING.split(table.of(value))


@pytest.mark.parametrize(
    ("truth", "bits"), [(TRUE, 0b100_0100), (UNKNOWN, 0b100_0000), (FALSE, 0), (MIXED, 0b100_0000)]
)
def test_two_bits_a_statement(truth: Truth, bits: int) -> None:
    assert PACKING.of(2, truth) == (bits if truth is not MIXED else 0b100_0000)
    assert PACKING.all_of([(2, truth), (0, FALSE)]) == PACKING.of(2, truth)


def test_both_bits_and_the_way_back() -> None:
    assert PACKING.both([0, 3]) == 0b1001_1001
    assert PACKING.split(0b1001_0001) == (0b0001, 0b1001)


NAMES = NameTable(
    PACKING,
    [said(0, "clinic"), said(1, "clinic-*", "clinic"), said(2, "*-test", "a*b"), said(3, "true")],
)


@pytest.mark.parametrize(
    ("name", "true"),
    [
        ("clinic", 0b0011),
        ("clinic-north", 0b0010),
        ("clinic-", 0b0010),
        ("clini", 0),
        ("clinic-test", 0b0110),
        ("axb", 0b0100),
        ("axbc", 0),
        ("true", 0b1000),
        (True, 0b1000),
        (False, 0),
        (Decimal(1), 0),
        ("", 0),
    ],
)
def test_a_name_is_looked_up(name: FactValue, true: int) -> None:
    assert settled(NAMES, name) == (true, true)


def test_names_and_beginnings_are_looked_up_and_only_the_rest_is_tried() -> None:
    assert set(NAMES._exact) == {"clinic", "true"}
    assert {length: set(found) for length, found in NAMES._beginnings} == {7: {"clinic-"}}
    assert {pattern for pattern, _ in NAMES._patterns} == {"*-test", "a*b"}


def test_a_number_where_a_name_belongs_is_stated_and_matches_nothing() -> None:
    table = NameTable(PACKING, [said(0, "1-*"), Naming(1, stated, ("*",)), said(2, "1")])
    assert settled(table, Decimal(1)) == (0b0110, 0b0110)


def test_a_name_that_is_not_known() -> None:
    assert PACKING.split(NAMES.nothing) == (0, 0b1111)


NUMBERS = NumberTable(
    PACKING,
    [
        Bounding(0, above(10), TEN),
        Bounding(1, above(20), TWENTY),
        Bounding(2, lambda value: known(isinstance(value, Decimal) and value >= TEN), TEN),
        Bounding(3, lambda value: known(value is not None), None),
    ],
)


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize(
    ("number", "true"),
    [("9", 0b1000), ("10", 0b1100), ("10.5", 0b1101), ("20", 0b1101), ("21", 0b1111)],
)
def test_a_number_between_bounds(number: str, true: int, again: bool) -> None:
    del again
    assert settled(NUMBERS, Decimal(number)) == (true, true)


def test_text_where_a_number_belongs_settles_nothing_about_its_size() -> None:
    assert settled(NUMBERS, "10") == (0b1000, 0b1011)


def has(member: str, wanted: str) -> Truth:
    """Say that a member is one, where `perhaps` may be any."""
    return UNKNOWN if member == "perhaps" else known(member == wanted)


def whole(value: SetFact) -> Truth:
    """Say that a set holds nothing but `a`."""
    return known(value.members == {"a"}) if value.settled else UNKNOWN


def set_table(*, observed: bool = False, whole_too: bool = True) -> SetTable:
    """Make a table: two statements about members, one about the set, and that it is known."""
    some = [(0, lambda member: has(member, "a")), (1, lambda member: has(member, "b"))]
    return SetTable(PACKING, some, [(2, whole)] if whole_too else [], [3], observed=observed)


@pytest.mark.parametrize(
    ("members", "is_settled", "true", "possible"),
    [
        ("a", True, 0b1101, 0b1101),
        ("b", True, 0b1010, 0b1010),
        ("ab", True, 0b1011, 0b1011),
        ("c", True, 0b1000, 0b1000),
        ("a", False, 0b0001, 0b0111),
        ("c", False, 0, 0b0111),
        ("", True, 0, 0b0111),
        ("", False, 0, 0b0111),
    ],
)
def test_a_set_is_read_member_by_member(
    members: str, is_settled: bool, true: int, possible: int
) -> None:
    table = set_table()
    for _ in range(2):
        found = table.of(SetFact(frozenset(members), is_settled))
        assert PACKING.split(found) == (true, possible)


def test_a_member_that_may_mean_anything() -> None:
    table = set_table(whole_too=False)
    found = table.of(SetFact(frozenset({"perhaps"}), settled=True))
    assert PACKING.split(found) == (0b1000, 0b1011)


def test_an_empty_set_is_an_answer_where_the_call_itself_shows_it() -> None:
    table = set_table(observed=True)
    assert PACKING.split(table.of(SetFact(settled=True))) == (0b1000, 0b1000)


def test_little_is_remembered_and_nothing_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_VALUES", 2)
    monkeypatch.setattr(tables, "LONGEST", 3)
    table = set_table()
    met = []
    for members in ("long", "abc", "abc", "b", "c"):
        table.of(SetFact(frozenset({members}), settled=True))
        met.append({name for names in table._settled for name in names})
    assert met == [set(), {"abc"}, {"abc"}, {"abc", "b"}, {"c"}]
    assert set(table._members) == {"abc", "b"}
    assert not table._open


def test_a_full_memory_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_VALUES", 1)
    small, table = set_table(), set_table()
    for members in ("a", "b", "ab", "c", "b", "ab"):
        value = SetFact(frozenset(members), settled=True)
        assert small.of(value) == table.of(value)
