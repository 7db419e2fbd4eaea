"""Facts as plain data: all comes back, and nothing else can."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.domain.contract import Agreement, Clause, Mechanism, Signoff
from policy_router.domain.registry import Registry
from policy_router.store import plain
from policy_router.store.plain import CLASSES, NotPlain, layout, packed, unpacked
from policy_router.store.project import load_project
from tests.small import agreement, claim, places, registry

TODAY = date(2026, 11, 22)
OF_THE_ORGANISATION = {Agreement, Clause, Mechanism, Signoff}


def shipped() -> Registry:
    """Load what is shipped."""
    return load_project(None, packs=("gdpr",), today=TODAY).snapshot.registry


def parts(of: object) -> Iterator[type]:
    """List every class of ours that a type is made of."""
    if is_dataclass(of):
        assert isinstance(of, type)
        yield of
        for hint in get_type_hints(of).values():
            yield from parts(hint)
    elif isinstance(of, type) and issubclass(of, Enum):
        yield of
    for part in get_args(of):
        yield from parts(part)


def test_every_class_of_a_registry_can_be_written() -> None:
    assert set(parts(Registry)) - OF_THE_ORGANISATION == set(CLASSES)


def test_the_shipped_registry_comes_back() -> None:
    before = shipped()
    after = unpacked(packed(before))
    assert after == before
    assert isinstance(after, Registry)
    assert after.digest == before.digest
    assert packed(after) == packed(before)


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 0, 1, "", "é\x00\ud800", Decimal("0.10"), Decimal("1E+3")),
        *(date(2026, 2, 3), datetime(2026, 2, 3, 4, 5, 6, 7, UTC), time(4, 5)),
        *((), (1, (2, "a")), frozenset({"b", "a"}), MappingProxyType({"b": 1, "a": (2,)})),
        places("DE", opened=True),
        claim("training", None),
        (True, 1, Decimal(1), "1", "True", None, "None"),
    ],
)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    back = unpacked(packed(value))
    assert back == value
    assert [type(part) for part in _flat(back)] == [type(part) for part in _flat(value)]
    if isinstance(value, Mapping) and isinstance(back, Mapping):
        assert list(back) == list(value)


def _flat(value: object) -> list[object]:
    return list(value) if isinstance(value, tuple) else [value]


@pytest.mark.parametrize("value", [object(), [1], {1, 2}, b"x", 1.5, registry(agreement())])
def test_what_has_no_class_of_ours_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        packed(value)


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "null", "1", "[1]", "[[]]", '[["text"]]', '[["text",1]]', '[["os"]]'),
        *('[["constant","Perhaps"]]', '[["int","1.5"]]', '[["decimal","x"]]', '[["date","x"]]'),
        *('[["tuple",0]]', '[["tuple",-1]]', '[["text","a"],["tuple",7]]', '[["Route"]]'),
        *('[["text","a"],["map",0]]', '[["Basis","none"]]', '[["text","a"],["tuple","0"]]'),
        *("[" * 100_000, '[["text","a"],["set",0,1]]'),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotPlain):
        unpacked(text)


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_any_json_is_read_or_refused(value: object) -> None:
    try:
        unpacked(json.dumps(value))
    except NotPlain:
        return


def test_a_changed_class_changes_the_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    before = layout()
    monkeypatch.setattr(plain, "CLASSES", CLASSES[1:])
    assert layout() != before
    assert "Route(id,model," in before
    assert "Basis(public_terms," in before
