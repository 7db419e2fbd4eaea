"""Documents that list others, as the documents they stand for.

Every member becomes a document of its own, whose pieces keep their places: what is wrong with it
is reported where it was written, and from here on nothing tells it from one that stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from types import MappingProxyType
from typing import Final

from policy_router.language.grammar.lists import GIVEN, LISTS
from policy_router.language.nodes import (
    Data,
    Document,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    plain_data,
)

_DEFAULTS: Final = "defaults"
_FILLED: Final = ("prices", "lifecycle")
"""Lists a member writes itself: what the defaults say is filled into each item, and adds none."""

Entries = MappingType[str, Entry]


def list_kind(document: Document) -> str | None:
    """The kind of list that a document is; None if it is none."""
    entry = document.root.entries.get("kind")
    if entry is None or not isinstance(entry.value, Scalar):
        return None
    return entry.value.text if entry.value.text in LISTS else None


def outline(document: Document, kind: str) -> dict[str, Data]:
    """A list as plain data; of its members only what they may not say themselves."""
    data: dict[str, Data] = {}
    for key, entry in document.root.entries.items():
        if key == kind and isinstance(entry.value, Mapping):
            data[key] = {n: _outlined(e.value) for n, e in entry.value.entries.items()}
        else:
            data[key] = plain_data(entry.value)
    return data


def _outlined(member: Node) -> Data:
    if isinstance(member, Mapping):
        return {key: None for key in GIVEN if key in member.entries}
    return plain_data(member)


def members(document: Document, kind: str) -> Iterator[Document]:
    """The documents that a sound list stands for, in its order."""
    root = document.root.entries
    shared = _entries(root[_DEFAULTS].value) if _DEFAULTS in root else {}
    given = {"kind": _kind(root["kind"], LISTS[kind]), "language": root["language"]}
    for member in _entries(root[kind].value).values():
        own = _entries(member.value)
        merged = {**given, **_named(LISTS[kind], member.key), **shared}
        for key in _FILLED:
            if key in shared and key not in own:
                del merged[key]
        _merge(merged, shared, own)
        yield Document(document.file, _mapping(merged, member.value))


def remembered(document: Document) -> dict[int, Data]:
    """Plain data of what stands in every member of a list, see `plain_data`."""
    shared = document.root.entries.get(_DEFAULTS)
    return {} if shared is None else dict(_collections(shared.value))


def _collections(node: Node) -> Iterator[tuple[int, Data]]:
    """Every mapping and list in `node`, as plain data, by the `id` of its node."""
    if isinstance(node, Scalar):
        return
    yield id(node), plain_data(node, unquoted=str)
    inner = node.items if isinstance(node, Sequence) else [e.value for e in node.entries.values()]
    for part in inner:
        yield from _collections(part)


def _entries(node: Node) -> Entries:
    return node.entries if isinstance(node, Mapping) else {}


def _kind(entry: Entry, kind: str) -> Entry:
    """The kind of a member, where the list says its own."""
    written = entry.value
    as_kind = Scalar(kind, True, written.line, written.column, written.end_column)
    return Entry(entry.key, as_kind)


def _named(kind: str, name: Scalar) -> dict[str, Entry]:
    """What the name of a member in its list says of it; the address may be overruled."""
    named = {"id": Entry(name, name)}
    if kind == "route":
        address = Scalar(_address(name.text), name.plain, name.line, name.column, name.end_column)
        named["address"] = Entry(name, address)
    return named


def _address(route: str) -> str:
    """What follows the gateway in the id of a route."""
    return route.partition(":")[2] or route


def _merge(merged: dict[str, Entry], shared: Entries, own: Entries) -> None:
    """Put what is said anew over what is shared; mappings in it are merged key by key."""
    for key, entry in own.items():
        default = shared.get(key)
        merged[key] = (
            entry if default is None else Entry(entry.key, _filled(default.value, entry.value))
        )


def _filled(default: Node, own: Node) -> Node:
    if isinstance(default, Mapping) and isinstance(own, Mapping):
        merged = dict(default.entries)
        _merge(merged, default.entries, own.entries)
        return _mapping(merged, own)
    if isinstance(default, Mapping) and isinstance(own, Sequence):
        items = tuple(_filled(default, item) for item in own.items)
        return Sequence(items, own.line, own.column, own.end_column)
    return own


def _mapping(entries: dict[str, Entry], place: Node) -> Mapping:
    """A mapping that stands where `place` stands."""
    return Mapping(MappingProxyType(entries), place.line, place.column, place.end_column)
