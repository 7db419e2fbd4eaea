"""Facts as plain data: all comes back, and nothing else can."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.domain.claim import Moment
from policy_router.domain.registry import Registry
from policy_router.store.gathering import Texts
from policy_router.store.plain import CLASSES, NotPlain, packed, table, unpacked
from policy_router.store.project import Loaded, load_project
from tests.small import agreement, claim, places, registry

TODAY = date(2026, 11, 22)


NOT_OURS = Moment(datetime(2026, 2, 3, tzinfo=UTC))
names = st.sampled_from(["text", "tuple", "map", "set", "int", *(c.__name__ for c in CLASSES)])


def shipped() -> Registry:
    """Load what is shipped."""
    return load_project(None, packs=("gdpr",), today=TODAY).snapshot.registry


def parts(of: object, found: set[object]) -> set[object]:
    """Collect every class of ours that a type is made of."""
    if of in found:
        return found
    if is_dataclass(of) or (isinstance(of, type) and issubclass(of, Enum)):
        found.add(of)
    hints = get_type_hints(of).values() if isinstance(of, type) and is_dataclass(of) else ()
    for part in (*hints, *get_args(of)):
        parts(part, found)
    return found


def test_every_class_of_a_load_can_be_written_and_no_other() -> None:
    texts = parts(Texts, set())  # what a load was made from is no part of what it says
    assert parts(Loaded, set()) - {Loaded, *texts} == set(CLASSES)
    assert texts.isdisjoint(CLASSES)


def test_filling_the_slots_of_a_class_is_all_that_makes_one() -> None:
    for cls in filter(is_dataclass, CLASSES):
        assert not hasattr(cls, "__post_init__")
        assert all(
            field.init and hasattr(cls.__dict__.get(field.name), "__set__") for field in fields(cls)
        )
        assert fields(cls)


def test_the_shipped_registry_comes_back() -> None:
    before = shipped()
    after = unpacked(packed(before))[-1]
    assert after == before
    assert isinstance(after, Registry)
    assert after.digest == before.digest
    assert packed(after) == packed(before)


def test_what_a_table_is_made_of_stands_where_it_is_read_back() -> None:
    before = shipped()
    text, values = table(before)
    assert values == unpacked(text)
    assert values[-1] is before
    more, whole = table((before, claim("training", "used")), values)
    assert len(more) < len(text) / 100
    assert whole == unpacked(more, values)


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 0, 1, "", "é\x00\ud800", Decimal("0.10"), Decimal("1E+3")),
        *(date(2026, 2, 3), datetime(2026, 2, 3, 4, 5, 6, 7, UTC), time(4, 5)),
        *((), (1, (2, "a")), frozenset({"b", "a"}), MappingProxyType({"b": 1, "a": (2,)})),
        places("DE", opened=True),
        registry(agreement()),
        Path("a/b"),
        claim("training", None),
        (True, 1, Decimal(1), "1", "True", None, "None"),
    ],
)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    back = unpacked(packed(value))[-1]
    assert back == value
    assert [type(part) for part in _flat(back)] == [type(part) for part in _flat(value)]
    if isinstance(value, Mapping) and isinstance(back, Mapping):
        assert list(back) == list(value)


def _flat(value: object) -> list[object]:
    return list(value) if isinstance(value, tuple) else [value]


@pytest.mark.parametrize("value", [object(), [1], {1, 2}, b"x", 1.5, NOT_OURS])
def test_what_has_no_class_of_ours_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        packed(value)


def test_what_is_known_is_referred_to_and_not_written_again() -> None:
    first, second = claim("training", "used"), claim("training", "prohibited")
    known = unpacked(packed((first, second)))
    pair = known[-1]
    assert isinstance(pair, tuple)
    text = packed((pair[1], claim("logging", "none"), pair[0]), known)
    assert "prohibited" not in text
    back = unpacked(text, known)[-1]
    assert isinstance(back, tuple)
    assert back == (second, claim("logging", "none"), first)
    assert back[0] is pair[1]
    with pytest.raises(NotPlain):
        unpacked(text)


def test_a_text_of_a_kind_of_text_is_written_as_text() -> None:
    class Special(str):
        __slots__ = ()

    (back,) = unpacked(packed(Special("x")))
    assert type(back) is str


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "null", "1", "[1]", "[[]]", '[["text"]]', '[["text",1]]', '[["os",[]]]'),
        *('[["text",[1]]]', '[["text",[null]]]', '[["constant",["Perhaps"]]]', '[["int",["1.5"]]]'),
        *('[["Decimal",["x"]]]', '[["date",["x"]]]', '[["path",[1]]]', '[["Basis",["none"]]]'),
        *('[["tuple",[[0]]]]', '[["tuple",[[-1]]]]', '[["text",["a"]],["tuple",[[7]]]]'),
        *('[["text",["a"]],["map",[[0]]]]', '[["text",["a"]],["tuple",[["0"]]]]'),
        *('[["Route",[]]]', '[["text",["a"]],["Span",[[0],[0]]]]'),
        *('[["text",["a"]],["Clause",[[0,0],[0]]]]', '[["text",["a"]],["Clause",[[0],[-1]]]]'),
        *("[" * 100_000, '[["text",["a"]],["tuple",[[]]],["map",[[1,0,1]]]]'),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotPlain):
        unpacked(text)


@given(st.recursive(st.none() | st.integers() | st.text() | names, st.lists, max_leaves=20))
def test_any_json_is_read_or_refused(value: object) -> None:
    try:
        unpacked(json.dumps(value))
    except NotPlain:
        return
