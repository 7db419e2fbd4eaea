"""A gateway's own verdicts: rows read strictly, anything else refused with its place."""

from __future__ import annotations

import json

import pytest

from policy_router.domain.gateway_verdict import GatewayVerdict
from policy_router.wire.opper_verdicts import NotVerdicts, verdicts
from policy_router.wire.refusal import Refused


def answer(*rows: object, under: str = "data") -> bytes:
    return json.dumps({under: list(rows)}).encode()


ALLOWED = {"id": "a/one", "policy": {"allowed": True}}


@pytest.mark.parametrize("under", ["data", "models", "items"])
def test_rows_in_their_order(under: str) -> None:
    blocked = {
        "name": "a/two",
        "policy": {"allowed": False, "blocked_by": "org", "reason": "no"},
    }
    assert verdicts(answer(ALLOWED, blocked, ALLOWED, under=under)) == (
        GatewayVerdict("a/one", True, None, None),
        GatewayVerdict("a/two", False, "org", "no"),
    )


def test_an_empty_list_holds_no_verdicts() -> None:
    assert verdicts(answer()) == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": "key"}', "it holds no list under `data` or `models` or `items`"),
        (b'{"data": {}}', "it holds no list"),
        (answer(ALLOWED, "a/two"), "row 2 is not an object"),
        (answer({"id": "a/one"}), "row 1 has no `id` or no `policy`"),
        (answer({"id": 1, "policy": {"allowed": True}}), "row 1 has no `id` or no `policy`"),
        (answer({"id": "a", "policy": {}}), "`policy.allowed` of row 1 is neither true nor false"),
        (answer({"id": "a", "policy": {"allowed": "yes"}}), "neither true nor false"),
        (
            answer({"id": "a", "policy": {"allowed": False, "reason": ["x"]}}),
            "`policy.reason` of row 1 is no text",
        ),
        (
            answer(ALLOWED, {"id": "a/one", "policy": {"allowed": False}}),
            "row 2 contradicts an earlier one",
        ),
    ],
)
def test_what_is_no_list_of_verdicts(body: bytes, message: str) -> None:
    with pytest.raises(NotVerdicts, match=message.replace("`", ".")):
        verdicts(body)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"data": [}', b'{"data": [], "data": []}', b"\xff"])
def test_what_is_no_sound_json(body: bytes) -> None:
    with pytest.raises(Refused):
        verdicts(body)
