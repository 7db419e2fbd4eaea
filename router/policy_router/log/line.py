"""One record as one line: its number and the hash of the line before come first.

    {"after":"<64 hex digits>","n":<number>,"kind":...}

A line is known by its hash, which the next line repeats, and which is a leaf of the log's tree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policy_router.log.merkle import leaf_hash

FIRST: Final = bytes(32)
"""What the first line of a log says of the line before it."""

MOST_BYTES: Final = 32 * 1024 * 1024
"""How large a line may be: all routes on file with a hundred verdicts each are less."""

_CANONICAL: Final = json.JSONEncoder(
    sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":")
)
_AFTER: Final = b'{"after":"'
_NUMBER: Final = b'","n":'
_HASH_ENDS: Final = len(_AFTER) + 64
_NUMBER_BEGINS: Final = _HASH_ENDS + len(_NUMBER)
_MOST_DIGITS: Final = 19
_ROOM_FOR_ITS_PLACE: Final = _NUMBER_BEGINS + _MOST_DIGITS
_OURS: Final = frozenset({"after", "n"})


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says of its place: its number, the line before, and its own hash."""

    number: int
    after: bytes
    hash: bytes


class Written(Mapping[str, Any]):
    """A record that was written before it is kept: `text` is it, packed.

    `known`: some of its values, for those who would otherwise have to read it for them.
    """

    __slots__ = ("_data", "_known", "text")

    def __init__(self, text: bytes, known: Mapping[str, Any]) -> None:
        self.text = text
        self._known = known
        self._data: dict[str, Any] | None = None

    def _read(self) -> dict[str, Any]:
        if self._data is None:
            self._data = json.loads(self.text)
        return self._data

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - any JSON
        return self._known[name] if name in self._known else self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


def packed(record: Mapping[str, Any]) -> bytes:
    """A record in bytes, before it has its place: canonical JSON.

    Raises `ValueError` for a record without `kind`, with a name that is the log's own, with values
    that are no JSON, or that no line has the room for.
    """
    if isinstance(record, Written):
        return record.text
    if "kind" not in record or not _OURS.isdisjoint(record):
        message = "a record has a `kind`, and leaves `after` and `n` to the log"
        raise ValueError(message)
    text = _CANONICAL.encode(record).encode()
    if len(text) > MOST_BYTES - _ROOM_FOR_ITS_PLACE:
        message = f"a record has {MOST_BYTES >> 20} MiB at most, and this has {len(text):,} bytes"
        raise ValueError(message)
    return text


def placed(record: bytes, number: int, after: bytes) -> bytes:
    """The line, without its end, of a packed record at its place."""
    return b"%b%b%b%d,%b" % (_AFTER, after.hex().encode(), _NUMBER, number, record[1:])


def read_line(line: bytes) -> Line | None:
    """The place of a line (without its end); None for what is no line of a log."""
    if not (line.startswith(_AFTER) and line[_HASH_ENDS:_NUMBER_BEGINS] == _NUMBER):
        return None
    number, comma, _ = line[_NUMBER_BEGINS : _NUMBER_BEGINS + _MOST_DIGITS].partition(b",")
    if not (comma and number.isdigit() and line.endswith(b"}")):
        return None
    try:
        after = bytes.fromhex(line[len(_AFTER) : _HASH_ENDS].decode("ascii"))
    except ValueError:
        return None
    return Line(int(number), after, leaf_hash(line))
