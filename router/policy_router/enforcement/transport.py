"""Client transports, as far as both generations of httpx are alike: everything but the import."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import lru_cache, partial
from types import ModuleType
from typing import ClassVar, Final
from urllib.parse import urlsplit

from policy_router.audit.record import Ending
from policy_router.detect.detector import Detector
from policy_router.enforcement.answer import Forward, Reply
from policy_router.enforcement.carriage import AsyncCarriage, Carriage, Message
from policy_router.enforcement.context import Who, as_floor, current_floor, note_transport
from policy_router.enforcement.exchange import Ended, Exchange, exchange
from policy_router.enforcement.facts import NOBODY, Floor
from policy_router.enforcement.gate import gate_for
from policy_router.enforcement.observing import Unchanged
from policy_router.enforcement.per_load import PerLoad
from policy_router.log.kept import Log
from policy_router.service.pdp import PDP
from policy_router.store.project import Loaded
from policy_router.wire.headers import GOVERNANCE, Headers, lowered
from policy_router.wire.http_call import HttpCall
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits
from policy_router.wire.operation import Dialect

SDK_BASE_URLS: Final = {
    "https://api.openai.com/v1": Dialect.OPENAI,
    "https://api.anthropic.com": Dialect.ANTHROPIC,
    "https://generativelanguage.googleapis.com": Dialect.GOOGLE,
}
"""Where the official SDKs send calls that are told nothing else."""

_Origin = tuple[str, str | None, int | None]
_Bases = dict[_Origin, list[tuple[str, Dialect | None]]]
"""Governed base URLs, by origin: the path of each, and whose clients use it."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Governing:
    """What the transports have in common: who calls, what is governed, how an answer is made.

    `who` states the facts of every call that no `governed_facts` is nearer to; without either a
    caller is known by the key the call carries. `log` is by default the project's. `base_urls`:
    what the SDK is pointed at, besides its own default and the project's gateways; where a call
    goes is decided by its route alone. `inner` sends (default: the library's own transport).

    Raises `ValueError` if there is no log, `DocumentErrors` for facts that do not exist.
    """

    library: ClassVar[ModuleType]
    sender: ClassVar[str]
    body: ClassVar[type]

    def __init__(  # noqa: PLR0913 - each has a default but the one that decides
        self,
        pdp: PDP,
        *,
        who: Who | None = None,
        log: Log | None = None,
        base_urls: Iterable[str] = (),
        inner: Message = None,
        limits: Limits = DEFAULT_LIMITS,
        detectors: tuple[Detector, ...] = (),
    ) -> None:
        self.gate = gate_for(self.library.__name__, pdp, log, limits, detectors)
        self._who = None if who is None else as_floor(who)
        self._base_urls = {**SDK_BASE_URLS, **dict.fromkeys(base_urls)}
        self._bases = PerLoad(self._bases_in)
        self.inner = inner or getattr(self.library, self.sender)()
        note_transport(pdp)

    def exchange(self, request: Message) -> Exchange:
        """What becomes of a request, which has been read."""
        headers = lowered(request.headers.raw)
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        loaded = self.gate.pdp.loaded
        place, dialect = self._below_base(request.url, path, loaded)
        call = HttpCall(request.method, place, query, headers, request.content, dialect)
        way = partial(_as_the_client_has_it, request, headers)
        return exchange(self.gate, call, self._floor(headers, loaded), loaded, way)

    def _floor(self, headers: Headers, loaded: Loaded) -> Floor:
        stated = current_floor() or self._who
        if stated is not None:
            return stated
        return self.gate.floors.of(loaded).floor(headers) or NOBODY

    def _below_base(
        self, url: Message, path: str, loaded: Loaded
    ) -> tuple[str | None, Dialect | None]:
        """What of `path` follows the longest governed base URL, and whose clients use that one.

        None if no base URL is above it.
        """
        asked = (url.scheme, url.host, url.port or _DEFAULT_PORTS.get(url.scheme))
        near = self._bases.of(loaded).get(asked, ())
        above = [(prefix, said) for prefix, said in near if path.startswith(prefix + "/")]
        if not above:
            return None, None
        prefix, dialect = above[0] if len(above) == 1 else max(above, key=_length)
        return path.removeprefix(prefix), dialect

    def _bases_in(self, loaded: Loaded) -> _Bases:
        gateways = loaded.snapshot.registry.gateways.values()
        known: dict[str, Dialect | None] = dict.fromkeys(g.base_url for g in gateways)
        bases: _Bases = {}
        for base, said in {**known, **self._base_urls}.items():
            origin, prefix = _place(base)
            bases.setdefault(origin, []).append((prefix, said))
        return bases

    def upstream(self, forward: Forward, request: Message) -> Message:
        """The request to send: of the client's nothing but how long it is willing to wait."""
        timeout = {key: v for key, v in request.extensions.items() if key == "timeout"}
        url: Message = forward.url
        headers = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in forward.headers]
        if forward.route is None:  # as it came: its own host is among its headers
            what = {"content": forward.body}
        else:  # headers that are whole, to which the library need add nothing
            url = _parsed(self.library, forward.url)
            headers.insert(0, (b"host", url.netloc))
            what = {"stream": self.library.ByteStream(forward.body)}
        return self.library.Request(
            forward.method, url, headers=headers, extensions=timeout, **what
        )

    def failed(self, error: Exception) -> Ended:
        """How a sending ended that got no answer."""
        if isinstance(error, self.library.ConnectError | self.library.ConnectTimeout):
            return Ended(Ending.UNREACHED)
        is_late = isinstance(error, self.library.TimeoutException)
        return Ended(Ending.TIMED_OUT if is_late else Ending.BROKEN)

    def response(self, reply: Reply, request: Message) -> Message:
        """A response that is our own."""
        return self.library.Response(
            reply.status, headers=list(reply.headers), content=reply.body, request=request
        )


class GoverningSync(Governing):
    """For synchronous clients."""

    sender = "HTTPTransport"

    def handle_request(self, request: Message) -> Message:
        """Decide the call, and send what may be sent; a refusal is a response."""
        request.read()
        return Carriage(self, self.exchange(request), request).carry()

    def close(self) -> None:
        """Close the inner transport, and have a checkpoint cover what was recorded."""
        self.inner.close()
        self.gate.close()


class GoverningAsync(Governing):
    """For asynchronous clients; to decide a long call, and to record, never blocks their loop."""

    sender = "AsyncHTTPTransport"

    async def handle_async_request(self, request: Message) -> Message:
        """Decide the call, and send what may be sent; a refusal is a response."""
        await request.aread()
        return await AsyncCarriage(self, self.exchange(request), request).carry()

    async def aclose(self) -> None:
        """Close the inner transport, and have a checkpoint cover what was recorded."""
        await self.inner.aclose()
        await asyncio.to_thread(self.gate.close)


def _as_the_client_has_it(request: Message, headers: Headers) -> Unchanged:
    """Where the program sends a call, with a key of its own."""
    passed = tuple((n, v) for n, v in headers if not n.startswith(GOVERNANCE))
    return Unchanged(str(request.url), passed)


def _length(base: tuple[str, Dialect | None]) -> int:
    return len(base[0])


def _place(base_url: str) -> tuple[_Origin, str]:
    """The origin of a base URL, and its path."""
    base = urlsplit(base_url)
    port = base.port or _DEFAULT_PORTS.get(base.scheme)
    return (base.scheme, base.hostname, port), base.path.rstrip("/")


@lru_cache(maxsize=1024)
def _parsed(library: ModuleType, url: str) -> Message:
    """The address of a route, as `library` has it: there are few."""
    return library.URL(url)
