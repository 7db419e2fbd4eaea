"""What one body takes up, of any shape up to the bounds, from its arrival until it goes out."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

import tests.pep.world
from policy_router.enforcement.exchange import Send, advance, exchange
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.observing import Unchanged
from policy_router.log.kept import MemoryLog
from policy_router.wire.http_call import HttpCall
from policy_router.wire.json_strict import DEFAULT_LIMITS
from policy_router.wire.operation import Dialect
from tests.pep.test_exchange import FLOOR
from tests.pep.test_observing import until
from tests.pep.world import ALLOWED, KEY_VARIABLE, UPSTREAM_KEY, World, build

MOST: Final = 64 * 2**20
TEXT: Final = DEFAULT_LIMITS.text - 2**16
"""Bytes of text that leave room for what stands around them."""

EMOJI: Final = "\N{GRINNING FACE}"
JSON: Final = (("content-type", "application/json"),)


def _image(size: int) -> dict[str, Any]:
    content = "iVBORw0K" * (size // 8)
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{content}"}}


IMAGES: Final = [_image(2**20) for _ in range(15)]
"""Some 15 MiB of content in base64."""


def _chat(*content: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - parts, or a text
    return {
        "model": ALLOWED,
        "messages": [{"role": "user", "content": each} for each in content],
    } | more


def _enum(values: list[Any]) -> list[dict[str, Any]]:
    shape = {"name": "f", "parameters": {"enum": values}}
    return [{"type": "function", "function": shape}]


BODIES: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "one image": lambda: _chat([_image(19 * 2**20)]),
    "images": lambda: _chat(IMAGES),
    "a text": lambda: _chat(("It is said, as ever. " * TEXT)[:TEXT]),
    "an emoji in a text": lambda: _chat(EMOJI + "a b " * (TEXT // 4)),
    "emojis alone": lambda: _chat(EMOJI * (TEXT // 4)),
    "letters of two bytes": lambda: _chat("\u044f" * (TEXT // 2)),
    "letters of three bytes": lambda: _chat("\u6f22" * (TEXT // 3)),
    "line ends": lambda: _chat("\n" * (TEXT // 2)),
    "signs that are escaped": lambda: _chat("\x01" * (TEXT // 6)),
    "images and a text with an emoji": lambda: _chat(IMAGES, EMOJI + "a b " * (TEXT // 4)),
    "images and texts with emojis": lambda: _chat(
        IMAGES, *[EMOJI + "a b " * (TEXT // 16_500) for _ in range(4_000)]
    ),
    "images, an emoji and objects": lambda: _chat(
        IMAGES, EMOJI + "a b " * 900_000, tools=_enum([{f"a{n}": n} for n in range(9_900)])
    ),
    "images, an emoji and numbers": lambda: _chat(
        IMAGES, EMOJI + "a b " * 900_000, tools=_enum(list(range(10**9, 10**9 + 49_000)))
    ),
    "names": lambda: _chat("x", tools=_enum([{f"a{n}": n for n in range(24_000)}])),
    "a long name": lambda: _chat("a b " * 2**19, tools=_enum([{"n" * 2**14: 1}])),
    "large numbers": lambda: _chat("x", tools=_enum([10**300] * (TEXT // 302))),
}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., World]:
    """The small project, with models that take any length."""
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    longer = tests.pep.world._ROUTE.replace("context_window: 1000000", "context_window: 100000000")
    monkeypatch.setattr(tests.pep.world, "_ROUTE", longer)
    return lambda **settings: build(tmp_path, **settings)


def _sent(world: World, call: HttpCall, way: Unchanged | None = None) -> tuple[bytes, int]:
    """What is sent of a call, and how much is held at most until then, its body included."""
    log = MemoryLog()
    gate = Gate(world.pdp, log, "test")
    sent = b""
    for _ in range(2):  # what is worked out once is there the second time
        tracemalloc.start()
        steps = exchange(gate, call, FLOOR, world.pdp.loaded, lambda: way)
        step = advance(steps, log)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert isinstance(step, Send), step
        sent = step.forward.body
        steps.close()
    return sent, most + len(call.body)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_of_any_shape_takes_up_no_more_than_it_may(
    world: Callable[..., World], name: str
) -> None:
    said = BODIES[name]()
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    sent, most = _sent(world(), HttpCall("POST", "/chat/completions", "", JSON, body))
    assert most <= MOST
    assert json.loads(sent)["messages"] == said["messages"]


def test_a_packed_body_takes_up_no_more_than_it_may(world: Callable[..., World]) -> None:
    """Content that was packed in vain: what came and what it unpacks to are both held."""
    content = b64encode(Random(7).randbytes(8 * 2**20)).decode()  # noqa: S311 - no secret
    said = _chat([{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{content}"}}])
    body = gzip.compress(json.dumps(said).encode(), 1, mtime=0)
    headers = (*JSON, ("content-encoding", "gzip"))
    sent, most = _sent(world(), HttpCall("POST", "/chat/completions", "", headers, body))
    assert most <= MOST
    assert json.loads(sent)["messages"] == said["messages"]


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_body_that_is_only_observed_takes_up_no_more_than_it_may(
    world: Callable[..., World], coding: str
) -> None:
    said = _chat(IMAGES, EMOJI + "a b " * 900_000, metadata={"governance_data": "health", "a": "b"})
    body = json.dumps(said).encode()
    headers = (*JSON, ("content-encoding", "gzip")) if coding else JSON
    if coding:
        body = gzip.compress(body, 1, mtime=0)
    call = HttpCall("POST", "/chat/completions", "", headers, body, Dialect.OPENAI)
    way = Unchanged("https://gateway.example/v1/chat/completions", JSON)
    sent, most = _sent(world(project=until(30)), call, way)
    assert most <= MOST
    assert json.loads(sent) == {**said, "metadata": {"a": "b"}}
