"""Imports that must not be used, or rows of them: made here, one for each code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
ROW = {"litellm_provider": "xai", "input_cost_per_token": 3e-06}
FINE = {"xai/grok-4": ROW}


def price_map(rows: Mapping[str, object] = MappingProxyType({})) -> bytes:
    """A price map with a sound row beside `rows`."""
    return json.dumps({**FINE, **rows}).encode()


def refused() -> Iterator[tuple[str, str, bytes]]:
    """The code, a name for the case, and the text."""
    yield "IMP102", "cut off", price_map()[:-5]
    yield "IMP102", "a page of HTML", b"<!doctype html><title>502</title>"
    yield "IMP102", "nothing", b""
    yield "IMP102", "another encoding", '{"a": "é"}'.encode("latin-1")
    yield "IMP102", "trailing data", price_map() + b"{}"
    yield "IMP102", "two byte order marks", BYTE_ORDER_MARK * 2 + price_map()
    yield "IMP102", "a byte order mark alone", BYTE_ORDER_MARK
    yield "IMP102", "UTF-16", price_map().decode().encode("utf-16")
    yield "IMP103", "nested too deeply to be read", b"[" * 100_000 + b"]" * 100_000
    yield "IMP103", "nested deeper than a catalogue", b"[" * 70 + b"]" * 70
    yield "IMP105", "a row twice", b'{"a": {}, "a": {}}'
    yield "IMP105", "a field twice", b'{"a": {"mode": 1, "\\u006dode": 2}}'
    for number in ("NaN", "Infinity", "-Infinity", "1e999", "1" * 5000, "0." + "3" * 80):
        yield "IMP106", f"the number {number[:10]}", f'{{"a": {{"b": {number}}}}}'.encode()
    yield "IMP107", "a list", b"[]"
    yield "IMP107", "nothing in it", b"{}"
    yield "IMP107", "another catalogue", b'{"models": []}'


def large() -> Iterator[tuple[str, bytes]]:
    """The code and the text of what is too large; one at a time, for they fill the memory."""
    yield "IMP101", b" " * 100 * 2**20
    yield "IMP104", b"[" + b"0," * 2_100_000 + b"0]"


def set_aside() -> Iterator[tuple[str, str, bytes]]:
    """The code of the row that is set aside, a name for the case, and the text."""
    values: tuple[object, ...] = (True, [], {}, "three", "1 000", None)
    for value in values:
        field = "litellm_provider" if value is None else "max_input_tokens"
        yield "IMP201", f"a field that is {value!r}", price_map({"a": ROW | {field: value}})
    yield "IMP201", "a row that is text", price_map({"a": "b"})
    yield (
        "IMP201",
        "a price that is words",
        price_map({"a": ROW | {"input_cost_per_token": "free"}}),
    )
    yield "IMP202", "a negative price", price_map({"a": ROW | {"input_cost_per_token": -1}})
    yield "IMP202", "a negative limit", price_map({"a": ROW | {"max_input_tokens": -1}})
    yield "IMP203", "a price per million", price_map({"a": ROW | {"input_cost_per_token": 3}})
    yield (
        "IMP203",
        "a price of many digits",
        price_map({"a": ROW | {"input_cost_per_token": "0.000000000000000000000000000003e-30"}}),
    )
    yield "IMP203", "a limit beyond any", price_map({"a": ROW | {"max_input_tokens": 10**12}})
    yield "IMP204", "a terminal escape", price_map({"a\x1b[31m": ROW})
    yield "IMP204", "another direction", price_map({"a\u202eb": ROW})
    yield "IMP204", "half of a character", price_map({"a\ud800": ROW})
    yield "IMP205", "a Cyrillic letter", price_map({"g\u0440t-5": ROW})
    yield "IMP205", "a full-width letter", price_map({"\uff47pt": ROW})
    yield "IMP206", "a blank", price_map({"a b": ROW})
    yield "IMP206", "no name", price_map({"": ROW})
    yield "IMP206", "a formula as a name", price_map({"=1+1": ROW})
    yield "IMP206", "a name without end", price_map({"a" * 500: ROW})
    yield "IMP209", "no day", price_map({"a": ROW | {"deprecation_date": "2026-02-30"}})
    for name in ("openai/../../x", "a/./b", "a/.."):
        yield "IMP206", f"a path: {name}", price_map({name: ROW})
    for text in (
        "2026-11-22garbage",
        "2026-11-22T77:00:00Z",
        "2026-11-22T00:00:00+99:00",
        "2026-11-22T",
        "2026-W47-1",
        "0001-01-01T00:00:00+23:00",
    ):
        yield (
            "IMP209",
            f"a day and more: {text}",
            price_map({"a": ROW | {"deprecation_date": text}}),
        )
    yield "IMP209", "words for a day", price_map({"a": ROW | {"deprecation_date": "soon"}})
