"""The pages about diagnostic codes are those that the register of codes would give today."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from policy_router.cli.codes import command
from policy_router.domain.codes import CODES, FAMILIES, FAMILY_TITLES
from policy_router.report.code_pages import INDEX, code_pages
from tests.house.tree import ROOT

FOLDER = ROOT / "docs" / "diagnostics"


def _written(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_pages_are_fresh() -> None:
    assert _written(FOLDER) == dict(code_pages())


def test_every_family_has_a_title() -> None:
    assert FAMILY_TITLES.keys() == FAMILIES.keys()


def test_every_code_has_an_anchor_and_a_line_in_the_index() -> None:
    pages = code_pages()
    for code in CODES.values():
        page = f"{code.id[:3].lower()}.md"
        assert pages[page].count(f'<a id="{code.id}"></a>') == 1
        assert f"({page}#{code.id})" in pages[INDEX]


def test_the_command_writes_the_pages(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--write", str(tmp_path / "pages")])
    assert result.exit_code == 0
    assert _written(tmp_path / "pages") == dict(code_pages())


def test_the_command_explains_a_code_however_it_is_written() -> None:
    result = CliRunner().invoke(command, ["pol203"])
    assert result.output.startswith(f"POL203: {CODES['POL203'].title}\n")
    assert CODES["POL203"].fix in " ".join(result.output.split())


def test_the_command_suggests_a_code() -> None:
    result = CliRunner().invoke(command, ["POL2033"])
    assert result.exit_code == 2
    assert "did you mean `POL203`?" in result.output


def test_the_command_lists_all_codes() -> None:
    lines = CliRunner().invoke(command, []).output.splitlines()
    assert [line.partition("  ")[0] for line in lines] == list(CODES)
