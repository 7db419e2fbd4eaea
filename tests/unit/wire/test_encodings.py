"""Content encodings are undone under a bound, or refused."""

from __future__ import annotations

import gzip
import sys
import tracemalloc
import zlib

import brotli
import pytest

from policy_router.wire import encodings
from policy_router.wire.encodings import decoded
from policy_router.wire.refusal import RefusalCode, Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PLAIN = b'{"model": "a"}' * 50
GZIPPED = gzip.compress(PLAIN, mtime=0)
MOST = 10_000


@pytest.mark.parametrize("coding", [None, "identity", " Identity "])
def test_plain_bodies_stay_as_they_are(coding: str | None) -> None:
    assert decoded(PLAIN, coding, MOST) == PLAIN


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", GZIPPED),
        ("GZIP", GZIPPED),
        ("deflate", zlib.compress(PLAIN)),
        ("br", brotli.compress(PLAIN)),
        ("zstd", zstd.compress(PLAIN)),
    ],
)
def test_known_encodings_are_undone(coding: str, body: bytes) -> None:
    assert decoded(body, coding, MOST) == PLAIN


@pytest.mark.parametrize("coding", ["compress", "x-br", "gzip, gzip", "gzip;q=1", "utf-8"])
def test_other_encodings_are_not_supported(coding: str) -> None:
    with pytest.raises(Refused) as caught:
        decoded(PLAIN, coding, MOST)
    assert (caught.value.code, caught.value.status) == (RefusalCode.UNSUPPORTED_MEDIA, 415)


_PACKED = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstd.compress}


@pytest.mark.parametrize("coding", _PACKED)
def test_a_bomb_is_stopped_at_the_bound(coding: str) -> None:
    bomb = _PACKED[coding](b"0" * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(Refused) as caught:
        decoded(bomb, coding, MOST)
    assert caught.value.code is RefusalCode.BODY_TOO_LARGE


@pytest.mark.parametrize("most", [0, -1, -2])
@pytest.mark.parametrize("coding", _PACKED)
def test_where_no_room_is_left_nothing_is_unpacked(coding: str, most: int) -> None:
    packed = _PACKED[coding](b"0" * 2**23)
    tracemalloc.start()
    with pytest.raises(Refused) as caught:
        decoded(packed, coding, most)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.code is RefusalCode.BODY_TOO_LARGE
    assert taken < 2**23


@pytest.mark.parametrize("coding", _PACKED)
def test_the_bound_itself_passes(coding: str) -> None:
    assert len(decoded(_PACKED[coding](b"0" * MOST), coding, MOST)) == MOST


@pytest.mark.parametrize("coding", _PACKED)
def test_what_is_cut_short_or_followed_by_more_is_corrupt(coding: str) -> None:
    packed = _PACKED[coding](PLAIN)
    for body in (packed[:-3], packed + b"more", packed + packed, b"", PLAIN):
        with pytest.raises(Refused) as caught:
            decoded(body, coding, MOST)
        assert caught.value.code is RefusalCode.INVALID_BODY, body


def test_a_window_larger_than_every_decoder_has_is_refused() -> None:
    wide = {int(zstd.CompressionParameter.window_log): 27}
    packed = zstd.compress(b"0" * 40_000_000, options=wide)
    with pytest.raises(Refused):
        decoded(packed, "zstd", 50_000_000)


def test_without_their_packages_the_newer_encodings_are_not_supported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encodings, "brotli", None)
    monkeypatch.setattr(encodings, "zstd", None)
    for coding in ("br", "zstd"):
        with pytest.raises(Refused) as caught:
            decoded(_PACKED[coding](PLAIN), coding, MOST)
        assert caught.value.code is RefusalCode.UNSUPPORTED_MEDIA
    assert decoded(GZIPPED, "gzip", MOST) == PLAIN


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
