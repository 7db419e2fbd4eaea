"""What says how an answer is to be read counts only where it is said once."""

from __future__ import annotations

import gzip

import pytest

from policy_router.domain.attestation import NOTHING_SAID
from policy_router.wire.answers import Witness

BODY = b'{"model":"m-1"}'
JSON = ("content-type", "application/json")
STREAM = ("content-type", "text/event-stream")
PACKED = ("content-encoding", "gzip")
PLAIN = ("content-encoding", "identity")
SIZE = ("content-length", "15")


def _model(piece: bytes, *headers: tuple[str, str]) -> str | None:
    witness = Witness(headers)
    witness.feed(piece)
    said = witness.said
    return None if said is NOTHING_SAID else said.model


@pytest.mark.parametrize(
    ("piece", "headers"),
    [
        (BODY, ()),
        (BODY, (JSON,)),
        (BODY, (JSON, STREAM)),
        (BODY, (STREAM, STREAM, STREAM)),
        (BODY, (JSON, PACKED, PLAIN)),
        (BODY, (("content-encoding", ""),)),
        (gzip.compress(BODY, mtime=0), (JSON, PACKED)),
        (b"data: " + BODY + b"\n\n", (STREAM, ("x", "1"), ("x", "2"))),
    ],
)
def test_it_is_read_as_it_says_once(piece: bytes, headers: tuple[tuple[str, str], ...]) -> None:
    assert _model(piece, *headers) == "m-1"


def test_a_length_that_is_said_twice_is_none() -> None:
    for headers, is_whole in (((SIZE,), True), ((SIZE, SIZE), False), ((SIZE,) * 3, False)):
        witness = Witness(headers)
        witness.feed(BODY)
        assert witness.has_said_all is is_whole
