"""Every command that a page shows runs and prints what the page says, but for digests.

Digests change with any word of any document. `--update-cases` writes the outputs anew, real
digests included, for a person to read.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.consoles import Console, blocks, replaced, without_digests
from tests.house.tree import ROOT, named

PAGES = [
    page
    for page in [
        ROOT / "README.md",
        *sorted((ROOT / "docs").rglob("*.md")),
        *sorted((ROOT / "examples").rglob("*.md")),
    ]
    if blocks(page.read_text("utf-8"))
]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_print_what_the_page_says(
    page: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    console, text = Console(tmp_path), page.read_text("utf-8")
    outputs = [[console.run(typed.command) for typed in block] for block in blocks(text)]
    if request.config.getoption("--update-cases"):
        page.write_text(replaced(text, outputs), "utf-8")
    shown = replaced(page.read_text("utf-8"), outputs)
    assert without_digests(page.read_text("utf-8")) == without_digests(shown)


def test_every_command_of_the_program_is_documented() -> None:
    from policy_router.cli.main import COMMANDS  # noqa: PLC0415 - only this test needs it

    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"\n## `{name}`" not in page] == []


def test_every_command_of_registry_stands_in_its_table() -> None:
    from policy_router.cli.registry import COMMANDS  # noqa: PLC0415 - only this test needs it

    page = (ROOT / "docs" / "registry-commands.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"\n| [`{name}`](" not in page] == []


def test_blocks_are_read_as_they_are_typed() -> None:
    text = "a\n```console\n$ one \\\n  two\nout\n\n$ three\n```\n```console\n$ four\nx\n```\nb\n"
    first, second = blocks(text)
    assert [(t.command, t.output) for t in first] == [
        ("one \\\n  two\n", "out\n\n"),
        ("three\n", ""),
    ]
    assert replaced(text, [["OUT\n", "3\n"], ["y\n"]]) == (
        "a\n```console\n$ one \\\n  two\nOUT\n$ three\n3\n```\n```console\n$ four\ny\n```\nb\n"
    )
    assert second[0].output == "x\n"
