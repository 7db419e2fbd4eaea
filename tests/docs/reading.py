"""`docs/reading-the-reference.md` as data: its questions, what they quote, their tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "reading-the-reference.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FUNCTION = re.compile(r"`([a-z_]+(?:\.[A-Za-z_]+)+)`")


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a question's table, by column."""

    question: int
    row: int
    cells: dict[str, str]

    @property
    def name(self) -> str:
        """A name for the report of a test run."""
        return f"question {self.question}, row {self.row}"


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its YAML blocks, the lines of code it quotes, the functions it names."""

    number: int
    documents: tuple[str, ...]
    quoted: tuple[str, ...]
    functions: tuple[str, ...]
    cases: tuple[Case, ...]


def questions() -> list[Question]:
    """The questions of the page, in order."""
    parts = re.split(r"^## (?=\d+\. )", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return [_question(part.partition("\n## ")[0]) for part in parts]


def _question(text: str) -> Question:
    number = int(text.partition(".")[0])
    blocks = FENCE.findall(text)
    code = [block for language, block in blocks if language == "python"]
    return Question(
        number=number,
        documents=tuple(block for language, block in blocks if language == "yaml"),
        quoted=tuple(line for block in code for line in block.splitlines()),
        functions=tuple(FUNCTION.findall(FENCE.sub("", text))),
        cases=tuple(_cases(number, text)),
    )


def _cases(number: int, text: str) -> list[Case]:
    rows = [line for line in text.splitlines() if line.startswith("|")]
    names, _, *body = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows]
    return [
        Case(number, at, dict(zip(names, (cell.strip("`") for cell in cells), strict=True)))
        for at, cells in enumerate(body, start=1)
    ]
