"""What is left of a document without its mistakes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from policy_router.language.nodes import Document, Entry, Mapping, Node, Scalar, Sequence, node_at
from policy_router.language.origins import Path


def without(document: Document, paths: Iterable[Path]) -> Document | None:
    """`document` without the values at `paths`; None if one of them is the whole.

    Where a path leads nowhere, what should have held its last part is taken out instead: see
    `value_span` on paths.
    """
    wrong = {id(node_at(document, path)) for path in paths}
    if id(document.root) in wrong:
        return None
    return replace(document, root=_mapping(document.root, wrong))


def _mapping(node: Mapping, wrong: set[int]) -> Mapping:
    kept = {
        name: Entry(key, _rest(value, wrong))
        for name, (key, value) in node.entries.items()
        if id(value) not in wrong
    }
    return node._replace(entries=kept)


def _rest(node: Node, wrong: set[int]) -> Node:
    match node:
        case Scalar():
            return node
        case Mapping():
            return _mapping(node, wrong)
        case Sequence():
            items = tuple(_rest(item, wrong) for item in node.items if id(item) not in wrong)
            return node._replace(items=items)
        case _:
            assert_never(node)
