"""The texts of a call: wherever any text may stand, it is among them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from policy_router.wire.http_call import read_call
from policy_router.wire.refusal import Refused
from tests.unit.wire.sdk_bodies import PNG
from tests.unit.wire.sdk_calls import CALLS, captured

CANARY = "anna svensson, 811228-9874"


def _places(
    value: Any,  # noqa: ANN401 - any JSON
    path: tuple[str | int, ...] = (),
) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(member, (*path, key))


def _with(body: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    at: Any = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = CANARY
    return changed


@pytest.mark.parametrize("name", CALLS)
def test_wherever_any_text_may_stand_it_is_read(name: str) -> None:
    call = read_call(captured(name)).call
    operation, body = call.operation, dict(call.body)
    found = 0
    for path in _places(body):
        changed = _with(body, path)
        try:
            operation.noted(changed)
        except Refused:
            continue
        assert CANARY in "\n".join(operation.texts(changed)), path
        found += 1
    assert found


@pytest.mark.parametrize("name", CALLS)
def test_content_in_base64_is_no_text(name: str) -> None:
    call = read_call(captured(name)).call
    assert not [text for text in call.operation.texts(call.body) if PNG in text]
