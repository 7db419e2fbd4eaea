"""What a report calls things: what people fill in, readings that age, routes of any gateway."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.reported import ORGANISATION, data_of, page_of, sheets_of, tables_of, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report on the routes in use of the example organisation."""
    found = tmp_path_factory.mktemp("words") / "out"
    write(found)
    return found


def test_what_a_person_fills_in_is_marked_in_every_shape(folder: Path) -> None:
    for rows in (tables_of(folder), sheets_of(folder / "report.xlsx")):
        head, *signing = rows["signing"]
        assert {row[head.index("Signature")] for row in signing} == {"to complete"}
        head, *records = rows["records"]
        asked = [row for row in records if row[head.index("To complete")]]
        assert asked
        assert {row[head.index("Completed")] for row in asked} == {"to complete"}


def test_a_reading_that_grows_too_old_is_no_end_of_a_contract(folder: Path) -> None:
    calendar = {row[2] for row in tables_of(folder)["calendar"][1:]}
    assert "the reading of agreement hosting-dpa (older than 365 days)" in calendar
    assert "agreement openai-dpa" in calendar
    assert "reading of agreement" in page_of(folder).words()


def test_routes_through_any_gateway_are_not_said_to_be_within_reach(tmp_path: Path) -> None:
    write(tmp_path, f"{ORGANISATION} --all-routes --all --scenario public-text")
    words = page_of(tmp_path).words()
    assert "on file" in words
    assert "within reach" not in words


@pytest.mark.parametrize(
    ("options", "among"),
    [
        ("", "within reach"), ("--all-routes", "on file"),
        ("--all-routes --model openai/o4-mini", "that were chosen"),
    ],
)  # fmt: skip
def test_heads_of_counts_say_what_is_counted(tmp_path: Path, options: str, among: str) -> None:
    write(tmp_path, f"{ORGANISATION} {options}")
    heads, *rows = tables_of(tmp_path)["scenarios"]
    of_all = [n for n, head in enumerate(heads) if head.endswith(f", of all routes {among}")]
    of_these = [n for n, head in enumerate(heads) if head.endswith(", of the routes reported on")]
    data = data_of(tmp_path)["report"]
    assert (len(of_these), len(of_all)) == (3, 3)
    for row in rows:
        assert sum(int(row[n]) for n in of_these) == data["routes"]
        assert sum(int(row[n]) for n in of_all) == data["within_reach"]
