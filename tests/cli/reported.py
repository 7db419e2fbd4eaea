"""Audit reports that tests write and read: a folder, its files, and a strict reader of its page."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from tests.cli.running import AT, Done, run
from tests.house.tree import ROOT

ORGANISATION = f"--config {ROOT}/examples/organisation"
_VOID = {"meta", "br", "link", "img", "input", "hr"}
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CELL = re.compile(r"([A-Z]+)(\d+)")


def write(folder: Path, options: str = ORGANISATION, at: str = AT) -> Done:
    """Write a report, without a word on standard error."""
    done = run(f"audit {options} --at {at} --report {folder}")
    assert (done.code, done.err) == (0, "")
    return done


def data_of(folder: Path) -> dict[str, Any]:
    """The JSON of a report."""
    found: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return found


def tables_of(folder: Path) -> dict[str, list[list[str]]]:
    """Every CSV of a report, by its name."""
    return {
        file.stem: list(csv.reader(io.StringIO(file.read_text("utf-8"))))
        for file in sorted((folder / "csv").glob("*.csv"))
    }


def sheets_of(file: Path) -> dict[str, list[list[str]]]:
    """Every sheet of a workbook, by its name; empty cells at the end of a row are left out."""
    with zipfile.ZipFile(file) as archive:
        strings = _strings(archive)
        names = [s.get("name", "") for s in _xml(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet")]
        sheets = [
            _sheet(_xml(archive, f"xl/worksheets/sheet{number}.xml"), strings)
            for number, _ in enumerate(names, start=1)
        ]
    return dict(zip(names, sheets, strict=True))


def _xml(archive: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(archive.read(name))  # noqa: S314 - written by the test itself


def _strings(archive: zipfile.ZipFile) -> list[str]:
    items = _xml(archive, "xl/sharedStrings.xml").iter(f"{_MAIN}si")
    return ["".join(t.text or "" for t in item.iter(f"{_MAIN}t")) for item in items]


def _sheet(root: ET.Element, strings: list[str]) -> list[list[str]]:
    assert root.find(f".//{_MAIN}f") is None, "a formula"
    rows: list[list[str]] = []
    for row in root.iter(f"{_MAIN}row"):
        cells: list[str] = []
        for cell in row.iter(f"{_MAIN}c"):
            place = _CELL.fullmatch(cell.get("r", ""))
            assert place is not None
            cells += [""] * (_column(place[1]) - len(cells))
            value = cell.find(f"{_MAIN}v")
            text = "" if value is None else value.text or ""
            cells.append(strings[int(text)] if cell.get("t") == "s" else text)
        rows.append(cells)
    return rows


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a page, with what is above it."""

    tag: str
    attributes: dict[str, str]
    above: tuple[str, ...]


@dataclass
class Page(HTMLParser):
    """A page, read strictly: an end tag that closes another element is an error."""

    elements: list[Element] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    style: str = ""
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in <{tag}>"
        named = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, named, tuple(self._open)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> stands where {self._open[-1]} is open"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "style":
            self.style += data
        else:
            self.text.append(data)

    def of(self, tag: str) -> list[Element]:
        """The elements of a tag."""
        return [e for e in self.elements if e.tag == tag]

    def words(self) -> str:
        """All text of the page, with single blanks."""
        return " ".join("".join(self.text).split())


def page_of(folder: Path) -> Page:
    """The page of a report."""
    page = Page()
    page.feed((folder / "report.html").read_text("utf-8"))
    page.close()
    assert page._open == []
    return page


def digest_of(style: str) -> str:
    """What a content security policy says of a style sheet."""
    return f"'sha256-{base64.b64encode(sha256(style.encode()).digest()).decode()}'"
