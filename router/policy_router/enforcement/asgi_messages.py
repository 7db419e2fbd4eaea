"""ASGI messages and scopes: read once under a bound, handed on without what clients may not say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final
from unicodedata import category, normalize
from urllib.parse import unquote

from policy_router.enforcement.answer import Forward, Reply
from policy_router.wire.credentials import KEY_HEADERS
from policy_router.wire.headers import Headers, lowered, passed_back

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

EXTENSION: Final = "policy_router"
_ENCODED_TWICE: Final = 2


def forward_of(scope: Scope) -> Forward:
    """Where the app behind `PolicyMiddleware` sends the call it is serving, and with what.

    Raises `LookupError` outside of a governed call.
    """
    forward: Forward = scope["extensions"][EXTENSION]["forward"]
    return forward


def headers_back(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """What an app behind `PolicyMiddleware` says back of the headers of upstream's answer.

    All but what is about one connection, or would have clients remember this address for another.
    What says how the answer is packed is among it, as the answer passes as it is.
    """
    return raw(passed_back(lowered(headers)))


def below_prefix(scope: Scope, prefix: str) -> str | None:
    """The raw path below `prefix`; None for the app's own.

    A path that some reader could take for one below `prefix`, but that is not written so, comes
    back whole, so that it is no operation anyone knows.
    """
    written = [_without_root(path, scope) for path in _readings(scope)]
    if not any(_is_below(_as_read(path), prefix.casefold()) for path in written):
        return None
    path = written[0]
    if _is_below(path, prefix) and len(set(written)) == 1:
        return path.removeprefix(prefix)
    return "/" + path


def _readings(scope: Scope) -> Iterable[str]:
    raw = scope.get("raw_path")
    if raw is not None:
        yield raw.partition(b"?")[0].decode("latin-1")
    yield scope["path"]


def _without_root(path: str, scope: Scope) -> str:
    root = str(scope.get("root_path", "")).rstrip("/")
    return path.removeprefix(root) if _is_below(path, root) else path


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")


def _as_read(path: str) -> str:
    """The path as the most forgiving reader takes it: decoded, tidied, without regard to case.

    Such readers drop what cannot be seen, parameters after a `;` (RFC 3986, section 3.3), and dots
    at the end; to some a wide letter is the plain one.
    """
    for _ in range(_ENCODED_TWICE):
        path = unquote(path)
    parts: list[str] = []
    plain = normalize("NFKC", path).replace("\\", "/").casefold()
    for part in plain.split("/"):
        seen = "".join(c for c in part if not category(c).startswith("C"))
        name = seen.partition(";")[0].strip()
        if name == "..":
            parts = parts[:-1]
        elif name.rstrip("."):
            parts.append(name.rstrip(". "))
    return "/" + "/".join(parts)


async def respond(send: Send, answer: Reply) -> None:
    """Send a reply of our own."""
    headers = raw(answer.headers)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def inner_scope(scope: Scope, forward: Forward) -> Scope:
    """The scope of a call that may be sent: the client's, without anything it may not say."""
    host = [(name, value) for name, value in scope["headers"] if name.lower() == b"host"]
    ours = tuple((name, value) for name, value in forward.headers if name not in KEY_HEADERS)
    extensions = {**(scope.get("extensions") or {}), EXTENSION: {"forward": forward}}
    return {**scope, "headers": [*host, *raw(ours)], "extensions": extensions}


def once(body: bytes, receive: Receive, left: Callable[[], None]) -> Receive:
    """A `receive` that hands out `body`, then waits for the client to leave, and calls `left`."""
    unread = [body]

    async def replay() -> Event:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        event = await receive()
        if event["type"] == "http.disconnect":
            left()
        return event

    return replay


def raw(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI has them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
