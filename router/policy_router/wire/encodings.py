"""Content codings of a request body, undone under a bound (RFC 9110, section 8.4)."""

from __future__ import annotations

import zlib

from policy_router.wire.json_strict import too_large
from policy_router.wire.refusal import RefusalCode, Refused

_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": zlib.MAX_WBITS}


def decoded(body: bytes, coding: str | None, most: int) -> bytes:
    """`body` without its `Content-Encoding`, at most `most` bytes of it.

    Raises `Refused` for a coding that is not known or applied twice, for more bytes, and for data
    that are cut short or followed by others.
    """
    name = (coding or "identity").strip().lower()
    if name == "identity":
        return body
    bits = _WINDOW_BITS.get(name)
    if bits is None:
        raise Refused(
            RefusalCode.UNSUPPORTED_MEDIA,
            "the body has a content encoding that is not supported",
            "send it plain, or encoded once with gzip or deflate",
        )
    return _inflated(body, bits, most)


def _inflated(body: bytes, bits: int, most: int) -> bytes:
    inflater = zlib.decompressobj(bits)
    try:
        plain = inflater.decompress(body, most + 1)
    except zlib.error:
        raise _corrupt() from None
    if len(plain) > most:
        raise too_large(most)
    if not inflater.eof or inflater.unused_data:
        raise _corrupt()
    return plain


def _corrupt() -> Refused:
    return Refused(RefusalCode.INVALID_BODY, "the body is not what its content encoding says")
