"""A gateway's own verdicts: each row read on its own, one that is wrong set aside with a code."""

from __future__ import annotations

import json
from datetime import date

import pytest

from policy_router.domain.codes import CODES
from policy_router.domain.gateway_verdict import GatewayVerdict
from policy_router.registry.importers.catalogues import drafts
from policy_router.registry.importers.opper_verdicts import verdicts
from policy_router.registry.importers.refusal import ImportRefused
from tests.unit.imports.hostile import BYTE_ORDER_MARK


def answer(*rows: object, under: str = "data") -> bytes:
    return json.dumps({under: list(rows)}).encode()


ALLOWED = {"id": "a/one", "policy": {"allowed": True}}
BLOCKED = {"id": "a/one", "policy": {"allowed": False}}
ONE = GatewayVerdict("a/one", True, None, None)


@pytest.mark.parametrize("under", ["data", "models", "items"])
def test_what_holds_verdicts_can_be_imported_too(under: str) -> None:
    """One answer of one address, in whichever of its forms: both commands read it."""
    row = ALLOWED | {"provider": "a", "context_window": 5}
    for data in (answer(row, under=under), BYTE_ORDER_MARK + answer(row, under=under)):
        assert verdicts(data) == ((ONE,), ())
        found = drafts("opper", data, "list", date(2026, 11, 22))
        assert [(r.address, r.card.context_window) for r in found.rows] == [("a/one", 5)]


def test_of_two_lists_neither_is_taken() -> None:
    data = json.dumps({"data": [ALLOWED], "models": []}).encode()
    for read in (verdicts, lambda it: drafts("opper", it, "list", date(2026, 11, 22))):
        with pytest.raises(ImportRefused) as caught:
            read(data)
        assert caught.value.code == "IMP107"
        assert "`data` and `models`" in caught.value.message


@pytest.mark.parametrize("under", ["data", "models", "items"])
def test_rows_in_their_order(under: str) -> None:
    blocked = {
        "name": "a/two",
        "policy": {"allowed": False, "blocked_by": "org", "reason": "no"},
    }
    found = verdicts(answer(ALLOWED, blocked, ALLOWED, under=under))
    assert found == ((ONE, GatewayVerdict("a/two", False, "org", "no")), ())


def test_an_empty_list_holds_no_verdicts() -> None:
    assert verdicts(answer()) == ((), ())


@pytest.mark.parametrize(
    ("row", "key", "code"),
    [
        ("a/two", "row 2", "IMP201"),
        (None, "row 2", "IMP201"),
        ({"policy": {"allowed": True}}, "row 2", "IMP210"),
        ({"id": "a/two"}, "a/two", "IMP210"),
        ({"id": "a/two", "policy": None}, "a/two", "IMP210"),
        ({"id": "a/two", "policy": {}}, "a/two", "IMP210"),
        ({"id": "a/two", "policy": [True]}, "a/two", "IMP201"),
        ({"id": 1, "policy": {"allowed": True}}, "row 2", "IMP201"),
        ({"id": "a/two", "policy": {"allowed": "yes"}}, "a/two", "IMP201"),
        ({"id": "a/two", "policy": {"allowed": 1}}, "a/two", "IMP201"),
        ({"id": "a/two", "policy": {"allowed": False, "reason": ["x"]}}, "a/two", "IMP201"),
        ({"id": "a/\u0442wo", "policy": {"allowed": True}}, "a/\u0442wo", "IMP205"),
        ({"id": "a/\x1b[2J", "policy": {"allowed": True}}, "a/\x1b[2J", "IMP204"),
    ],
)
def test_a_row_that_is_wrong_is_set_aside_and_the_others_are_read(
    row: object, key: str, code: str
) -> None:
    found = verdicts(answer(ALLOWED, row))
    assert found.found == (ONE,)
    assert [(q.key, q.code) for q in found.aside] == [(key, code)]
    assert code in CODES


def test_of_rows_that_contradict_each_other_none_is_believed() -> None:
    other = {"id": "a/two", "policy": {"allowed": True}}
    for rows in ((ALLOWED, other, BLOCKED), (BLOCKED, other, ALLOWED)):
        found = verdicts(answer(*rows))
        assert [v.address for v in found.found] == ["a/two"]
        assert [(q.key, q.code) for q in found.aside] == [("a/one", "IMP208")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "IMP102"),
        (b"\xff", "IMP102"),
        (b'{"data": [}', "IMP102"),
        (b'{"data": [], "data": []}', "IMP105"),
        (b'{"data": [NaN]}', "IMP106"),
        (b'{"error": "key"}', "IMP107"),
        (b'{"data": {}}', "IMP107"),
        (b"[]", "IMP107"),
        (b'{"data": ' + b"[" * 80 + b"]" * 80 + b"}", "IMP103"),
    ],
)
def test_what_is_no_list_of_verdicts(body: bytes, code: str) -> None:
    with pytest.raises(ImportRefused) as caught:
        verdicts(body)
    assert caught.value.code == code
