"""The page of a report in a browser: a long one opens at once, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.reported import ORGANISATION, write
from tests.explorer.browser import Browser, browsing, installed

pytestmark = [
    pytest.mark.skipif(installed() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("browser"),
]
MANY = "--policy gdpr --all-routes --provider openai,mistral,azure-*,aws-*"
LAST = "document.querySelector('.exhibits tbody tr:last-child')"
LAID_OUT = f"{LAST}.checkVisibility({{contentVisibilityAuto: true}})"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(tmp_path_factory.mktemp("profile")) as browser:
        browser.looks(1280)
        yield browser


def opened(tab: Browser, folder: Path, options: str) -> None:
    write(folder, options)
    tab.open((folder / "report.html").as_uri())


def test_what_nobody_looks_at_of_a_long_report_is_laid_out_when_they_do(
    tab: Browser, tmp_path: Path
) -> None:
    opened(tab, tmp_path, MANY)
    assert tab.run(LAID_OUT) is False
    tab.run(f"location.hash = {LAST}.id")
    tab.until(f"{LAID_OUT} && Math.abs({LAST}.getBoundingClientRect().bottom) < innerHeight")
    tab.tell("Emulation.setEmulatedMedia", media="print")
    styles = "[...document.querySelectorAll('main, main *')].map(e => getComputedStyle(e))"
    assert tab.run(f"{styles}.filter(s => s.contentVisibility !== 'visible').length") == 0
    assert tab.complaints() == []


def test_a_short_report_is_laid_out_whole(tab: Browser, tmp_path: Path) -> None:
    tab.tell("Emulation.setEmulatedMedia", media="screen")
    opened(tab, tmp_path, ORGANISATION)
    assert tab.run(LAID_OUT) is True
