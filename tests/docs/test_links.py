"""Anchors that links name exist, and the map of the documentation shows every page."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.tree import ROOT, named, project_files

ANCHORED = re.compile(r"\]\((?!\w+:)([^)#\s]*)#([^)\s]+)\)")
LINKED = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MARKED = re.compile(r'<a id="([^"]+)">')


def _anchors(page: Path) -> set[str]:
    """The anchors of a page: those it marks, and those that headings get where it is shown."""
    text = page.read_text("utf-8")
    headings = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(text))
    return {*MARKED.findall(text), *(heading.replace(" ", "-") for heading in headings)}


def test_anchors_exist() -> None:
    dangling = [
        f"{named(path)}: {target}#{anchor}"
        for path in project_files(".md")
        for target, anchor in ANCHORED.findall(path.read_text("utf-8"))
        if anchor not in _anchors(path.parent / target if target else path)
    ]
    assert dangling == []


def test_the_map_shows_every_page() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {
        (index.parent / target).resolve() for target in LINKED.findall(index.read_text("utf-8"))
    }
    pages = {page for page in project_files(".md") if page.is_relative_to(ROOT / "docs")}
    shown_elsewhere = {p for p in pages if p.parent.name == "diagnostics"} | {index}
    readmes = set((ROOT / "policies").glob("*/README.md"))
    assert pages
    assert readmes
    assert sorted(named(p) for p in (pages - shown_elsewhere) | readmes if p not in linked) == []
