"""A Merkle tree (RFC 9162 section 2.1) that only grows: its right edge is all that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

EMPTY_ROOT: Final = sha256(b"").digest()


_AT_ONCE: Final = 2_000
"""Bytes that are hashed without letting other threads on meanwhile, which hashlib does from 2,048.

A thread that has let another on gets its turn again only after up to 5 ms, and a group of records
has many entries: they would keep everybody waiting who waits for the group.
"""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry."""
    found = sha256(b"\x00" + entry[:_AT_ONCE])
    for start in range(_AT_ONCE, len(entry), _AT_ONCE):
        found.update(entry[start : start + _AT_ONCE])
    return found.digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """`size` leaves, known by `edge`: the roots of its full subtrees, the largest first."""

    __slots__ = ("edge", "size")

    def __init__(self, size: int = 0, edge: Iterable[bytes] = ()) -> None:
        self.size = size
        self.edge = list(edge)
        if len(self.edge) != size.bit_count():
            message = f"a tree of {size} leaves has {size.bit_count()} full subtrees"
            raise ValueError(message)

    def add(self, leaf: bytes) -> None:
        """Put the hash of an entry behind the others."""
        size, node = self.size, leaf
        while size & 1:
            node = _node_hash(self.edge.pop(), node)
            size >>= 1
        self.edge.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The hash of the whole tree."""
        if not self.edge:
            return EMPTY_ROOT
        node = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            node = _node_hash(left, node)
        return node

    def beginnings(self) -> Iterator[Tree]:
        """The trees of fewer leaves that its own edge tells: of its first full subtrees."""
        size, rest = 0, self.size
        for count in range(1, len(self.edge)):
            size += 1 << (rest.bit_length() - 1)
            rest = self.size - size
            yield Tree(size, self.edge[:count])

    def copy(self) -> Tree:
        """The tree as it is now."""
        return Tree(self.size, self.edge)
