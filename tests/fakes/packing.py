"""Content codings of answers: what is said is packed as the call accepts, a stream part by part."""

from __future__ import annotations

import sys
import zlib
from typing import Any, Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


class Packer(Protocol):
    """Packs one answer; `line` is the header that says how."""

    line: str

    def part(self, said: bytes) -> bytes:
        """A part of it, from which all of `said` can be read at once."""

    def end(self) -> bytes:
        """What is left at its end."""

    def whole(self, said: bytes) -> bytes:
        """All of it."""


class _Packer:
    def __init__(self, coding: str, pack: Any = None, flush: Any = None, end: Any = None) -> None:  # noqa: ANN401 - of three libraries
        self.line = f"content-encoding: {coding}\r\n" if coding else ""
        self._pack = pack or bytes
        self._flush = flush or bytes
        self._end = end or bytes

    def part(self, said: bytes) -> bytes:
        packed: bytes = self._pack(said) + self._flush()
        return packed

    def end(self) -> bytes:
        left: bytes = self._end()
        return left

    def whole(self, said: bytes) -> bytes:
        return self.part(said) + self.end()


def packer(codings: tuple[str, ...], accepted: str) -> Packer:
    """The packer of an answer: the first of `codings` that `accepted` names, or none."""
    asked = {each.partition(";")[0].strip().lower() for each in accepted.split(",")}
    coding = next((each for each in codings if each in asked), "")
    if coding == "gzip":
        gzip = zlib.compressobj(wbits=zlib.MAX_WBITS + 16)
        return _Packer(coding, gzip.compress, lambda: gzip.flush(zlib.Z_SYNC_FLUSH), gzip.flush)
    if coding == "br":
        br = brotli.Compressor()
        return _Packer(coding, br.process, br.flush, br.finish)
    if coding == "zstd":
        zs = zstd.ZstdCompressor()
        return _Packer(coding, zs.compress, lambda: zs.flush(zs.FLUSH_BLOCK), zs.flush)
    return _Packer(coding)
