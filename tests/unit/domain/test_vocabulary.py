"""The words of the language."""

from __future__ import annotations

import pytest

from policy_router.domain.vocabulary import (
    ATTRIBUTES,
    FACTS,
    SCOPE_FACTS,
    AttributeKind,
    FactKind,
    attribute,
    category_ancestors,
    effective_categories,
    fact,
)


@pytest.mark.parametrize(
    ("category", "line"),
    [
        ("health", ("health", "special_category", "personal")),
        ("criminal", ("criminal", "personal")),
        ("personal", ("personal",)),
        ("non_personal", ("non_personal",)),
        ("trade_secret", ("trade_secret",)),
    ],
)
def test_what_lies_above_a_category(category: str, line: tuple[str, ...]) -> None:
    assert category_ancestors(category) == line


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ({"non_personal"}, {"non_personal"}),
        ({"non_personal", "source_code"}, {"non_personal", "source_code"}),
        ({"non_personal", "personal"}, {"personal"}),
        ({"non_personal", "health"}, {"health"}),
        (set(), set()),
    ],
)
def test_non_personal_beside_anything_personal_is_dropped(
    stated: set[str], meant: set[str]
) -> None:
    assert effective_categories(frozenset(stated)) == meant


def test_attributes_by_name() -> None:
    assert attribute("training") is ATTRIBUTES["training"]
    benchmark = attribute("benchmarks.mmlu_pro")
    assert benchmark is not None
    assert benchmark.kind is AttributeKind.NUMBER
    assert attribute("benchmarks.") is None
    assert attribute("color") is None


def test_facts_by_name() -> None:
    assert fact("data") is FACTS["data"]
    label = fact("labels.team")
    assert label is not None
    assert label.kind is FactKind.NAME
    assert fact("labels.") is None
    assert fact("colour") is None


def test_scope_reads_only_who_asks() -> None:
    assert SCOPE_FACTS == ("tenant", "project", "environment", "caller")
