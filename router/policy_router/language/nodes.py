"""Documents as immutable trees of text that remember where each piece stands."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, assert_never

from policy_router.domain.diagnostic import Span
from policy_router.language.scalars import NULLS, core_value

Data: TypeAlias = "str | dict[str, Data] | list[Data] | None"
JsonValue: TypeAlias = "str | bool | int | Decimal | dict[str, JsonValue] | list[JsonValue] | None"


class Scalar(NamedTuple):
    """One piece of text; `plain` when it was written without quotes and on no lines of its own.

    Here and in the other nodes, `line` and `column` count from 1 in characters; `end_column` is
    the column after the last character on that line.
    """

    text: str
    plain: bool
    line: int
    column: int
    end_column: int


class Entry(NamedTuple):
    """One key of a mapping and what stands under it."""

    key: Scalar
    value: Node


class Mapping(NamedTuple):
    """Keys and what stands under them, in the order of the document.

    Without braces its place is that of its first key.
    """

    entries: MappingType[str, Entry]
    line: int
    column: int
    end_column: int


class Sequence(NamedTuple):
    """Members in the order of the document; without brackets its place is its first `-`."""

    items: tuple[Node, ...]
    line: int
    column: int
    end_column: int


Node: TypeAlias = Scalar | Mapping | Sequence


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file, and the file it stands in."""

    file: str
    root: Mapping


class Unquoted(str):
    """Text of a plain scalar: the only text that `json_value` reads as anything but text."""

    __slots__ = ()


NOTHING: MappingType[int, Data] = MappingProxyType({})


def is_null(node: Node) -> bool:
    """Nothing is written, or `null` or `~` without quotes."""
    return isinstance(node, Scalar) and node.plain and node.text in NULLS


def plain_data(
    node: Node, remembered: MappingType[int, Data] = NOTHING, unquoted: type[str] = Unquoted
) -> Data:
    """`node` as dicts, lists and text, null as None; plain scalars come as `Unquoted`.

    `remembered`: plain data of nodes that stand in several documents, by the `id` of the node.
    `unquoted`: what plain scalars come as; text, where nobody asks what they denote.
    """
    if isinstance(node, Scalar):
        text = node.text
        if not node.plain:
            return text
        return None if text in NULLS else unquoted(text)
    if id(node) in remembered:
        return remembered[id(node)]
    match node:
        case Mapping():
            entries = node.entries.items()
            return {k: plain_data(entry.value, remembered, unquoted) for k, entry in entries}
        case Sequence():
            return [plain_data(item, remembered, unquoted) for item in node.items]
        case _:
            assert_never(node)


def json_value(data: Data) -> JsonValue:
    """Plain data with each `Unquoted` text as the JSON value it denotes.

    For the places where a schema takes any JSON value: `true` and `1` are a truth value and a
    number there, `"true"` and `"1"` are text. See `core_value` for the types of numbers.
    """
    match data:
        case Unquoted():
            return core_value(data)
        case dict():
            return {key: json_value(value) for key, value in data.items()}
        case list():
            return [json_value(item) for item in data]
        case _:
            return data


def node_at(document: Document, path: tuple[str | int, ...]) -> Node:
    """The value at `path`; see `value_span` on paths."""
    return _find(document.root, path)[1]


def node_span(document: Document, node: Node) -> Span:
    """Where `node` stands in the file of `document`."""
    return Span(document.file, node.line, node.column, node.end_column)


def key_span(document: Document, path: tuple[str | int, ...]) -> Span:
    """Where the key at `path` stands, a member of a list itself; see `value_span` on `path`."""
    key, value = _find(document.root, path)
    return node_span(document, key or value)


def value_span(document: Document, path: tuple[str | int, ...]) -> Span:
    """Where the value at `path` stands.

    `path` is a location as pydantic gives it: keys and indices from the root down. Parts that
    lead nowhere are passed over: the names of union members and `[key]` that pydantic puts in
    between, and a key that is missing, for which the place is the mapping that should hold it.
    """
    return node_span(document, node_at(document, path))


def _find(root: Node, path: tuple[str | int, ...]) -> tuple[Scalar | None, Node]:
    """The last key and the last node that `path` leads to."""
    key: Scalar | None = None
    node = root
    for part in path:
        if isinstance(node, Mapping) and str(part) in node.entries:
            key, node = node.entries[str(part)]
        elif isinstance(node, Sequence) and _is_index(part, len(node.items)):
            key, node = None, node.items[int(part)]
    return key, node


def _is_index(part: str | int, size: int) -> bool:
    return isinstance(part, int) and 0 <= part < size
