"""Checkpoints: how long the log was and what its tree's root was, signed.

What is signed is the body of a checkpoint as transparency logs write it (C2SP tlog-checkpoint: the
origin, the size, the root in base64, then lines of one's own: here the instant), with Ed25519
(RFC 8032).
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

_TEXTS: Final = ("log", "root", "at")
_MOST: Final = 2**63


class Signer(Protocol):
    """Signs checkpoints."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""

    def sign(self, body: bytes) -> bytes:
        """The signature of `body`."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log at an instant.

    `log`: its origin, a name that is its own. `at`: ISO 8601, UTC. `key`: the public key that
    `signature` is by, in hexadecimal; None for both: it is not signed.
    """

    log: str
    size: int
    root: bytes
    at: str
    key: str | None = None
    signature: bytes | None = None

    def body(self) -> bytes:
        """What is signed."""
        root = b64encode(self.root).decode()
        return f"{self.log}\n{self.size}\n{root}\n{self.at}\n".encode()

    def signed(self, signer: Signer) -> Checkpoint:
        """The checkpoint with a signature of its body."""
        key, signature = signer.public_key.hex(), signer.sign(self.body())
        return Checkpoint(self.log, self.size, self.root, self.at, key, signature)

    def line(self) -> bytes:
        """The checkpoint as a line of a file, with its end."""
        data: dict[str, Any] = {
            "log": self.log,
            "size": self.size,
            "root": b64encode(self.root).decode(),
            "at": self.at,
        }
        if self.key is not None and self.signature is not None:
            data |= {"key": self.key, "signature": b64encode(self.signature).decode()}
        return json.dumps(data, separators=(",", ":")).encode() + b"\n"


def read_checkpoint(line: bytes) -> Checkpoint | None:
    """The checkpoint that a line holds; None if it is none."""
    try:
        data = json.loads(line)
        log, root, at = (str(data[name]) for name in _TEXTS)
        key, signature = data.get("key"), data.get("signature")
        return Checkpoint(
            log,
            _size(data["size"]),
            b64decode(root, validate=True),
            at,
            None if key is None else str(key),
            None if signature is None else b64decode(signature, validate=True),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _size(said: object) -> int:
    """A number of records; raises `ValueError` for what is none."""
    if type(said) is not int or not 0 <= said < _MOST:
        raise ValueError(said)
    return said


def checkpoints_in(path: Path) -> list[Checkpoint]:
    """The whole checkpoints of a file; a line that a crash cut short is none."""
    return [found for found in map(read_checkpoint, _lines_of(path)) if found is not None]


def damaged_in(path: Path) -> list[int]:
    """Which lines of a file of checkpoints are none, counted from 1: cut short, or changed."""
    lines = enumerate(_lines_of(path), 1)
    return [number for number, line in lines if line and read_checkpoint(line) is None]


def last_checkpoint(
    path: Path, holds: Callable[[Checkpoint], bool] = lambda _: True
) -> Checkpoint | None:
    """The newest whole checkpoint of a file that `holds`; None if there is none."""
    found = map(read_checkpoint, reversed(_lines_of(path)))
    return next((each for each in found if each is not None and holds(each)), None)


def _lines_of(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
