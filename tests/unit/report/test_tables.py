"""Tables fit, line up, and cannot act on a terminal, a spreadsheet or a page."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.report.screen import Screen, Style, unstyled
from policy_router.report.tables import Column, csv_table, literal, markdown_table, prose, table
from policy_router.report.visible import escaped, width

TWO = (Column("Name"), Column("What is said of it", fits=True))
LONG = "one two three four five six seven eight nine ten eleven twelve"


def test_columns_line_up_and_numbers_stand_right() -> None:
    columns = (Column("Name"), Column("Count", right=True))
    assert table(columns, [("a", "1"), ("long name", "1,000")], Screen()) == [
        "Name       Count",
        "a              1",
        "long name  1,000",
    ]


def test_a_cell_that_does_not_fit_goes_on_below_it() -> None:
    assert table(TWO, [("a", LONG)], Screen(width=30)) == [
        "Name  What is said of it",
        "a     one two three four five",
        "      six seven eight nine ten",
        "      eleven twelve",
    ]


def test_where_a_person_looks_the_titles_are_underlined() -> None:
    lines = table(TWO, [("a", "b")], Screen(person=True, unicode=True))
    assert lines[1] == "────  ──────────────────"
    assert table(TWO, [("a", "b")], Screen(person=True))[1] == "----  ------------------"


def test_colours_take_no_room() -> None:
    screen = Screen(colour=True)
    lines = table(TWO, [(screen.styled("ab", Style.BAD), "x"), ("abcdef", "y")], screen)
    assert [unstyled(line) for line in lines] == [
        "Name    What is said of it",
        "ab      x",
        "abcdef  y",
    ]
    assert "\x1b[1;31mab\x1b[0m" in lines[1]


NAMES = (Column("Route", fits=True), Column("Standing"), Column("Because of", fits=True))


def test_a_name_is_not_broken_while_other_cells_can_give() -> None:
    row = ("azure-eu:gpt-4.1-mini", "refused", "a processing contract")
    assert table(NAMES, [row], Screen(width=45)) == [
        "Route                  Standing  Because of",
        "azure-eu:gpt-4.1-mini  refused   a processing",
        "                                 contract",
    ]


def test_a_name_that_fits_nowhere_stands_above_its_row() -> None:
    columns = (Column("Route", fits=True), Column("Standing, in many words"))
    row = ("azure-eu:gpt-4.1-mini", "refused")
    assert table(columns, [row, ("b:c", "not known")], Screen(width=40)) == [
        "Route            Standing, in many words",
        "azure-eu:gpt-4.1-mini",
        "                 refused",
        "b:c              not known",
    ]


def test_names_in_a_list_go_over_lines_whole() -> None:
    columns = (Column("Count", right=True), Column("Routes", fits=True))
    listed = "azure-eu:gpt-4.1-mini, azure-eu:gpt-4.1"
    assert table(columns, [("2", listed)], Screen(width=32)) == [
        "Count  Routes",
        "    2  azure-eu:gpt-4.1-mini,",
        "       azure-eu:gpt-4.1",
    ]


@given(
    st.lists(st.tuples(st.text(max_size=80), st.text(max_size=200)), max_size=5),
    st.integers(min_value=30, max_value=120),
)
def test_no_line_is_wider_than_the_screen(rows: list[tuple[str, str]], columns: int) -> None:
    shown = [(escaped(a)[:8], escaped(b)) for a, b in rows if width(escaped(a)[:8]) <= 8]
    wide = [row for row in shown if width(row[1]) == len(row[1])]
    assert all(width(line) <= columns for line in table(TWO, wide, Screen(width=columns)))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_is_no_formula(start: str) -> None:
    text = csv_table(("a",), [(f"{start}1+1",)])
    (_, (cell,)) = csv.reader(io.StringIO(text))
    assert cell.startswith("'")
    assert not cell[1:].startswith(("\t", "\r"))


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_csv_reads_back_and_holds_nothing_invisible(cells: list[str]) -> None:
    text = csv_table(cells, [cells])
    titles, row = csv.reader(io.StringIO(text))
    assert [cell.removeprefix("'") for cell in row] == [escaped(c).removeprefix("'") for c in cells]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert titles == row
    assert text.count("\n") == 2


def test_markdown_takes_text_literally() -> None:
    assert literal("[a](b) <c> | `d` _e_ \x1b") == r"\[a\](b) \<c\> \| \`d\` \_e\_ \\u{1b}"
    assert prose("the policy `gdpr v1`") == "the policy gdpr v1"
    columns = (Column("A"), Column("N", right=True))
    assert markdown_table(columns, [("a|b", "1")]) == [
        "| A | N |",
        "| --- | ---: |",
        r"| a\|b | 1 |",
    ]


@given(st.lists(st.text("abcd ", min_size=1, max_size=30), min_size=1, max_size=6))
def test_no_word_of_a_title_is_ever_broken(titles: list[str]) -> None:
    columns = [Column(title, fits=True) for title in titles]
    lines = table(columns, [["x" * 40 for _ in titles]], Screen(width=60))
    shown = " ".join(lines).split()
    assert {word for title in titles for word in title.split()} <= set(shown)


ADDRESSES = st.from_regex(
    r"https?://[a-z]{1,12}\.example(/[a-z0-9._~()-]{1,40}){0,4}", fullmatch=True
)


@given(st.lists(st.tuples(ADDRESSES, ADDRESSES, st.sampled_from(["", LONG])), max_size=4))
def test_an_address_in_a_cell_is_never_broken(rows: list[tuple[str, str, str]]) -> None:
    columns = [Column("One", fits=True), Column("Two", fits=True), Column("Said", fits=True)]
    lines = table(columns, [(f"read in {a}", f"{c} {b}", c) for a, b, c in rows], Screen(60))
    shown = Counter(word for line in lines for word in line.split() if "://" in word)
    assert shown == Counter(address for row in rows for address in row[:2])


def test_a_long_name_is_broken_where_it_has_a_hyphen() -> None:
    columns = [Column("Name", fits=True), Column("Of")]
    assert table(columns, [("azure-openai-datazone-eu", "x" * 14)], Screen(30)) == [
        "Name            Of",
        "azure-openai-   xxxxxxxxxxxxxx",
        "datazone-eu",
    ]
