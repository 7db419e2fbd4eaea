"""The page about wire formats lists what the code reads calls with; `--update-cases` writes it."""

from __future__ import annotations

import re

import pytest

from tests.docs.wire_tables import tables
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "wire.md"
TABLES = tables()


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- end of {name} -->)", re.DOTALL)


@pytest.mark.parametrize("name", TABLES)
def test_the_page_has_the_table(name: str, request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text("utf-8")
    written = f"\n{TABLES[name].strip()}\n"
    if request.config.getoption("--update-cases"):
        PAGE.write_text(_place(name).sub(lambda m: m[1] + written + m[2], page), "utf-8")
        page = PAGE.read_text("utf-8")
    found = _place(name).search(page)
    assert found is not None
    assert found[0] == f"<!-- {name} -->\n{written}\n<!-- end of {name} -->"
