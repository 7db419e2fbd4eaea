"""Downloads of catalogues: https only, bounded, conditional on what was downloaded before.

Sources: RFC 9110 sections 13 (conditional requests) and 15.4 (redirects).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from policy_router.domain.release import install
from policy_router.registry.importers.refusal import ImportRefused
from policy_router.registry.importers.strict_json import DEFAULT_LIMITS, too_large
from policy_router.store.cache import Cache
from policy_router.store.writing import replaced

if TYPE_CHECKING:
    import httpx

_DOWNLOADS: Final = "downloads"
_SECONDS: Final = 30.0
_WHOLE_SECONDS: Final = 300.0
_REDIRECTS: Final = 3
_UNCHANGED: Final = 304
_FINE: Final = 200
_ENCODINGS: Final = ("gzip", "identity")
_VALIDATORS: Final = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


@dataclass(frozen=True, slots=True)
class Key:
    """A bearer key, and the one host it may be sent to."""

    value: str
    host: str

    def __repr__(self) -> str:
        """Without the key itself, so that no report or log can hold it."""
        return f"Key(host={self.host!r})"


def is_address(text: str) -> bool:
    """Whether `text` is an address rather than a file."""
    return "://" in text


def fetch(
    address: str,
    cache: Cache | None,
    key: Key | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
) -> bytes:
    """The body at `address`; what was downloaded before where the server says it is unchanged.

    That is kept in `cache`, under its seal; None: it is not kept, and asked for every time.
    A body counts by its size after decompression. Raises `ImportRefused`.
    """
    httpx = _httpx()
    kept = None if cache is None else _Kept(cache, address)
    try:
        with httpx.Client(transport=transport, timeout=_SECONDS, follow_redirects=False) as client:
            return _followed(client, address, key, kept)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        what = type(error).__name__
        raise ImportRefused("IMP301", f"no answer that can be read ({what})") from None


def _httpx() -> Any:  # noqa: ANN401 - the module, which is optional
    try:
        import httpx  # noqa: PLC0415 - optional
    except ImportError:
        advice = f"{install('httpx')}, or download the file yourself"
        raise ImportRefused("IMP301", "downloading needs httpx", advice) from None
    return httpx


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was downloaded from an address before: the body, and beside it its validators."""

    cache: Cache
    address: str

    @property
    def _body(self) -> Path:
        name = f"{sha256(self.address.encode()).hexdigest()[:32]}.json"
        return self.cache.folder / _DOWNLOADS / name

    @property
    def _about(self) -> Path:
        return self._body.with_suffix(".about")

    def conditions(self) -> dict[str, str]:
        """Headers that ask for the body only if it changed; none if there is none."""
        found = self._found()
        return {} if found is None else found[1]

    def body(self) -> bytes | None:
        """The body; None if there is none, or another than was kept."""
        found = self._found()
        return None if found is None else found[0]

    def _found(self) -> tuple[bytes, dict[str, str]] | None:
        """The body and its conditions, if both are what was kept."""
        try:
            about, body = json.loads(self._about.read_text("utf-8")), self._body.read_bytes()
            conditions = {str(name): str(value) for name, value in about["conditions"].items()}
            is_ours = hmac.compare_digest(self._seal(body, conditions), str(about["seal"]))
        except Exception:  # noqa: BLE001 - whatever lies there, it is asked for again
            return None
        return (body, conditions) if is_ours else None

    def keep(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Keep `body`, readable by its user alone."""
        conditions = {_VALIDATORS[n]: headers[n] for n in _VALIDATORS if n in headers}
        about = {"seal": self._seal(body, conditions), "conditions": conditions}
        replaced(self._body, body)
        replaced(self._about, json.dumps(about).encode())

    def _seal(self, body: bytes, conditions: Mapping[str, str]) -> str:
        said = (text for pair in sorted(conditions.items()) for text in pair)
        return self.cache.seal(
            _DOWNLOADS.encode(), self.address.encode(), body, *map(str.encode, said)
        )


def _followed(client: httpx.Client, address: str, key: Key | None, kept: _Kept | None) -> bytes:
    host = _checked(address, None)
    for _ in range(_REDIRECTS + 1):
        with client.stream("GET", address, headers=_headers(address, key, kept)) as answer:
            if answer.has_redirect_location:
                address = str(answer.url.join(answer.headers["location"]))
                _checked(address, host)
                continue
            return _answered(answer, kept)
    raise ImportRefused("IMP302", f"more than {_REDIRECTS} redirects")


def _checked(address: str, host: str | None) -> str:
    """The host of an address that may be read: https, and that of the address before."""
    try:
        parts = urlsplit(address)
        found = parts.hostname or ""
    except ValueError:
        raise ImportRefused("IMP302", "the address cannot be read") from None
    if parts.scheme != "https" or not found or "@" in parts.netloc:
        raise ImportRefused("IMP302", "the address is not one of https, or holds a password")
    if host is not None and parts.netloc != host:
        raise ImportRefused("IMP302", f"it redirects to another host, `{found}`")
    return parts.netloc


def _headers(address: str, key: Key | None, kept: _Kept | None) -> dict[str, str]:
    conditions = {} if kept is None else kept.conditions()
    headers = {"Accept": "application/json", "Accept-Encoding": "gzip", **conditions}
    if key is not None and urlsplit(address).netloc == key.host:
        headers["Authorization"] = f"Bearer {key.value}"
    return headers


def _answered(answer: httpx.Response, kept: _Kept | None) -> bytes:
    before = kept.body() if kept is not None and answer.status_code == _UNCHANGED else None
    if before is not None:
        return before
    if answer.status_code != _FINE:
        raise ImportRefused("IMP301", f"the answer has status {answer.status_code}")
    if answer.headers.get("content-encoding", "identity") not in _ENCODINGS:
        raise ImportRefused("IMP301", "the answer is compressed in a way that was not asked for")
    body = _bounded(answer)
    if kept is not None:
        kept.keep(body, answer.headers)
    return body


def _bounded(answer: httpx.Response) -> bytes:
    """The decompressed body, given up as soon as it is too large."""
    body, begun = bytearray(), monotonic()
    for chunk in answer.iter_bytes(chunk_size=65_536):
        body += chunk
        if len(body) > DEFAULT_LIMITS.size:
            raise too_large(DEFAULT_LIMITS.size)
        if monotonic() - begun > _WHOLE_SECONDS:
            raise ImportRefused("IMP301", "the download takes too long")
    return bytes(body)
