"""Figures about the shipped registry on our pages are those that `registry stats` prints."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest

from tests.cli.registries import fine
from tests.house.tree import ROOT

PAGES: Final = ("README.md", "LIMITATIONS.md", "docs/registry.md")
AT: Final = "2026-11-22T12:00:00Z"
_COUNT = re.compile(r"(\d,\d{3}) (?:routes|models)")


@pytest.fixture(scope="module")
def counted() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(fine(f"stats --at {AT} --format json").out)
    return found


def test_routes_described_and_not(counted: dict[str, Any]) -> None:
    routes, described = counted["routes"], counted["described"]
    words = f"{routes - described:,} of the {routes:,} shipped routes no source says"
    assert words in _words("README.md")
    limits = _words("LIMITATIONS.md")
    assert f"- {routes:,} routes are listed. For {described:,} of them something is" in limits
    assert f"for the other {routes - described:,} little more" in limits


def test_no_route_may_carry_personal_data_before_contracts(counted: dict[str, Any]) -> None:
    personal = counted["scenarios"]["customer-data"]
    assert personal["permitted"] == 0
    assert personal["refused"] + personal["unknown"] == counted["routes"]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_counts_otherwise(page: str, counted: dict[str, Any]) -> None:
    known = {counted[n] for n in ("routes", "models", "described", "cards", "priced")}
    known.add(counted["routes"] - counted["described"])
    said = {int(n.replace(",", "")) for n in _COUNT.findall(_words(page))}
    assert said <= known


def _words(page: str) -> str:
    return " ".join((ROOT / page).read_text("utf-8").split())
