"""Parts of the report's page: nothing is said twice, nothing is lost, labels are whole."""

from __future__ import annotations

from typing import cast

import pytest

from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.writings import Article, Entry, RecordEntry, Said
from policy_router.report.dossier.charts import _beside
from policy_router.report.dossier.looked import Looked


class _Empty:
    parties = ()
    policies = ()
    evidence = ()
    exceptions = ()
    signoffs = ()


LOOKED = Looked(cast("Dossier", _Empty()))
ARTICLE, (ONE, OTHER, *_) = next(iter(Article)), tuple(Entry)


def _entry(scenario: str, entry: Entry, *said: str) -> RecordEntry:
    return RecordEntry(ARTICLE, scenario, entry, tuple(Said(None, None, (s,)) for s in said), True)


def test_scenarios_with_the_same_on_file_stand_together_and_each_once() -> None:
    entries = [
        _entry("a", ONE, "x"),
        _entry("a", OTHER),
        _entry("b", ONE, "x"),
        _entry("b", OTHER),
        _entry("c", ONE, "y"),
        _entry("c", OTHER),
    ]
    found = LOOKED.records(entries)
    told = [(entry, scenarios, every) for entry, parts in found for _, scenarios, every in parts]
    assert told == [
        (ONE, ("a", "b"), False),
        (ONE, ("c",), False),
        (OTHER, ("a", "b", "c"), True),
    ]


@pytest.mark.parametrize("length", [0, 5, 38, 39, 60, 76, 77, 200])
def test_a_label_is_whole_as_long_as_it_fits_on_two_lines(length: int) -> None:
    text = "ab" * (length // 2) + "c" * (length % 2)
    lines = [label.text for label in _beside(text, 0)]
    assert len(lines) <= 2
    assert all(len(line) <= 38 for line in lines)
    assert ("".join(lines) == text) is (length <= 76)
    assert lines[-1].endswith("…") is (length > 76)
