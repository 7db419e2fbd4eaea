"""No leak: whatever a call says wherever, what is sent names one route, whoever reads it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_router.domain.route import GatewayType
from policy_router.wire.http_call import HttpCall, read_call
from policy_router.wire.json_strict import serialise
from policy_router.wire.operation import Operation
from policy_router.wire.operations import SUPPORTED
from policy_router.wire.pins import pin
from policy_router.wire.refusal import Refused
from policy_router.wire.served import SERVED, target
from policy_router.wire.shapes import (
    Choice,
    Either,
    Flag,
    Free,
    Inert,
    Left,
    Many,
    Never,
    Number,
    Record,
    Shape,
    Spelled,
    Table,
    Tagged,
)
from policy_router.wire.spelling import respelled
from tests.pep.places import Place, places
from tests.unit.wire.sdk_calls import CALLS, MODEL, captured
from tests.unit.wire.world import ADDRESS, terms

DENIED: Final = "maker/denied"
WORD_DENIED: Final = "denied_model"
KINDS: Final = tuple(GatewayType)
OPERATIONS: Final = {o.path: o for o in SUPPORTED}

Pairs = list[tuple[str, Any]]


def _post(operation: Operation, body: dict[str, Any], model: str = MODEL) -> HttpCall:
    path = operation.path.replace("{model}", model)
    return HttpCall("POST", path, "", (), json.dumps(body).encode())


def _sent(call: HttpCall, kind: GatewayType = GatewayType.DIRECT) -> tuple[str, bytes] | None:
    """The address and body that `call` is sent to and with; None if it is refused."""
    try:
        asked = read_call(call)
        where = terms(kind)
        body = serialise(pin(asked.call, where))
        return target(asked.call.operation, where.gateway, where.route), body
    except Refused:
        return None


def _first_wins(pairs: Pairs) -> dict[str, Any]:
    return dict(reversed(pairs))


def _no_case(pairs: Pairs) -> dict[str, Any]:
    return {name.casefold(): value for name, value in pairs}


READERS: Final[tuple[Callable[[Pairs], dict[str, Any]], ...]] = (
    dict,
    _first_wins,
    _no_case,
    lambda pairs: _no_case(pairs[::-1]),
)


def _mentions(url: str, body: bytes) -> set[object]:
    """Every model that differently careless parsers find where their API looks for it."""
    found: set[object] = set()
    if ":" in url.rpartition("/models/")[2] and "/models/" in url:
        found.add(url.rpartition("/models/")[2].rpartition(":")[0])
    for reader in READERS:
        read = json.loads(body, object_pairs_hook=reader)
        for part in (read, *(read.get("requests") or ())):
            said = part.get("model")
            found.add(said.removeprefix("models/") if isinstance(said, str) else said)
    return found - {None}


def _outside_inert(shape: Shape, value: Any) -> Iterator[str]:  # noqa: ANN401, C901 - any JSON
    """Every text in `value` that stands where the shape does not say that any may."""
    match shape:
        case Inert() | Free() | Left() | Spelled() | Number() | Flag() | Never():
            return
        case Choice():
            yield value
        case Record(fields):
            for name, inner in value.items():
                yield name
                if inner is not None:
                    yield from _outside_inert(fields[name], inner)
        case Many(item):
            for inner in value:
                yield from _outside_inert(item, inner)
        case Table(_, inert):
            for inner in value.values():
                yield from _outside_inert(inert, inner)
        case Tagged(tag, variants, default):
            yield from _outside_inert(variants[value.get(tag, default)], value)
        case Either(text, nested):
            if not isinstance(value, int | float):
                yield from _outside_inert(text if isinstance(value, str) else nested, value)


def _is_safe(operation: Operation, call: HttpCall, said: str) -> bool:
    """Whether a call that says `said` somewhere is refused, or sent to one route all the same."""
    sent = _sent(call)
    if sent is None:
        return True
    url, raw = sent
    body = json.loads(raw)
    steering = set(_outside_inert(operation.body, body))
    return _mentions(url, raw) == {ADDRESS} and said not in steering and said not in url


# ------------------------------------------------------- every place of every shape


def _inert(operation: Operation) -> dict[str, Place]:
    return {p.path: p for p in places(operation.body) if p.why_inert and p.path != "model"}


@pytest.mark.parametrize("path", OPERATIONS)
def test_inert_places_have_reasons(path: str) -> None:
    inert = _inert(OPERATIONS[path])
    assert inert
    assert all(len(place.why_inert or "") > 5 for place in inert.values())


@pytest.mark.parametrize("said", [DENIED, WORD_DENIED, [DENIED], {"model": DENIED}])
@pytest.mark.parametrize("path", OPERATIONS)
def test_a_denied_model_anywhere_in_the_shape_is_refused_or_inert(path: str, said: object) -> None:
    operation = OPERATIONS[path]
    sent_at = set()
    for place in places(operation.body):
        body = place.body(said)
        if not operation.model_in_path:
            body = {**body, "model": MODEL}
        if place.path == "model":
            continue
        sent = _sent(_post(operation, body))
        if sent is not None:
            assert _mentions(*sent) == {ADDRESS}, place.path
            sent_at.add(place.path)
    takes_lists = {p.path for p in places(operation.body) if p.path.endswith("[]")}
    allowed = {*_inert(operation), *(p.removesuffix("[]") for p in takes_lists)}
    assert sent_at <= allowed


# ------------------------------------------------------- every spot of what SDKs send


def _spots(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    yield at
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inner in list(items):
        yield from _spots(inner, (*at, key))


def _holder(body: Any, at: tuple[Any, ...]) -> Any:  # noqa: ANN401 - any JSON
    for key in at:
        body = body[key]
    return body


_ODD: Final[tuple[Any, ...]] = (None, [], {}, [None], [[]], [{}], "", 0, 1.5, True)
"""What no reader may stumble over: it is read, or refused."""

_NAMES: Final = (
    "model",
    "Model",
    "models",
    "model_name",
    "modelName",
    "engine",
    "fallbacks",
    "provider",
    "route",
    "mode\u0131",
    "unheard_of",
)


def _variants(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for at in _spots(body):
        held = _holder(body, at)
        if isinstance(held, dict):
            for name in _NAMES:
                changed = copy.deepcopy(body)
                _holder(changed, at)[name] = DENIED
                yield changed
        if at and at != ("model",):
            for said in (DENIED, [DENIED], {"model": DENIED}, *_ODD):
                changed = copy.deepcopy(body)
                _holder(changed, at[:-1])[at[-1]] = said
                yield changed


@pytest.mark.parametrize("name", CALLS)
def test_a_denied_model_anywhere_in_normal_calls_is_refused_or_inert(name: str) -> None:
    call = captured(name)
    operation = read_call(call).call.operation
    for body in _variants(respelled(operation.body, json.loads(call.body))):
        raw = json.dumps(body).encode()
        changed = HttpCall("POST", call.path, call.query, call.headers, raw, call.dialect)
        if body.get("model") == DENIED and not operation.model_in_path:
            continue  # the one mention of a model, which is then the one that is decided on
        assert _is_safe(operation, changed, DENIED), body


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sent_names_the_decided_route_at_every_gateway(
    name: str, kind: GatewayType
) -> None:
    call = captured(name)
    sent = _sent(call, kind)
    asked = read_call(call).call
    served = asked.operation.path in SERVED[kind]
    if kind is GatewayType.OPENROUTER and asked.operation.path == "/messages":
        served = "file" not in asked.shown.input_modalities  # another company would read it
    assert (sent is not None) == served
    assert sent is None or _mentions(*sent) == {ADDRESS}


# ------------------------------------------------------- two mentions, in bytes


@settings(max_examples=300)
@given(
    name=st.sampled_from(sorted(CALLS)),
    key=st.sampled_from(
        ("model", "MODEL", "Model", "\\u006dodel", "mode\\u006C", "contents", "\\u0063ontents")
    ),
    said=st.sampled_from((DENIED, MODEL, f"models/{DENIED}")),
    first=st.booleans(),
)
def test_two_mentions_are_one_too_many(name: str, key: str, said: str, first: bool) -> None:
    call = captured(name)
    pair = f'"{key}": "{said}"'.encode()
    inner = call.body.strip()[1:-1]
    raw = b"{" + (pair + b"," + inner if first else inner + b"," + pair) + b"}"
    sent = _sent(HttpCall("POST", call.path, call.query, call.headers, raw, call.dialect))
    assert sent is None or _mentions(*sent) == {ADDRESS}
    plain = key.encode().decode("unicode_escape").casefold()
    named = plain in {n.casefold() for n in json.loads(call.body)}
    assert sent is None or not named


@pytest.mark.parametrize("verb", ["generateContent", "batchEmbedContents"])
@pytest.mark.parametrize("said", [DENIED, f"models/{DENIED}", "models/", f"tunedModels/{MODEL}"])
def test_a_path_and_a_body_that_disagree_are_refused(verb: str, said: str) -> None:
    parts = {"parts": [{"text": "x"}]}
    body: dict[str, Any] = {"contents": [parts], "model": said}
    if verb == "batchEmbedContents":
        body = {"requests": [{"content": parts, "model": said}]}
    call = HttpCall("POST", f"/models/{MODEL}:{verb}", "", (), json.dumps(body).encode())
    assert _sent(call) is None


@given(st.text(max_size=40))
def test_a_name_is_taken_exactly_or_not_at_all(name: str) -> None:
    body = {"model": name, "messages": [], "max_tokens": 1}
    for path in ("/chat/completions", "/messages"):
        said = {k: v for k, v in body.items() if path == "/messages" or k != "max_tokens"}
        try:
            asked = read_call(HttpCall("POST", path, "", (), json.dumps(said).encode()))
        except Refused:
            continue
        assert asked.call.model == name
