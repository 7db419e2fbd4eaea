"""What stands before every page: whose address it is, who asks, and what a browser may do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from policy_router.explorer.access import Access
from policy_router.report.visible import escaped

Refusing = Callable[[int, str, str], Response]
"""Makes the page of a refusal: status, what is wrong, what to do."""

ENTER: Final = "/enter"
STATIC: Final = "/static/"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""`same-origin` as referrer policy: without any, browsers leave out the origin of a form too."""

_ASKS: Final = ("GET", "HEAD")
_FOREIGN: Final = ("cross-site", "same-site")
_LOGGER: Final = logging.getLogger("policy_router")


class Guard:
    """Lets a request through to `app` if it is for this address and of the session."""

    def __init__(self, app: ASGIApp, access: Access, refusing: Refusing) -> None:
        self._app = app
        self._access = access
        self._refusing = refusing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, whatever goes wrong, with headers that leave a page nothing but what it is."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        try:
            await (self._refused(scope) or self._app)(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody gets a traceback
            _LOGGER.error("a page could not be shown: %s", _named(error))  # noqa: TRY400
            if not begun:
                await self._refusing(500, FAULT, REPORT)(scope, receive, sending)

    def _refused(self, scope: Scope) -> Response | None:
        headers, path = Headers(scope=scope), scope["path"]
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self._access.hosts:
            return Response("this is not the name of this address\n", 421, media_type="text/plain")
        if scope["method"] not in {*_ASKS, "POST"}:
            return Response("nothing is done here\n", 405, media_type="text/plain")
        if scope["method"] == "POST" and headers.getlist("origin") != [f"http://{hosts[0]}"]:
            return self._refusing(403, "this was sent by a page that is none of these", _LINK)
        if path == ENTER or path.startswith(STATIC):
            return None
        if headers.get("sec-fetch-site") in _FOREIGN:
            return self._refusing(403, "another page leads here", _TYPE)
        if not self._access.is_session(_cookie(headers, self._access.cookie)):
            return self._refusing(403, "this browser was not let in", _LINK)
        return None


_LINK: Final = (
    "open the link that `policy-router ui` printed; once used, start it again for another"
)
_TYPE: Final = "reload this page, or open it from the explorer itself"
FAULT: Final = "a defect of this program: this page could not be made"
REPORT: Final = "the terminal says what it was; please report it"


def _cookie(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return found[name].value if name in found else ""


def _named(error: Exception) -> str:
    return escaped(f"{type(error).__name__}: {error}")
