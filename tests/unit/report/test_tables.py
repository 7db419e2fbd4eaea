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


@given(
    st.lists(
        st.lists(st.text("ab_,", min_size=1, max_size=13), min_size=1, max_size=9).map(" ".join),
        min_size=2,
        max_size=4,
    )
)
def test_no_word_of_a_cell_is_broken_while_other_columns_can_give(cells: list[str]) -> None:
    columns = [Column("n", fits=True) for _ in cells]
    shown = " ".join(table(columns, [cells], Screen(width=60))).split()
    assert Counter(word for cell in cells for word in cell.split()) <= Counter(shown)


def test_titles_take_no_more_lines_than_the_rows_want() -> None:
    columns = [Column("What", fits=True), Column("Permissions that hang on it", fits=True)]
    rows = [("an agreement that was read long ago", "customer-data on 1, health-data on 1")] * 2
    assert table(columns, rows, Screen(width=48)) == [
        "What                 Permissions that hang on it",
        "an agreement that    customer-data on 1,",
        "was read long ago    health-data on 1",
        "an agreement that    customer-data on 1,",
        "was read long ago    health-data on 1",
    ]


def test_a_name_stays_in_its_row_though_a_title_takes_more_lines_for_it() -> None:
    columns = [Column("Route", fits=True), Column("where the model runs", fits=True)]
    rows = [(f"azure-eu:gpt-4.{n}-mini", "SE") for n in range(3)]
    assert table(columns, rows, Screen(width=34))[:3] == [
        "Route                  where the",
        "                       model runs",
        "azure-eu:gpt-4.0-mini  SE",
    ]


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


def test_what_stands_beside_a_wide_name_in_the_first_column_stays_with_it() -> None:
    columns = (Column("Route", fits=True), Column("Standing, in many words"))
    assert table(columns, [("azure-eu:gpt-4.1-mini and 1 more", "refused")], Screen(width=40)) == [
        "Route            Standing, in many words",
        "azure-eu:gpt-4.1-mini and 1 more",
        "                 refused",
    ]


def test_a_wide_name_in_the_last_column_stands_below_and_to_the_left() -> None:
    columns = (Column("Count", right=True), Column("Routes", fits=True))
    listed = "azure-eu:gpt-4.1-mini-2025-04-14, b:c and 3 more"
    assert table(columns, [("2", listed)], Screen(width=34)) == [
        "Count  Routes",
        "    2",
        " azure-eu:gpt-4.1-mini-2025-04-14,",
        "       b:c and 3 more",
    ]


ALIKE = [Column(f"{name}-data", alike=True) for name in ("customer", "employee", "health")]


def test_titles_of_columns_that_are_alike_are_broken_before_anything_else() -> None:
    rows = [("azure-eu:gpt-4.1", "permitted*", "not known", "refused")]
    assert table([Column("Route", fits=True), *ALIKE], rows, Screen(width=52)) == [
        "Route             customer-   employee-   health-",
        "                  data        data        data",
        "azure-eu:gpt-4.1  permitted*  not known   refused",
    ]


def test_columns_that_are_alike_go_on_in_a_further_table() -> None:
    rows = [("azure-eu:gpt-4.1", *["permitted*"] * 4), ("b:c", *["refused"] * 4)]
    columns = [Column("Route", fits=True), *ALIKE, Column("our-mail", alike=True)]
    assert table(columns, rows, Screen(width=44)) == [
        "Route             customer-     employee-",
        "                  data          data",
        "azure-eu:gpt-4.1  permitted*    permitted*",
        "b:c               refused       refused",
        "",
        "Route             health-data  our-mail",
        "azure-eu:gpt-4.1  permitted*   permitted*",
        "b:c               refused      refused",
    ]


SCENARIOS = st.lists(
    st.from_regex(r"[a-z]{1,9}(-[a-z]{1,9}){0,2}", fullmatch=True), min_size=1, max_size=12
)
ROUTES = st.from_regex(r"[a-z]{1,9}:[a-z0-9.-]{1,40}[a-z]", fullmatch=True)


@given(SCENARIOS, st.lists(ROUTES, max_size=3), st.integers(min_value=60, max_value=120))
def test_however_many_scenarios_there_are_their_table_fits(
    scenarios: list[str], routes: list[str], columns: int
) -> None:
    """And every title and standing is there, as often as it has to be."""
    titles = [Column("Route", fits=True), *(Column(s, alike=True) for s in scenarios)]
    cells = ["permitted*", "not-known", "refused"]
    rows = [(r, *(cells[n % 3] for n in range(len(scenarios)))) for r in routes]
    lines = table(titles, rows, Screen(width=columns))
    assert all(width(line) <= columns for line in lines)
    said = Counter(" ".join(lines).split())
    for cell in cells:
        wanted = len(routes) * sum(cells[n % 3] == cell for n in range(len(scenarios)))
        assert said[cell] - scenarios.count(cell) == wanted
    parts = lines.count("") + 1
    assert all(said[route] == parts * routes.count(route) for route in routes)
