"""Laws of imports: any text gives a coded refusal or rows, and none ever helps a route."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_router.domain.claim import Moment
from policy_router.domain.codes import CODES
from policy_router.domain.decision import Verdict
from policy_router.engine.reference import decide
from policy_router.language.document import read_documents
from policy_router.language.nodes import plain_data
from policy_router.language.writing import yaml_text
from policy_router.registry.importers.catalogues import CATALOGUES, drafts
from policy_router.registry.importers.compare import compare
from policy_router.registry.importers.drafts import Drafts
from policy_router.registry.importers.own import own_text, read_own
from policy_router.registry.importers.refusal import ImportRefused
from policy_router.store.files import SourceText
from policy_router.store.project import Loaded, load_project
from tests.house.tree import ROOT

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PACKS = ("gdpr", "eu-residency", "zero-retention", "no-training", "no-dpf")
TARGET = ROOT / "imported-opper.yaml"

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-5, 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["openai/o4-mini", "openai", "SE", "EU", "always", "1.5", "2027-01-01"])
)
KEYS = (
    "id provider data models pricing input output thresholds prompt cost limit context tiers "
    "litellm_provider input_cost_per_token capabilities route data_handling zdr status compliance "
    "inference_location endpoints tag opper kind retired_at name country"
).split()
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)


@cache
def shipped() -> Loaded:
    return load_project(None, today=DAY, packs=PACKS, all_routes=True)


def _read(source: str, data: bytes) -> Drafts | str:
    """What is read, or the code of the refusal."""
    try:
        return drafts(source, data, "list", DAY)
    except ImportRefused as refused:
        return refused.code


@pytest.mark.parametrize("source", CATALOGUES)
@given(data=st.binary(max_size=200) | values.map(lambda v: json.dumps(v).encode()))
@settings(max_examples=60)
def test_any_text_gives_rows_or_a_coded_refusal(source: str, data: bytes) -> None:
    found = _read(source, data)
    if isinstance(found, str):
        assert found in CODES
        return
    assert {q.code for q in found.quarantined} <= CODES.keys()
    written = compare(found, shipped().snapshot.registry, NOON, read_own(source, None))
    again = own_text(source, written.documents).encode()
    if written.documents:
        assert own_text(source, read_own(source, again).documents()).encode() == again


NAMES = ("openai/o4-mini", "mistral/mistral-large-2512", "azure/gpt-5.5", "xai/grok-4", "acme/new")
handling = st.fixed_dictionaries(
    {},
    optional={
        "zdr": st.fixed_dictionaries({"status": st.sampled_from(["always", "enterprise", "none"])}),
        "training": st.fixed_dictionaries({"default": st.sampled_from(["no", "yes", "?"])}),
        "logging": st.fixed_dictionaries(
            {"retention_days": st.integers(0, 90), "default": st.sampled_from(["none", "content"])}
        ),
        "third_party_access": st.booleans(),
    },
)
places = st.lists(st.sampled_from(["SE", "FR", "US", "GLOBAL", "EU"]), min_size=1, max_size=3)
opper_rows = st.builds(
    lambda name, rest: {"id": name, "provider": name.split("/")[0], "type": "llm", **rest},
    st.sampled_from(NAMES),
    st.fixed_dictionaries(
        {},
        optional={
            "country": st.sampled_from(["SE", "US", "EU"]),
            "route": st.fixed_dictionaries(
                {"data_handling": handling, "gdpr": st.just({"dpa_available": True})}
            ),
            "compliance": st.fixed_dictionaries(
                {}, optional={"inference_location": places, "storage_location": places}
            ),
            "pricing": st.fixed_dictionaries(
                {"input": st.lists(st.integers(0, 9), min_size=1, max_size=1)}
            ),
            "capabilities": st.just(["tools", "streaming"]),
            "retired_at": st.sampled_from(["2026-01-01", "2030-01-01"]),
        },
    ),
)


@given(rows=st.lists(opper_rows, min_size=1, max_size=4))
@settings(max_examples=12)
def test_an_import_permits_nothing_that_was_refused(rows: list[dict[str, Any]]) -> None:
    before = shipped()
    found = drafts("opper", json.dumps({"models": rows}).encode(), "list", DAY)
    comparison = compare(found, before.snapshot.registry, NOON, read_own("opper", None))
    if not comparison.documents:
        return
    text = own_text("opper", comparison.documents).encode()
    source = SourceText(TARGET.name, TARGET, text)
    after = load_project(None, today=DAY, packs=PACKS, all_routes=True, instead=source)
    assert _met(after) - _met(before) == set()
    again = compare(found, after.snapshot.registry, NOON, read_own("opper", text))
    assert own_text("opper", again.documents).encode() == text


def _met(loaded: Loaded) -> set[tuple[str, str, str]]:
    """Scenario, route and rule, of every rule that applies and is met at the routes of the rows.

    Rule by rule this is more than that no refused route is permitted, and no new one either.
    """
    found: set[tuple[str, str, str]] = set()
    for scenario in loaded.scenarios.values():
        for name in sorted(set(NAMES) & loaded.snapshot.registry.models.keys()):
            facts = replace(scenario.request, model=name)
            outcome = decide(loaded.snapshot, facts, Moment(NOON))
            for candidate in outcome.candidates:
                met = (v.rule for v in candidate.verdicts if v.verdict is Verdict.PASS)
                found |= {(scenario.id, candidate.route, rule) for rule in met}
    return found


plain = st.recursive(
    st.none() | st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab:#-.1 ", min_size=1), inner)
    ),
    max_leaves=12,
)


@given(data=plain)
def test_what_is_written_as_yaml_is_read_back(data: Any) -> None:  # noqa: ANN401 - any plain data
    text = yaml_text([{"kind": "x", "data": data}], "a heading")
    documents, problems = read_documents("x.yaml", text.encode())
    assert list(problems) == []
    assert plain_data(documents[0].root) == {"kind": "x", "data": data}
