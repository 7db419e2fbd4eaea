"""Pages list what the code works with; `--update-cases` writes their tables."""

from __future__ import annotations

import re

import pytest

from tests.docs.detector_tables import tables as detector_tables
from tests.docs.wire_tables import tables as wire_tables
from tests.house.tree import ROOT

TABLES = {
    **{("wire.md", name): table for name, table in wire_tables().items()},
    **{("detectors.md", name): table for name, table in detector_tables().items()},
}


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name} -->\n).*?(\n?<!-- end of {name} -->)", re.DOTALL)


@pytest.mark.parametrize(("page", "name"), TABLES)
def test_the_page_has_the_table(page: str, name: str, request: pytest.FixtureRequest) -> None:
    path = ROOT / "docs" / page
    text = path.read_text("utf-8")
    written = f"\n{TABLES[page, name].strip()}\n"
    if request.config.getoption("--update-cases"):
        end = f"\n<!-- end of {name} -->"
        path.write_text(_place(name).sub(lambda m: m[1] + written + end, text), "utf-8")
        text = path.read_text("utf-8")
    found = _place(name).search(text)
    assert found is not None
    assert found[0] == f"<!-- {name} -->\n{written}\n<!-- end of {name} -->"
