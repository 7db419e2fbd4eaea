"""Content codings of a request body, undone under a bound (RFC 9110, section 8.4).

Brotli (RFC 7932) and Zstandard (RFC 8878) need the packages of the extra `encodings`; without
them they are codings that are not supported.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from types import ModuleType
from typing import Final

from policy_router.wire.json_strict import too_large
from policy_router.wire.refusal import RefusalCode, Refused

zstd: ModuleType | None
try:
    import brotli
except ImportError:  # pragma: no cover - depends on what is installed
    brotli = None
try:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
except ImportError:  # pragma: no cover - depends on what is installed
    zstd = None

_WIDEST_WINDOW: Final = 23
"""Eight MiB, which every decoder should support (RFC 8878, section 3.1.1.1.2)."""

Undo = Callable[[bytes, int], bytes]
"""Undoes one coding of a body, up to a number of bytes and one more."""


def decoded(body: bytes, coding: str | None, most: int) -> bytes:
    """`body` without its `Content-Encoding`, at most `most` bytes of it.

    Raises `Refused` for a coding that is not known or applied twice, for more bytes, and for data
    that are cut short or followed by others.
    """
    name = (coding or "identity").strip().lower()
    if name == "identity":
        return body
    undo = _known().get(name)
    if undo is None:
        raise Refused(
            RefusalCode.UNSUPPORTED_MEDIA,
            "the body has a content encoding that is not supported",
            f"send it plain, or encoded once with {' or '.join(sorted(_known()))}",
        )
    plain = undo(body, max(most, 0) + 1)  # those that undo it take none, or less, for any number
    if len(plain) > most:
        raise too_large(most)
    return plain


def _known() -> dict[str, Undo]:
    known: dict[str, Undo] = {"gzip": _gunzipped, "x-gzip": _gunzipped, "deflate": _inflated}
    if brotli is not None:
        known["br"] = _unbrotlied
    if zstd is not None:
        known["zstd"] = _unzstandarded
    return known


def _gunzipped(body: bytes, most: int) -> bytes:
    return _zlib(body, most, zlib.MAX_WBITS + 16)


def _inflated(body: bytes, most: int) -> bytes:
    return _zlib(body, most, zlib.MAX_WBITS)


def _zlib(body: bytes, most: int, bits: int) -> bytes:
    inflater = zlib.decompressobj(bits)
    try:
        plain = inflater.decompress(body, most)
    except zlib.error:
        raise _corrupt() from None
    if len(plain) < most and (not inflater.eof or inflater.unused_data):
        raise _corrupt()
    return plain


def _unbrotlied(body: bytes, most: int) -> bytes:
    assert brotli is not None  # noqa: S101 - only listed where it is there
    unpacker = brotli.Decompressor()
    try:
        plain: bytes = unpacker.process(body, output_buffer_limit=most)
    except brotli.error:
        raise _corrupt() from None
    if len(plain) < most and not unpacker.is_finished():
        raise _corrupt()
    return plain


def _unzstandarded(body: bytes, most: int) -> bytes:
    assert zstd is not None  # noqa: S101 - only listed where it is there
    bound = {zstd.DecompressionParameter.window_log_max: _WIDEST_WINDOW}
    unpacker = zstd.ZstdDecompressor(options=bound)
    try:
        plain: bytes = unpacker.decompress(body, most)
    except zstd.ZstdError:
        raise _corrupt() from None
    if len(plain) < most and (not unpacker.eof or unpacker.unused_data):
        raise _corrupt()
    return plain


def _corrupt() -> Refused:
    return Refused(RefusalCode.INVALID_BODY, "the body is not what its content encoding says")
