"""Observing: for a time, and dated, calls pass as they came, and records say what would have been.

It is the only way a call that is denied ever goes out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from policy_router.domain.organisation import Enforcement
from policy_router.enforcement.answer import Forward
from policy_router.enforcement.keys import authorization
from policy_router.service.pdp import PDP
from policy_router.store.project import Loaded
from policy_router.wire.credentials import KEY_HEADERS
from policy_router.wire.headers import GOVERNANCE, HOP_BY_HOP, Headers, all_of
from policy_router.wire.http_call import HttpCall
from policy_router.wire.operation import Operation
from policy_router.wire.operations import is_plain, operation_at
from policy_router.wire.refusal import Refused
from policy_router.wire.served import SERVED

_LENGTH: Final = "content-length"
_FRAMING: Final = frozenset({_LENGTH, "transfer-encoding"})
_PLAIN: Final = re.compile(r"(?:/[A-Za-z0-9._:@+~-]+)+")


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Where a call goes, and with what headers, while the project only observes."""

    url: str
    headers: Headers = field(repr=False)


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

    It is the first gateway of the project that is known to serve its operation, else the first.
    None while decisions bind, and where there is no such address or key: then they bind too.
    """
    project = loaded.project
    if project is None or project.enforcement.observe_until is None or call.path is None:
        return None
    gateways = [loaded.snapshot.registry.gateways[name] for name in project.gateways]
    operation, model = _operation(call)
    serving = [g for g in gateways if operation and operation.path in SERVED[g.type]]
    gateway = (serving or gateways)[0]
    path = call.path
    if serving and operation is not None:
        path = SERVED[gateway.type][operation.path].replace("{model}", model or "")
    if not _PLAIN.fullmatch(path) or not is_plain(path.removeprefix("/")):
        return None
    try:
        key = authorization(gateway, call.spoken)
    except Refused:
        return None
    query = f"?{call.query}" if call.query else ""
    return Unchanged(gateway.base_url.rstrip("/") + path + query, (*_passed(call.headers), *key))


def _operation(call: HttpCall) -> tuple[Operation | None, str | None]:
    try:
        asked = operation_at(call.method, call.path, call.query, call.dialect)
    except Refused:
        return None, None
    return asked.operation, asked.model


def _passed(headers: Headers) -> Headers:
    """The client's headers without its keys, what is for us, and what is for one connection.

    What `Connection` names is for that one too (RFC 9110 section 7.6.1).
    """
    named = {n.strip().lower() for value in all_of(headers, "connection") for n in value.split(",")}
    ours = KEY_HEADERS | HOP_BY_HOP | named | {"host", "cookie"}
    return tuple((n, v) for n, v in headers if n not in ours and not n.startswith(GOVERNANCE))


def _framed(headers: Headers, body: bytes) -> Headers:
    """`headers` that say once how long `body` is.

    With two lengths, or none, whoever receives it would read some of it as another call (RFC 9112
    section 11.2).
    """
    others = tuple((n, v) for n, v in headers if n not in _FRAMING)
    return (*others, (_LENGTH, str(len(body))))


def as_it_came(decision: str, call: HttpCall, unchanged: Unchanged) -> Forward:
    """A call as it goes out while it is only observed: its body untouched."""
    return Forward(
        decision=decision,
        route=None,
        requested=None,
        url=unchanged.url,
        headers=_framed(unchanged.headers, call.body),
        body=call.body,
        dialect=call.spoken,
        method=call.method,
    )
