"""What a call holds besides text is seen wherever its shape admits it, whatever the wire format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from policy_router.wire.http_call import Asked, HttpCall, read_call
from policy_router.wire.operation import Operation
from policy_router.wire.operations import SUPPORTED
from policy_router.wire.shapes import Number, Spelled
from tests.pep.places import Place, places
from tests.unit.wire.sdk_calls import CALLS, MODEL, captured

OPERATIONS: Final = {o.path: o for o in SUPPORTED}
CONTENTS: Final = ("data:image/png;base64,AAAA", "data:application/pdf;base64,AAAA", "AAAA")
"""Content as it is written: whatever shape takes one of them and no name takes content."""

SYSTEM_INSTRUCTION: Final = "systemInstruction.parts[].inlineData.data"
ANSWERED: Final = "content.parts[].functionResponse.parts[].inlineData.data"


def _read(operation: Operation, body: dict[str, Any]) -> Asked:
    path = operation.path.replace("{model}", MODEL)
    said = body if operation.model_in_path else {**body, "model": MODEL}
    return read_call(HttpCall("POST", path, "", (), json.dumps(said).encode()))


def _contents(operation: Operation) -> Iterator[tuple[Place, str]]:
    """Each place where content may stand that is no text, with content for it."""
    for place in places(operation.body):
        leaf = place.leaf
        if isinstance(leaf, Spelled) and leaf.why == "the content itself":
            yield place, next(c for c in CONTENTS if leaf.pattern.fullmatch(c))


@pytest.mark.parametrize("path", OPERATIONS)
def test_content_is_seen_wherever_it_may_stand(path: str) -> None:
    operation = OPERATIONS[path]
    found = set()
    for place, content in _contents(operation):
        asked = _read(operation, place.body(content))
        shown = asked.call.shown
        assert shown.input_modalities, place.path
        assert asked.call.facts.set_fact("input_modalities").members == shown.input_modalities
        assert (asked.input_tokens is None) == (shown.input_modalities != {"audio"}), place.path
        assert not shown.legible, place.path
        found.add(place.path)
    if path == "/models/{model}:generateContent":
        assert SYSTEM_INSTRUCTION in found
    if path == "/models/{model}:embedContent":
        assert ANSWERED in found
    assert bool(found) == (path != "/embeddings")


@pytest.mark.parametrize("path", OPERATIONS)
def test_a_text_given_as_numbers_is_not_read(path: str) -> None:
    operation = OPERATIONS[path]
    numbers = [
        place
        for place in places(operation.body)
        if isinstance(place.leaf, Number) and "[]" in place.path and place.leaf.token
    ]
    assert bool(numbers) == (path == "/embeddings")
    for place in numbers:
        assert not _read(operation, place.body(7)).call.shown.legible, place.path


@pytest.mark.parametrize("said", [7, [7, 8], [[7], [8]]])
def test_embeddings_of_numbers_are_not_read(said: Any) -> None:  # noqa: ANN401 - any JSON
    whole = said if isinstance(said, list) else [said]
    shown = _read(OPERATIONS["/embeddings"], {"input": whole}).call.shown
    assert (shown.legible, shown.input_modalities) == (False, frozenset())


@pytest.mark.parametrize("name", CALLS)
def test_normal_calls_of_texts_alone_are_read_whole(name: str) -> None:
    call = captured(name)
    shown = read_call(call).call.shown
    assert bool(shown.input_modalities) == (b"iVBORw" in call.body)
    assert shown.legible != bool(shown.input_modalities or b"[[1,2]" in call.body)
