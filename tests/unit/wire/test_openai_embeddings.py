"""Embeddings of as many tokens as their API takes, which frameworks send by default."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policy_router.enforcement.observing import Unchanged, as_it_came
from policy_router.wire.http_call import HttpCall, read_call
from policy_router.wire.pieces import pieces_of
from policy_router.wire.pins import pinned
from policy_router.wire.refusal import RefusalCode, Refused
from tests.unit.wire.sdk_calls import MODEL
from tests.unit.wire.test_pins import _facts, _terms

TOKENS = {
    "a thousand chunks": [[9_999] * 300] * 1_000,
    "as many texts as there may be": [[99_999] * 146] * 2_048,
    "a few long texts": [list(range(100_000, 108_191))] * 36,
}


def _call(path: str, said: dict[str, Any], **form: Any) -> HttpCall:  # noqa: ANN401 - as JSON's
    return HttpCall("POST", path, "", (), json.dumps(said, **form).encode())


@pytest.mark.parametrize("form", [{"separators": (",", ":")}, {}])
@pytest.mark.parametrize("name", TOKENS)
def test_so_many_tokens_go_on_as_they_came(name: str, form: dict[str, Any]) -> None:
    said = {"model": MODEL, "input": TOKENS[name]}
    call = _call("/embeddings", said, **form)
    asked = read_call(call)
    assert not asked.call.shown.legible
    assert json.loads(b"".join(pieces_of(dict(asked.call.body)))) == said
    way = Unchanged("https://gateway.example/v1/embeddings", (), lends=True)
    assert as_it_came("id", call, way).body == call.body
    sent = pinned({"input": TOKENS[name]}, _facts(endpoint="embeddings"), _terms())
    assert sent["input"] == said["input"]


def test_no_more_than_that_and_nowhere_else() -> None:
    shape = {"name": "f", "parameters": {"enum": [9] * 60_000}}
    tools = [{"type": "function", "function": shape}]
    chat = {"model": MODEL, "messages": [{"role": "user", "content": "x"}], "tools": tools}
    for call in (
        _call("/chat/completions", chat),
        _call("/embeddings", {"model": MODEL, "input": [[9] * 350_000]}),
        _call("/embeddings", {"model": MODEL, "input": ["9"] * 60_000}),
        _call("/embeddings", {"model": MODEL, "input": [[9] * 60_000, *["9"] * 50_000]}),
        _call("/embeddings", {"model": MODEL, "input": [[9]] * 30_000}),
    ):
        with pytest.raises(Refused) as refused:
            read_call(call)
        assert refused.value.code is RefusalCode.INVALID_BODY
