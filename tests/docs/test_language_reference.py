"""The language reference states every word of the language, and its examples load."""

from __future__ import annotations

import pytest

from policy_router.domain.vocabulary import ATTRIBUTES, FACTS
from policy_router.language.grammar.kinds import KINDS
from tests.docs.words import CHOICES, documented, keys_of, words_of
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "language.md"


@pytest.mark.parametrize("choice", CHOICES)
def test_every_word_is_stated(choice: str) -> None:
    words = words_of(PAGE)
    names = {str(name) for name in CHOICES[choice]}
    assert names
    assert sorted(name for name in names if not documented(name, words)) == []


@pytest.mark.parametrize("name", sorted({**ATTRIBUTES, **FACTS}))
def test_every_value_is_stated(name: str) -> None:
    words = words_of(PAGE)
    spec = ATTRIBUTES.get(name) or FACTS[name]
    assert [value for value in spec.values if not documented(value, words)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_stated(kind: str) -> None:
    keys = keys_of(kind)
    assert {"kind", "id", "language"} <= keys
    assert sorted(keys - words_of(PAGE)) == []
