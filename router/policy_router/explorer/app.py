"""The explorer as an application: its pages, how one is let in, and what goes wrong."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, ExceptionHandler

from policy_router.domain.diagnostic import DocumentErrors
from policy_router.explorer.access import Access
from policy_router.explorer.choice import BadChoice, single
from policy_router.explorer.documents import Documents
from policy_router.explorer.guard import ENTER, FAULT, REPORT, STATIC, Guard
from policy_router.explorer.log_pages import LogPages
from policy_router.explorer.pages import NotFound, Pages
from policy_router.log.segment import LogDamaged
from policy_router.report.explorer.html import page, static_file
from policy_router.wire.refusal import Refused

_MOST_BYTES: Final = 1_000
_AGAIN: Final = "start the explorer again: it prints another link"


def application(documents: Documents, access: Access, former: tuple[str, ...] = ()) -> ASGIApp:
    """The explorer of some documents, for whoever has access.

    `former`: public keys that the log was signed with before.
    """
    pages, log, door = Pages(documents), LogPages(documents, former), _Door(access)
    routes = [
        Route("/", pages.explore),
        Route("/reason", pages.reason),
        Route("/route", pages.route),
        Route("/compare", pages.compare),
        Route("/log", log.search),
        Route("/log/call", log.call),
        Route("/log/verify", log.verify, methods=["POST"]),
        Route(ENTER, door.show),
        Route(ENTER, door.enter, methods=["POST"]),
        Route(f"{STATIC}{{name}}", _static),
    ]
    return Guard(Starlette(routes=routes, exception_handlers=_handlers()), access, refused)


def refused(status: int, what: str, advice: str) -> Response:
    """The page that says why there is none."""
    content = page("refused.html", what=f"{what[:1].upper()}{what[1:]}.", advice=_sentence(advice))
    return Response(content, status, media_type="text/html")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


class _Door:
    """Lets the one who has the link in."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def show(self, request: Request) -> Response:
        """The page behind the link: it changes nothing, so that a preview spends no token."""
        token = single(tuple(request.query_params.multi_items()), "token")
        if not self._access.is_open(token):
            return refused(403, "this link was used already, or is of another run", _AGAIN)
        return Response(page("enter.html", token=token), media_type="text/html")

    async def enter(self, request: Request) -> Response:
        """Exchange the token for a session."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BYTES:
                return refused(413, "this says too much", _AGAIN)
        token = dict(parse_qsl(body.decode("ascii", "replace"))).get("token", "")
        session = await run_in_threadpool(self._access.exchanged, token)
        if session is None:
            return refused(403, "this link was used already, or is of another run", _AGAIN)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._access.cookie, session, httponly=True, samesite="strict")
        return answer


def _static(request: Request) -> Response:
    found = static_file(request.path_params["name"])
    if found is None:
        raise NotFound("there is no such file")
    return Response(found[0], media_type=found[1])


def _handlers() -> dict[int | type[Exception], ExceptionHandler]:
    return {
        Exception: lambda _, __: refused(500, FAULT, REPORT),
        404: lambda _, __: refused(404, "there is no such page", ""),
        405: lambda _, __: refused(405, "nothing is done here", ""),
        NotFound: lambda _, error: refused(404, str(error), ""),
        BadChoice: lambda _, error: refused(422, str(error), ""),
        DocumentErrors: _not_a_request,
        Refused: lambda _, error: refused(503, str(error), getattr(error, "help", None) or ""),
        LogDamaged: lambda _, error: refused(
            409, f"the log is not what was written: {error}", _LOG
        ),
    }


_LOG: Final = "verify the log: it says what is still proven of it"


def _not_a_request(request: Request, error: Exception) -> Response:
    del request
    first = error.diagnostics[0] if isinstance(error, DocumentErrors) else None
    said = str(error) if first is None else f"{first.span.file}: {first.message}"
    return refused(422, said, (first.help or "") if first else "")
