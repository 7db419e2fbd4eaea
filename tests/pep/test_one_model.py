"""A call names one model, and what is sent names one route, whoever reads it."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policy_router import Request
from policy_router.enforcement.answer import Forward
from policy_router.enforcement.context import as_floor
from policy_router.enforcement.gate import Gate
from policy_router.log.kept import MemoryLog
from policy_router.wire.headers import Headers
from policy_router.wire.http_call import HttpCall
from policy_router.wire.openai_parameters import CHAT_COMPLETIONS
from policy_router.wire.shapes import (
    Choice,
    Either,
    Flag,
    Free,
    Inert,
    Left,
    Many,
    Never,
    Record,
    Shape,
    Tagged,
)
from tests.pep.asking import Answer, admit
from tests.pep.places import example, places
from tests.pep.world import ALLOWED, DENIED, KEY_VARIABLE, UPSTREAM_KEY, World, build

ADDRESS: Final = "at-near/allowed-2026"
FLOOR: Final = as_floor(Request(data=["health"], regime=["eu_gdpr"], purpose="letters"))
JSON: Final[Headers] = (("content-type", "application/json"),)

INERT: Final = """
    audio.voice
    function_call.name
    functions[].description
    functions[].name
    functions[].parameters
    messages[]<assistant>.annotations[]
    messages[]<assistant>.content
    messages[]<assistant>.content[]<refusal>.refusal
    messages[]<assistant>.content[]<text>.text
    messages[]<assistant>.function_call.arguments
    messages[]<assistant>.function_call.name
    messages[]<assistant>.name
    messages[]<assistant>.function_call.parsed_arguments
    messages[]<assistant>.parsed
    messages[]<assistant>.refusal
    messages[]<assistant>.tool_calls[]<custom>.custom.input
    messages[]<assistant>.tool_calls[]<custom>.custom.name
    messages[]<assistant>.tool_calls[]<custom>.id
    messages[]<assistant>.tool_calls[]<custom>.index
    messages[]<assistant>.tool_calls[]<function>.function.arguments
    messages[]<assistant>.tool_calls[]<function>.function.name
    messages[]<assistant>.tool_calls[]<function>.function.parsed_arguments
    messages[]<assistant>.tool_calls[]<function>.id
    messages[]<assistant>.tool_calls[]<function>.index
    messages[]<developer>.content
    messages[]<developer>.content[]<text>.text
    messages[]<developer>.name
    messages[]<function>.content
    messages[]<function>.name
    messages[]<system>.content
    messages[]<system>.content[]<text>.text
    messages[]<system>.name
    messages[]<tool>.content
    messages[]<tool>.content[]<text>.text
    messages[]<tool>.name
    messages[]<tool>.tool_call_id
    messages[]<user>.content
    messages[]<user>.content[]<file>.file.file_data
    messages[]<user>.content[]<file>.file.filename
    messages[]<user>.content[]<image_url>.image_url.url
    messages[]<user>.content[]<input_audio>.input_audio.data
    messages[]<user>.content[]<text>.text
    messages[]<user>.name
    metadata.*
    prediction.content
    prediction.content[]<text>.text
    prompt_cache_key
    response_format<json_schema>.json_schema.description
    response_format<json_schema>.json_schema.name
    response_format<json_schema>.json_schema.schema
    safety_identifier
    stop
    stop[]
    tool_choice<allowed_tools>.allowed_tools.tools[]<custom>.custom.name
    tool_choice<allowed_tools>.allowed_tools.tools[]<function>.function.name
    tool_choice<custom>.custom.name
    tool_choice<function>.function.name
    tools[]<custom>.custom.description
    tools[]<custom>.custom.format<grammar>.grammar.definition
    tools[]<custom>.custom.name
    tools[]<function>.function.description
    tools[]<function>.function.name
    tools[]<function>.function.parameters
    user
    web_search_options.user_location.approximate.city
    web_search_options.user_location.approximate.country
    web_search_options.user_location.approximate.region
    web_search_options.user_location.approximate.timezone
""".split()
"""Where any text may stand, as it names nobody who gets the call; the shapes say why, each."""

LEFT: Final = {place.path for place in places() if isinstance(place.leaf, Left)}
"""Where anything may stand, as it is taken out."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("world")
    return build(folder)


@pytest.fixture(autouse=True, scope="module")
def _key() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
        yield


def _asked(world: World, body: bytes) -> Answer:
    call = HttpCall("POST", "/chat/completions", "", JSON, body)
    return admit(Gate(world.pdp, MemoryLog(), "test"), call, FLOOR)


def _first_wins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))


def _no_case(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name.casefold(): value for name, value in pairs}


def _models(body: bytes) -> set[object]:
    """The models that differently careless parsers find in what is sent."""
    readers: tuple[Callable[[list[tuple[str, Any]]], dict[str, Any]], ...]
    readers = (dict, _first_wins, _no_case, lambda pairs: _no_case(pairs[::-1]))
    return {json.loads(body, object_pairs_hook=read)["model"] for read in readers}


def _names_one_route(answer: Answer) -> bool:
    return isinstance(answer, Forward) and _models(answer.body) == {ADDRESS}


def test_the_inert_places_are_these_each_with_a_reason() -> None:
    inert = [place for place in places() if place.why_inert and place.path != "model"]
    assert sorted({place.path for place in inert}) == sorted(INERT)
    assert all(len(place.why_inert or "") > 5 for place in inert)


def _forwarded(world: World, value: object) -> set[str]:
    """Name the places where a call may say `value` and is sent all the same, to one route."""
    sent: set[str] = set()
    for place in places():
        body = {"model": ALLOWED, **place.body(value)}
        if place.path != "model":
            body["model"] = ALLOWED
        answer = _asked(world, json.dumps(body).encode())
        if isinstance(answer, Forward):
            assert _names_one_route(answer), place.path
            sent.add(place.path)
    return sent


def test_a_denied_model_named_anywhere_is_refused_or_only_text(world: World) -> None:
    text = {place.path for place in places() if isinstance(place.leaf, Inert)} - {"model"}
    searches = {path for path in text if path.startswith("web_search_options")}
    in_base64 = {"messages[]<user>.content[]<input_audio>.input_audio.data"}
    assert _forwarded(world, DENIED) == text - searches | in_base64 | LEFT


def test_what_is_left_out_is_not_sent(world: World) -> None:
    for place in places():
        if isinstance(place.leaf, Left):
            body = {**place.body(DENIED), "model": ALLOWED}
            answer = _asked(world, json.dumps(body).encode())
            assert isinstance(answer, Forward)
            assert DENIED.encode() not in answer.body, place.path


def test_a_model_in_an_object_anywhere_is_refused_or_free_form(world: World) -> None:
    free = {place.path for place in places() if isinstance(place.leaf, Free)}
    assert _forwarded(world, {"model": DENIED}) == free | LEFT
    assert _forwarded(world, [{"model": DENIED}]) == LEFT
    assert _forwarded(world, [DENIED]) == {"stop"} | LEFT


_SAY: Final = (
    ALLOWED,
    DENIED,
    "text",
    "",
    "https://evil.example/",
    "data:a/b;base64,AAAA",
    1,
    None,
)


def _sayings(shape: Shape) -> st.SearchStrategy[Any]:
    """Draw what has this shape, and what nearly has it."""
    match shape:
        case Record(fields, required):
            inner = {name: _sayings(field) for name, field in fields.items()}
            return st.fixed_dictionaries(
                {name: inner[name] for name in required},
                optional={name: s for name, s in inner.items() if name not in required},
            )
        case Tagged(tag, variants):
            return st.one_of(
                [_tagged(tag, said, v) for said, v in variants.items() if isinstance(v, Record)]
            )
        case Many(item):
            return st.lists(_sayings(item), max_size=2)
        case Either(text, nested):
            return _sayings(text) | _sayings(nested)
        case Choice(values):
            return st.sampled_from(sorted(values))
        case Flag():
            return st.booleans()
        case Never():
            return st.none()
        case _:
            return st.just(example(shape))


def _tagged(tag: str, said: str, variant: Record) -> st.SearchStrategy[Any]:
    return _sayings(variant).map(lambda body: {**body, tag: said})


def _few(fields: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    shapes = {name: _sayings(CHAT_COMPLETIONS.fields[name]) for name in fields}
    return st.fixed_dictionaries(shapes)


_OPTIONAL = sorted(set(CHAT_COMPLETIONS.fields) - {"model", "messages"})
_BODIES = st.lists(st.sampled_from(_OPTIONAL), max_size=3, unique=True).flatmap(_few)


@dataclass(frozen=True, slots=True)
class Spot:
    """A dictionary or list somewhere in a body, and a key or index of it."""

    parent: Any
    key: Any


def _spots(value: Any) -> Iterator[Spot]:  # noqa: ANN401 - any JSON
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        yield Spot(value, key)
        if isinstance(inner, dict | list):
            yield from _spots(inner)


TALLY: Final[Counter[bool]] = Counter()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    more=_BODIES,
    messages=_sayings(CHAT_COMPLETIONS.fields["messages"]),
    said=st.sampled_from(_SAY),
    name=st.sampled_from(("model", "Model", "models", "engine", "mode\u0131", "unheard_of")),
    data=st.data(),
)
def test_whatever_is_said_wherever_one_route_is_named(
    world: World,
    more: dict[str, Any],
    messages: list[Any],
    said: object,
    name: str,
    data: st.DataObject,
) -> None:
    body = copy.deepcopy({**more, "messages": messages, "model": ALLOWED})
    spots = [s for s in _spots(body) if not (s.parent is body and s.key == "model")]
    spot = data.draw(st.sampled_from(spots))
    if data.draw(st.booleans()):
        spot.parent[spot.key] = said
    elif isinstance(spot.parent, dict):
        assume(not (spot.parent is body and name == "model"))
        spot.parent[name] = said
    answer = _asked(world, json.dumps(body).encode())
    TALLY[isinstance(answer, Forward)] += 1
    assert not isinstance(answer, Forward) or _names_one_route(answer)


def test_a_fair_share_of_them_was_sent() -> None:
    if TALLY.total() > 100:
        assert TALLY[True] > TALLY.total() / 20, TALLY


@given(
    first=st.sampled_from((ALLOWED, DENIED)),
    second=st.sampled_from((ALLOWED, DENIED)),
    spelling=st.sampled_from(("model", "MODEL", "Model", "\\u006dodel", "mode\\u006C")),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_mentions_are_one_too_many(
    world: World, first: str, second: str, spelling: str
) -> None:
    body = f'{{"messages": [], "model": "{first}", "{spelling}": "{second}"}}'
    assert not isinstance(_asked(world, body.encode()), Forward)


def test_the_plain_call_is_sent(world: World) -> None:
    body = json.dumps({"model": ALLOWED, "messages": [{"role": "user", "content": "x"}]})
    assert _names_one_route(_asked(world, body.encode()))


def test_names_of_every_shipped_route_and_model_can_be_said() -> None:
    from policy_router import load  # noqa: PLC0415 - the only test here that loads them
    from policy_router.wire.call import read_body  # noqa: PLC0415
    from policy_router.wire.openai_chat import CHAT  # noqa: PLC0415

    registry = load(packs=["gdpr"]).snapshot.registry
    for name in (*registry.routes, *registry.models):
        assert read_body(CHAT, {"model": name, "messages": []}).model == name
