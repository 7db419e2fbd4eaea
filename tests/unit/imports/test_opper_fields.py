"""Which fields of Opper's list say something, and which are left: as the page on imports tells."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any, Final

import pytest

from policy_router.registry.importers.catalogues import drafts
from policy_router.registry.importers.drafts import Drafts
from tests.house.tree import ROOT

ROW: Final = {
    "id": "acme/one",
    "provider": "acme",
    "name": "One",
    "maker": "acme",
    "type": "llm",
    "context_window": 1000,
    "max_output_tokens": 100,
    "capabilities": ["tools"],
    "pricing": {"input": [1, 2], "output": [3], "thresholds": [9]},
    "retired_at": "2027-02-01T00:00:00Z",
    "successor": "acme/two",
    "country": "US",
    "region": "US",
    "compliance": {"inference_location": ["US"], "storage_location": ["US"], "soc2": True},
    "route": {
        "data_handling": {
            "training": {"default": "no"},
            "logging": {"default": "none", "retention_days": 30, "human_review": "none"},
            "zdr": {"status": "none"},
            "third_party_access": False,
            "residency_enforced": False,
        },
        "gdpr": {"dpa_available": True, "residency": "US", "transfer_mechanism": "SCCs"},
    },
    "pooled": False,
    "cost": 1,
    "speed": "fast",
    "quality": "high",
    "description": "A model.",
}
READ: Final = {
    "id": "acme/three",
    "provider": "emca",
    "name": "Two",
    "maker": "emca",
    "type": "embedding",
    "context_window": 2000,
    "max_output_tokens": 200,
    "capabilities": ["vision"],
    "pricing": {"input": [1, 2], "output": [3], "thresholds": [8]},
    "retired_at": "2027-02-02",
    "successor": "acme/four",
    "compliance.inference_location": ["SE"],
    "compliance.storage_location": ["SE"],
    "route.data_handling.training.default": "yes",
    "route.data_handling.logging.default": "content",
    "route.data_handling.logging.retention_days": 60,
    "route.data_handling.logging.human_review": "flagged",
    "route.data_handling.zdr.status": "always",
    "route.data_handling.third_party_access": True,
    "route.gdpr.dpa_available": False,
}
LEFT: Final = {
    "region": "EU",
    "country": "SE",
    "compliance.soc2": False,
    "route.data_handling.residency_enforced": True,
    "route.gdpr.residency": "EU",
    "route.gdpr.transfer_mechanism": "BCR",
    "pooled": True,
    "cost": 2,
    "speed": "slow",
    "quality": "low",
    "description": "Another.",
}
PAGE: Final = (ROOT / "docs" / "importing.md").read_text("utf-8")


def read(row: object) -> Drafts:
    return drafts("opper", json.dumps({"models": [row]}).encode(), "list", date(2026, 11, 22))


def changed(path: str, value: object) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(json.dumps(ROW))
    *outer, last = path.split(".")
    inner = row
    for step in outer:
        inner = inner[step]
    assert inner[last] != value
    inner[last] = value
    return row


@pytest.mark.parametrize("path", READ)
def test_a_field_that_is_read_says_something_and_stands_on_the_page(path: str) -> None:
    assert read(changed(path, READ[path])) != read(ROW)
    assert path.rpartition(".")[2] in words_of_the_page()


@pytest.mark.parametrize("path", LEFT)
def test_a_field_that_is_left_says_nothing(path: str) -> None:
    """`country` is read where nothing better is there."""
    assert read(changed(path, LEFT[path])) == read(ROW)
    assert path == "compliance.soc2" or path.rpartition(".")[2] in words_of_the_page()


def test_a_successor_is_read_of_what_is_retired() -> None:
    row = {name: said for name, said in ROW.items() if name != "retired_at"}
    assert read(row) == read({**row, "successor": "acme/four"})


def words_of_the_page() -> set[str]:
    """The names in the first column of the table about Opper's list."""
    table = PAGE.partition("| field of `GET /v3/models` |")[2].partition("\n\n")[0]
    cells = (line.split(" | ")[0] for line in table.splitlines())
    return {
        word for cell in cells for name in re.findall("`([^`]*)`", cell) for word in name.split(".")
    }
