"""Observing: for a time, and dated, calls pass as they came, and records say what would have been.

It is the only way a call that is denied ever goes out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from policy_router.domain.organisation import Enforcement
from policy_router.domain.route import Gateway, GatewayType
from policy_router.enforcement.answer import Forward
from policy_router.enforcement.keys import authorization
from policy_router.service.pdp import PDP
from policy_router.store.project import Loaded
from policy_router.wire.call import without_declared
from policy_router.wire.credentials import KEY_HEADERS
from policy_router.wire.elsewhere import check_body_stays, check_headers_stay
from policy_router.wire.headers import GOVERNANCE, HOP_BY_HOP, Headers, all_of, content_coding
from policy_router.wire.http_call import HttpCall, opened
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits
from policy_router.wire.operation import Dialect, Operation
from policy_router.wire.operations import operation_at
from policy_router.wire.pieces import pieces_of
from policy_router.wire.refusal import Refused
from policy_router.wire.served import SERVED

_LENGTH: Final = "content-length"
_FRAMING: Final = frozenset({_LENGTH, "transfer-encoding"})
_CODING: Final = "content-encoding"
_NOT_PASSED: Final = (GOVERNANCE, "x-forwarded-")
"""How headers begin that are for us, or of who is before us; some upstreams go by the latter."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Where a call goes, and with what headers, while the project only observes.

    `lends`: whether it goes in our name: with our key, or to where our key may be kept.
    """

    url: str
    headers: Headers = field(repr=False)
    lends: bool = False


def enforcement_in(loaded: Loaded) -> Enforcement:
    """How decisions bind in what was `loaded`; without a project they do."""
    return Enforcement() if loaded.project is None else loaded.project.enforcement


def observes(loaded: Loaded, at: datetime) -> bool:
    """Whether calls pass at `at` whatever is decided."""
    until = enforcement_in(loaded).observe_until
    return until is not None and at < until


def lets_pass(pdp: PDP, loaded: Loaded, at: datetime) -> bool:
    """The same where calls are taken; what nothing is decided from any more lets none pass."""
    return observes(loaded, at) and not pdp.outdated


def towards_gateway(loaded: Loaded, call: HttpCall) -> Unchanged | None:
    """Where a proxied call goes while it is only observed, with the key of the gateway there.

    It is the first gateway of the project that is known to serve its operation, or its list of
    models. None where there is no such address or key: then decisions bind, and an operation that
    is not governed is refused. What our key may do there is not for callers to say.
    """
    project = loaded.project
    if project is None:
        return None
    gateways = (loaded.snapshot.registry.gateways[name] for name in project.gateways)
    served = ((gateway, _path_at(gateway, call)) for gateway in gateways)
    gateway, path = next(((g, path) for g, path in served if path is not None), (None, None))
    if gateway is None or path is None:
        return None
    try:
        key = authorization(gateway, call.spoken)
    except Refused:
        return None
    query = f"?{call.query}" if call.query else ""
    url = gateway.base_url.rstrip("/") + path + query
    return Unchanged(url, (*_passed(call.headers), *key), lends=True)


def _path_at(gateway: Gateway, call: HttpCall) -> str | None:
    """The path of a call below the gateway's base URL; None if it is not known to serve that."""
    if call.listed is not None:
        is_known = gateway.type is GatewayType.DIRECT or call.spoken is Dialect.OPENAI
        return f"/models/{call.listed}".rstrip("/") if is_known else None
    try:
        asked = operation_at(call.method, call.path, call.query, call.dialect)
    except Refused:
        return None
    path = SERVED[gateway.type].get(asked.operation.path)
    return None if path is None else path.replace("{model}", asked.model or "")


def _passed(headers: Headers) -> Headers:
    """The client's headers without its keys, what is for us, and what is for one connection.

    What `Connection` names is for that one too (RFC 9110 section 7.6.1).
    """
    named = {n.strip().lower() for value in all_of(headers, "connection") for n in value.split(",")}
    ours = KEY_HEADERS | HOP_BY_HOP | named | {"host", "cookie", "forwarded"}
    return tuple((n, v) for n, v in headers if n not in ours and not n.startswith(_NOT_PASSED))


def _framed(headers: Headers, body: bytes) -> Headers:
    """`headers` that say once how long `body` is.

    With two lengths, or none, whoever receives it would read some of it as another call (RFC 9112
    section 11.2).
    """
    others = tuple((n, v) for n, v in headers if n not in _FRAMING)
    return (*others, (_LENGTH, str(len(body))))


def as_it_came(
    decision: str, call: HttpCall, unchanged: Unchanged, limits: Limits = DEFAULT_LIMITS
) -> Forward:
    """A call as it goes out while it is only observed: its body untouched, but for what is for us.

    Raises `Refused` for a body of a governed operation in which that cannot be looked for, and for
    what could take a key of ours to another place than the gateway.
    """
    if unchanged.lends:
        check_headers_stay(call.headers)
    body, headers = _without_governance(call, unchanged, limits), unchanged.headers
    if body is not call.body:  # what was packed is plain now
        headers = tuple((n, v) for n, v in headers if n != _CODING)
    return Forward(
        decision=decision,
        route=None,
        requested=None,
        url=unchanged.url,
        headers=_framed(headers, body),
        body=body,
        dialect=call.spoken,
        method=call.method,
    )


def _without_governance(call: HttpCall, unchanged: Unchanged, limits: Limits) -> bytes:
    """The body without what it declares; itself if it declares nothing."""
    if not call.body:
        return call.body
    operation = _governed(call)
    bounds = limits if operation is None else operation.within(limits)
    try:
        parsed, inlines, _ = opened(call, content_coding(call.headers), bounds)
    except Refused:
        if operation is not None:
            raise
        return call.body  # the program's own, at an address that is none of ours
    if unchanged.lends and operation is not None:
        check_body_stays(operation, parsed)
    kept = without_declared(parsed)
    inlines.put_back(parsed, inlines.alike)
    if kept is parsed:
        return call.body
    pieces = pieces_of(dict(kept))
    del parsed, inlines, kept  # which take up more than what is sent
    return b"".join(pieces)


def _governed(call: HttpCall) -> Operation | None:
    """The operation that `call` is one of, if it is governed."""
    try:
        return operation_at(call.method, call.path, call.query, call.dialect).operation
    except Refused:
        return None
