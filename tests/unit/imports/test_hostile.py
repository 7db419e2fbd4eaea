"""Hostile imports: a coded refusal of all of it, or the row is set aside and the others stay."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from policy_router.language.text import quoted
from policy_router.registry.importers.catalogues import CATALOGUES, drafts
from policy_router.registry.importers.drafts import Drafts, Price
from policy_router.registry.importers.refusal import ImportRefused
from policy_router.registry.importers.strict_json import Limits, read_json
from tests.house.tree import ROOT
from tests.unit.imports.hostile import (
    BYTE_ORDER_MARK,
    ROW,
    large,
    price_map,
    refused,
    set_aside,
)

CASES = ROOT / "tests" / "cases" / "imports"
DAY = date(2026, 11, 22)


def named(value: object) -> str:
    return value if isinstance(value, str) else ""


def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    for code, data in large():
        with pytest.raises(ImportRefused) as caught:
            read(data)
        assert caught.value.code == code


def read(data: bytes, source: str = "litellm") -> Drafts:
    return drafts(source, data, "prices.json", DAY)


@pytest.mark.parametrize(("code", "name", "data"), list(refused()), ids=named)
def test_all_of_it_is_refused(code: str, name: str, data: bytes) -> None:
    with pytest.raises(ImportRefused) as caught:
        read(data)
    assert caught.value.code == code, name
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize(("code", "name", "data"), list(set_aside()), ids=named)
def test_a_row_is_set_aside(code: str, name: str, data: bytes) -> None:
    found = read(data)
    assert [q.code for q in found.quarantined] == [code], name
    assert [row.address for row in found.rows] == ["grok-4"]


@pytest.mark.parametrize("source", CATALOGUES)
@pytest.mark.parametrize("data", [b"null", b"0", b'"a"', b"[1]", b'{"data": 1}', b'{"models": {}}'])
def test_another_layout_is_refused(source: str, data: bytes) -> None:
    with pytest.raises(ImportRefused) as caught:
        read(data, source)
    assert caught.value.code == "IMP107"


@pytest.mark.parametrize("source", CATALOGUES)
def test_a_byte_order_mark_changes_nothing(source: str) -> None:
    """Programs that save a download put one first (RFC 8259, 8.1: a reader may ignore it)."""
    data = (CASES / f"{source}.json").read_bytes()
    assert read(BYTE_ORDER_MARK + data, source) == read(data, source)


def test_limits_are_exact() -> None:
    limits = Limits(size=6, depth=2, values=4)
    assert read_json(b"[[[]]]", limits) == [[[]]]
    assert read_json(b"[1, 2]", limits) == [1, 2]
    for data in (b"[1, 2] ", b"[[[[]]]]"[:9], b"[,,,,]"):
        with pytest.raises(ImportRefused):
            read_json(data, limits)


def test_a_name_stated_twice_among_very_many_is_found_at_once() -> None:
    """Looking each name up among all others would take hours."""
    names = [f'"{number}": 0' for number in range(500_000)]
    with pytest.raises(ImportRefused) as caught:
        read_json(f"{{{','.join([*names, names[-1]])}}}".encode())
    assert (caught.value.code, "`499999`" in caught.value.message) == ("IMP105", True)


def test_rows_none_of_which_can_be_read_are_no_price_map() -> None:
    with pytest.raises(ImportRefused) as caught:
        read(json.dumps({"g\u0440t-5": ROW, "a b": ROW}).encode())
    assert caught.value.code == "IMP107"
    assert "litellm_provider" not in caught.value.message


@pytest.mark.parametrize(("code", "name", "data"), list(set_aside()), ids=named)
def test_of_rows_none_of_which_can_be_read_the_first_says_why(
    code: str, name: str, data: bytes
) -> None:
    """As it would be said of it among others that can be read."""
    ((bad,), rows) = read(data).quarantined, json.loads(data)
    alone = {"sample_spec": {}, bad.key: rows[bad.key], "next": 1}
    with pytest.raises(ImportRefused) as caught:
        read(json.dumps(alone).encode())
    assert caught.value.code == "IMP107"
    why = f"; of the first, {quoted(bad.key)}: {bad.message} ({code})"
    assert caught.value.message.endswith(why), name


def test_a_sample_alone_is_no_price_map() -> None:
    with pytest.raises(ImportRefused) as caught:
        read(b'{"sample_spec": {}}')
    assert caught.value.message == "none of its rows can be read as one of a price map"


def test_fractions_are_exact() -> None:
    data = price_map({"a": {"litellm_provider": "x", "input_cost_per_token": 2.75e-07}})
    assert read(data).rows[1].price == Price((("input", Decimal("0.275")),))


def test_zero_null_and_missing_are_three_things() -> None:
    row = {"litellm_provider": "x", "input_cost_per_token": 0, "output_cost_per_token": None}
    assert read(price_map({"a": row})).rows[1].price == Price(
        (("input", Decimal(0)), ("output", None))
    )
    assert read(price_map({"a": {"litellm_provider": "x"}})).rows[1].price is None
