"""Content encodings are undone under a bound, or refused."""

from __future__ import annotations

import gzip
import zlib

import pytest

from policy_router.wire.encodings import decoded
from policy_router.wire.refusal import RefusalCode, Refused

PLAIN = b'{"model": "a"}' * 50
GZIPPED = gzip.compress(PLAIN, mtime=0)
MOST = 10_000


@pytest.mark.parametrize("coding", [None, "identity", " Identity "])
def test_plain_bodies_stay_as_they_are(coding: str | None) -> None:
    assert decoded(PLAIN, coding, MOST) == PLAIN


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", GZIPPED), ("GZIP", GZIPPED), ("deflate", zlib.compress(PLAIN))],
)
def test_known_encodings_are_undone(coding: str, body: bytes) -> None:
    assert decoded(body, coding, MOST) == PLAIN


@pytest.mark.parametrize("coding", ["compress", "x-br", "gzip, gzip", "gzip;q=1", "utf-8"])
def test_other_encodings_are_not_supported(coding: str) -> None:
    with pytest.raises(Refused) as caught:
        decoded(PLAIN, coding, MOST)
    assert (caught.value.code, caught.value.status) == (RefusalCode.UNSUPPORTED_MEDIA, 415)


def test_a_bomb_is_stopped_at_the_bound() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(Refused) as caught:
        decoded(bomb, "gzip", MOST)
    assert caught.value.code is RefusalCode.BODY_TOO_LARGE


def test_the_bound_itself_passes() -> None:
    assert len(decoded(gzip.compress(b"0" * MOST), "gzip", MOST)) == MOST


@pytest.mark.parametrize(
    "body",
    [
        PLAIN,
        b"",
        GZIPPED[:-9],
        GZIPPED + b"more",
        GZIPPED + GZIPPED,
        zlib.compress(PLAIN),
    ],
)
def test_bodies_that_are_not_what_they_say(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        decoded(body, "gzip", MOST)
    assert caught.value.code is RefusalCode.INVALID_BODY
