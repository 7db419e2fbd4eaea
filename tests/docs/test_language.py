"""The language reference names everything there is, and its examples load."""

from __future__ import annotations

import re

import pytest
from pydantic import BaseModel

from policy_router.domain.policy import Matcher
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import ATTRIBUTES, FACTS
from policy_router.language.document import read_documents
from policy_router.language.grammar.kinds import KINDS
from policy_router.language.mistakes import shapes_in
from policy_router.verify.suites import run_suite
from tests.house.tree import ROOT
from tests.unit.documents import TERRITORIES, build, sound

PAGE = (ROOT / "docs" / "language.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
RULES = re.findall(r"^```yaml rules\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
WORDS = set(re.findall(r"[A-Za-z0-9_.]+", PAGE))


def _shapes(shape: type[BaseModel]) -> set[type[BaseModel]]:
    """A shape and all shapes within it."""
    found = {shape}
    for field in shape.model_fields.values():
        for inner in shapes_in(field.annotation):
            found |= _shapes(inner)
    return found


def test_all_examples_load_together() -> None:
    built = sound(TERRITORIES, *EXAMPLES)
    assert [p.id for p in built.resolved.policies.policies] == ["house-rules"]
    assert built.resolved.policies.exceptions


def test_the_example_of_a_suite_passes() -> None:
    built = sound(TERRITORIES, *EXAMPLES)
    snapshot = Snapshot(built.resolved.policies, built.registry)
    results = [r for suite in built.resolved.suites for r in run_suite(suite, snapshot)]
    assert results
    assert [r.differences for r in results if not r.passed] == []


def test_there_is_an_example_of_every_kind() -> None:
    found = [read_documents("page", text.encode())[0] for text in EXAMPLES]
    kinds = {d.root.entries["kind"].value.text for ds in found for d in ds}  # type: ignore[union-attr]
    assert kinds == set(KINDS)


@pytest.mark.parametrize("text", RULES)
def test_examples_of_rules_load(text: str) -> None:
    policy = f"kind: policy\nid: p\nlanguage: 1\ntitle: P\nrules:\n{text}"
    assert build(TERRITORIES, policy, packs=("p",)).codes == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained(kind: str) -> None:
    keys = {
        field.alias or name
        for shape in _shapes(KINDS[kind])
        for name, field in shape.model_fields.items()
    }
    assert keys - WORDS == set()


def test_every_attribute_and_its_values_are_listed() -> None:
    names = {name for name in ATTRIBUTES if f"`{name}`" not in PAGE}
    values = {v for a in ATTRIBUTES.values() for v in a.values if f"`{v}`" not in PAGE}
    assert names | values == set()


def test_every_fact_and_its_values_are_listed() -> None:
    names = {name for name in FACTS if f"`{name}`" not in PAGE}
    values = {v for f in FACTS.values() for v in f.values if f"`{v}`" not in PAGE}
    assert names | values == set()


def test_every_comparison_is_listed() -> None:
    assert {m.value for m in Matcher if f"`{m.value}`" not in PAGE} == {"is"}
