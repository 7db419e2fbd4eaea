"""Long content that is passed on where it stands is read and sent as if it had been made a text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_router.enforcement.observing import Unchanged, as_it_came
from policy_router.wire import inline, pieces
from policy_router.wire.http_call import Asked, HttpCall, read_call
from policy_router.wire.inline import NONE, Inline, parse_in_parts
from policy_router.wire.json_strict import Limits, parse, serialise
from policy_router.wire.operation import Operation
from policy_router.wire.operations import SUPPORTED
from policy_router.wire.pieces import pieces_of
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.shapes import Inert, Spelled
from tests.pep.places import places
from tests.unit.wire.sdk_calls import MODEL

SMALL: Final = {"LONG": 64, "LONGEST_AT_ONCE": 0, "_STEP": 32, "_LOOKED_AT": 8, "_BEGINNING": 48}
"""What is long, in small: bodies of a few hundred bytes have content that is."""

DIGITS: Final = "iVBORw0KGgo+/Az9" * 10
CONTENTS: Final = (
    DIGITS,
    f"{DIGITS}==",
    f"{DIGITS}=",
    f"{DIGITS}===",
    f"{DIGITS}=A",
    f"{DIGITS}={DIGITS}",
    f"{DIGITS}-_",
    f"{DIGITS} {DIGITS}",
    f"{DIGITS}\n",
    f'{DIGITS}"',
    f'"{DIGITS}',
    f"{DIGITS}\\",
    f"{DIGITS}\u00e9",
    f"\U0001f600{DIGITS}",
    f"data:image/png;base64,{DIGITS}",
    f"data:image/png;base64,{DIGITS}=",
    f"data:image/png;x=y;base64,{DIGITS}==",
    f"data:image/png;base64,{DIGITS}=A",
    f"data:image/png;base64{DIGITS}",
    f"data:image/png;base64,,{DIGITS}",
    f"https://elsewhere.example/{DIGITS}",
    f"#{DIGITS}",
    "7" * 160,
    "\uffff0",
    "\uffff1",
)
OPERATIONS: Final = {o.path: o for o in SUPPORTED}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SMALL.items():
        monkeypatch.setattr(inline, name, value)


def _call(operation: Operation, body: bytes) -> HttpCall:
    path = operation.path.replace("{model}", MODEL)
    return HttpCall("POST", path, "", (), body)


def _outcome(operation: Operation, body: bytes) -> tuple[object, ...]:
    """Whatever is made of a call: what it shows, which texts are in it, what is sent of it."""
    try:
        asked = read_call(_call(operation, body))
    except Refused as refused:
        return refused.code, refused.parameter, refused.help
    call = asked.call
    sent = b"".join(pieces_of(dict(call.body)))
    return call.facts, call.declared, asked.input_tokens, operation.texts(call.body), sent


def _same(operation: Operation, body: bytes, monkeypatch: pytest.MonkeyPatch) -> bool:
    in_parts = _outcome(operation, body)
    with monkeypatch.context() as patched:
        patched.setattr(inline, "_spans", lambda _: iter(()))
        return in_parts == _outcome(operation, body)


def _bodies(operation: Operation, content: str) -> Iterator[bytes]:
    for place in places(operation.body):
        said = place.body(content)
        named = said if operation.model_in_path or "model" in said else {**said, "model": MODEL}
        yield json.dumps(named, ensure_ascii=False).encode()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("path", OPERATIONS)
def test_nothing_depends_on_whether_it_was_made_a_text(
    path: str, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it stands: where content may, where any text may, and where neither may."""
    for body in _bodies(OPERATIONS[path], content):
        assert _same(OPERATIONS[path], body, monkeypatch), body


def _taken(asked: Asked) -> list[Inline]:
    found, left = list[Inline](), list[Any]([asked.call.body])
    while left:
        outer: Any = left.pop()
        inner = outer.values() if isinstance(outer, dict) else outer
        found += [each for each in inner if isinstance(each, Inline)]
        left += [each for each in inner if isinstance(each, dict | list)]
    return found


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("path", OPERATIONS)
def test_content_is_never_a_text_where_it_may_stand_and_always_one_elsewhere(path: str) -> None:
    operation, seen = OPERATIONS[path], set()
    for place in places(operation.body):
        for content in (DIGITS, f"data:image/png;base64,{DIGITS}"):
            leaf, said = place.leaf, {"model": MODEL, **place.body(content)}
            takes = (
                isinstance(leaf, Spelled)
                and leaf.of is not None
                and leaf.pattern.fullmatch(content) is not None
            )
            if takes or (isinstance(leaf, Inert) and place.path != "model"):
                body = said if not operation.model_in_path else place.body(content)
                try:
                    asked = read_call(_call(operation, serialise(body)))
                except Refused:
                    continue  # a fact that is declared, or a name
                assert bool(_taken(asked)) == takes, place.path
                seen.add(takes)
    assert seen == {True, False} if path != "/embeddings" else {False}


def _chat(*texts: str, image: str = "") -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"type": "text", "text": text} for text in texts]
    if image:
        url = f"data:image/png;base64,{image}"
        parts.append({"type": "image_url", "image_url": {"url": url}})
    return {"model": MODEL, "messages": [{"role": "user", "content": parts}]}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "text",
    ["\uffff0", "\uffff1", f"\uffff0{DIGITS}", f'"{DIGITS}', DIGITS, f'{DIGITS}","x":"{DIGITS}'],
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_no_text_is_taken_for_what_stands_for_content(
    text: str, ascii_only: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for texts in ((text,), (text, text), (text, DIGITS)):
        said = _chat(*texts, image=DIGITS)
        body = json.dumps(said, ensure_ascii=ascii_only).encode()
        assert _same(OPERATIONS["/chat/completions"], body, monkeypatch)
        assert parse(b"".join(pieces_of(read_call_of(body)))) == said


def read_call_of(body: bytes) -> dict[str, Any]:
    return dict(read_call(_call(OPERATIONS["/chat/completions"], body)).call.body)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "broken", [b"\x00", b"\n", b"\xff", b"\xed\xa0\x80", b"\\", b"\\x", b"\\ud800", b'"']
)
@pytest.mark.parametrize("at", [0, 1, 90, -1])
def test_what_is_no_text_is_none_in_the_midst_of_content(broken: bytes, at: int) -> None:
    content = DIGITS.encode()
    body = serialise(_chat("hello", image=DIGITS))
    spoilt = body.replace(content, content[:at] + broken + content[at:])
    prompt = serialise(_chat(DIGITS)).replace(content, content[:at] + broken + content[at:])
    for each in (spoilt, prompt):
        with pytest.raises(Refused):
            read_call_of(each)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("token", ["\uffff0", "\uffff1", "\\uffff0", "\\uFFff1"])
@pytest.mark.parametrize(
    "shape",
    [
        '{"text": "say \\"%s", "data": "<token>"}',
        '{"%s" : 1, "data": "<token>"}',
        '{"x": {"%s" : 1, "%s" : 2}, "y": ["<token>", "\uffff0"]}',
        '{"x": "%s", "<token>": 1, "data": "<token>"}',
    ],
)
def test_nobody_else_writes_what_stands_for_content(token: str, shape: str) -> None:
    body = shape.replace("%s", DIGITS).replace("<token>", token).encode()
    try:
        whole: object = parse(body)
    except Refused as refused:
        whole = refused.code
    try:
        found, inlines = parse_in_parts(body, Limits())
        inlines.put_back(found, ())
        in_parts: object = found
    except Refused as refused:
        in_parts = refused.code
    assert in_parts == whole


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("broken", [b"\x00", b"\n", b"\xff", b"\xed\xa0\x80"])
def test_what_is_left_out_is_text_all_the_same(broken: bytes) -> None:
    content = DIGITS.encode() * 4
    said = {"role": "assistant", "content": [{"type": "text", "text": "x", "parsed_output": "?"}]}
    body = serialise({"model": MODEL, "max_tokens": 9, "messages": [said]})
    for spoilt, passes in ((content, True), (content[:90] + broken + content[90:], False)):
        call = _call(OPERATIONS["/messages"], body.replace(b"?", spoilt))
        way = Unchanged("https://gateway.example/v1/messages", (), lends=True)
        if passes:
            assert DIGITS not in str(read_call(call).call.body)
            assert as_it_came("id", call, way).body == call.body
            continue
        for read in (read_call, partial(as_it_came, "id", unchanged=way)):
            with pytest.raises(Refused):
                read(call)


_TEXTS = st.sampled_from(CONTENTS) | st.text(max_size=6)
_JSON = st.recursive(
    _TEXTS | st.integers(-(10**25), 10**25) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "c", DIGITS]), inner, max_size=3)
    ),
    max_leaves=8,
)


def _numbers(said: object) -> Iterator[int]:
    if isinstance(said, dict | list):
        for inner in said.values() if isinstance(said, dict) else said:
            yield from _numbers(inner)
    elif isinstance(said, int):
        yield said


def _fits_a_word(number: int) -> bool:
    """Whether one writer is enough: another one writes longer numbers, and exponents otherwise."""
    return -(2**63) <= number < 2**64


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from("xyz"), _JSON), st.booleans())
def test_whatever_is_read_in_parts_is_written_as_if_it_had_been_read_at_once(
    said: dict[str, Any], ascii_only: bool
) -> None:
    body = json.dumps(said, ensure_ascii=ascii_only).encode()
    with pytest.MonkeyPatch.context() as patched:
        for name, value in SMALL.items():
            patched.setattr(inline, name, value)
        patched.setattr(pieces, "_AT_ONCE", 16)
        for writer in (pieces.orjson, None):
            patched.setattr(pieces, "orjson", writer)
            for as_it_is in (True, False):
                parsed, inlines = parse_in_parts(body, Limits())
                inlines.put_back(parsed, inlines.alike if as_it_is else ())
                assert parse(b"".join(pieces_of(parsed))) == parse(body)
                if writer is not None:
                    assert b"".join(pieces_of(parsed)) == serialise(parse(body))


def test_long_content_is_no_text_and_a_long_text_is_refused() -> None:
    limits = Limits(size=3 * 2**20, text=2**20)
    content = "A" * 2**20
    image = serialise(_chat("what is it?", image=content))
    assert read_call(_call(OPERATIONS["/chat/completions"], image), limits).long
    for body in (
        serialise(_chat(content)),  # base64 that is a prompt
        serialise(_chat(content, image=content)),
        serialise(_chat("a b " * 2**18)),
        serialise(_chat(f'"{content}', image=content)),
    ):
        with pytest.raises(Refused) as refused:
            read_call(_call(OPERATIONS["/chat/completions"], body), limits)
        assert (refused.value.code, refused.value.status) == (RefusalCode.BODY_TOO_LARGE, 413)
        assert f"more than {2**20} bytes of text" in refused.value.message


BESIDE: Final[dict[str, dict[str, Any]]] = {
    "what is quoted at the end": _chat(f'he said "{"A" * 2**17}'),
    "what is quoted": _chat(f'he said "{"A" * 2**17}" and left', f'"{"A" * 2**17}"'),
    "backslashes before a quote": _chat(*[f'{chr(92) * n}"{"A" * 2**17}' for n in range(4)]),
    "marks": _chat("[\\u0000-\\uffff]", "\uffff0", "\\ufffe", "\ufdd01"),
    "numbers behind a text": {
        **_chat("x"),
        "tools": [
            {
                "type": "function",
                "function": {"name": "f", "parameters": {"enum": ["a", *[10**9] * 9_000, " b"]}},
            }
        ],
    },
}


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("beside", BESIDE)
def test_content_is_no_text_whatever_stands_beside_it(beside: str, ascii_only: bool) -> None:
    said, limits = BESIDE[beside], Limits(size=2**22, text=2**20)
    content = _chat(image="A" * 2**20)["messages"]
    for messages in ([*said["messages"], *content], [*content, *said["messages"]]):
        whole = {**said, "messages": messages}
        body = json.dumps(whole, ensure_ascii=ascii_only, separators=(",", ":")).encode()
        asked = read_call(_call(OPERATIONS["/chat/completions"], body), limits)
        assert len(_taken(asked)) == 1
        assert json.loads(b"".join(pieces_of(dict(asked.call.body)))) == whole


@pytest.mark.parametrize("name", ["n" * 9, "n" * 2**10, "n" * (2**16 - 99)])
def test_content_is_none_the_less_for_a_long_name(name: str) -> None:
    data = f"data:application/pdf;name={name};base64," + "A" * 2**20
    file = {"type": "file", "file": {"filename": "a.pdf", "file_data": data}}
    said = {"model": MODEL, "messages": [{"role": "user", "content": [file]}]}
    asked = read_call(_call(OPERATIONS["/chat/completions"], serialise(said)))
    assert len(_taken(asked)) == 1
    assert json.loads(b"".join(pieces_of(dict(asked.call.body)))) == said


def test_where_something_is_wrong_is_told_by_places_in_the_rest() -> None:
    body = serialise(_chat("what is it?", image="A" * 2**20))[:-1]
    with pytest.raises(Refused, match="with long content in base64 left out"):
        read_call(_call(OPERATIONS["/chat/completions"], body))


def test_a_short_body_is_read_at_once() -> None:
    body = serialise(_chat("what is it?", image="A" * 2**17))
    assert parse_in_parts(body, Limits()) == (parse(body), NONE)
