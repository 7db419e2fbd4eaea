"""Client transports, as far as both generations of httpx are alike: everything but the import."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Any, ClassVar, Final
from urllib.parse import SplitResult, urlsplit

from anyio.to_thread import run_sync

from policy_router.audit.log import Log
from policy_router.enforcement.answer import Answer, Forward, Refuse, redirected
from policy_router.enforcement.callers import caller_of
from policy_router.enforcement.context import Who, as_floor, current_floor, note_transport
from policy_router.enforcement.facts import NOBODY, Floor, floor_of
from policy_router.enforcement.gate import admit, gate_for
from policy_router.service.pdp import PDP
from policy_router.store.project import Loaded
from policy_router.wire.headers import Headers, lowered
from policy_router.wire.http_call import HttpCall
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits

SDK_BASE_URL: Final = "https://api.openai.com/v1"

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_REDIRECTS: Final = range(300, 400)

Message = Any
"""A request, response or address of either library; they share no types."""


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

    def __init__(  # noqa: PLR0913 - each has a default but the one that decides
        self,
        pdp: PDP,
        *,
        who: Who | None = None,
        log: Log | None = None,
        base_urls: Iterable[str] = (),
        inner: Message = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._gate = gate_for(self.library.__name__, pdp, log, limits)
        self._who = None if who is None else as_floor(who)
        self._base_urls = (SDK_BASE_URL, *base_urls)
        self._inner = inner or getattr(self.library, self.sender)()
        note_transport(pdp)

    def _answer(self, request: Message) -> Answer:
        headers = lowered(request.headers.raw)
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        loaded = self._gate.pdp.loaded
        place = self._below_base(request.url, path, loaded)
        call = HttpCall(request.method, place, query, headers, request.content)
        return admit(self._gate, call, self._floor(headers, loaded), loaded.snapshot)

    def _floor(self, headers: Headers, loaded: Loaded) -> Floor:
        stated = current_floor() or self._who
        if stated is not None:
            return stated
        caller = caller_of(headers, loaded.callers.values())
        return NOBODY if caller is None else floor_of(caller)

    def _below_base(self, url: Message, path: str, loaded: Loaded) -> str | None:
        """What of `path` follows the longest governed base URL; None if none is above it."""
        gateways = loaded.snapshot.registry.gateways.values()
        known = [urlsplit(base) for base in (*self._base_urls, *(g.base_url for g in gateways))]
        prefixes = [base.path.rstrip("/") for base in known if _same_origin(base, url)]
        above = [prefix for prefix in prefixes if path.startswith(prefix + "/")]
        return path.removeprefix(max(above, key=len)) if above else None

    def _upstream(self, forward: Forward, request: Message) -> Message:
        """The request to send: of the client's nothing but how long it is willing to wait."""
        timeout = {key: v for key, v in request.extensions.items() if key == "timeout"}
        return self.library.Request(
            "POST",
            forward.url,
            headers=list(forward.headers),
            content=forward.body,
            extensions=timeout,
        )

    def _response(self, answer: Refuse, request: Message) -> Message:
        return self.library.Response(
            answer.status, headers=list(answer.headers), content=answer.body, request=request
        )


class GoverningSync(Governing):
    """For synchronous clients."""

    sender = "HTTPTransport"

    def handle_request(self, request: Message) -> Message:
        """Decide the call, and send what may be sent; a refusal is a response."""
        request.read()
        answer = self._answer(request)
        if isinstance(answer, Refuse):
            return self._response(answer, request)
        response = self._inner.handle_request(self._upstream(answer, request))
        if response.status_code in _REDIRECTS:
            response.close()
            return self._response(redirected(answer), request)
        response.headers.update(answer.response_headers)
        return response

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()


class GoverningAsync(Governing):
    """For asynchronous clients; deciding and recording never block their loop."""

    sender = "AsyncHTTPTransport"

    async def handle_async_request(self, request: Message) -> Message:
        """Decide the call, and send what may be sent; a refusal is a response."""
        await request.aread()
        answer = await run_sync(self._answer, request)
        if isinstance(answer, Refuse):
            return self._response(answer, request)
        response = await self._inner.handle_async_request(self._upstream(answer, request))
        if response.status_code in _REDIRECTS:
            await response.aclose()
            return self._response(redirected(answer), request)
        response.headers.update(answer.response_headers)
        return response

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self._inner.aclose()


def _same_origin(base: SplitResult, url: Message) -> bool:
    port = base.port or _DEFAULT_PORTS.get(base.scheme)
    asked = url.port or _DEFAULT_PORTS.get(url.scheme)
    return (base.scheme, base.hostname, port) == (url.scheme, url.host, asked)
