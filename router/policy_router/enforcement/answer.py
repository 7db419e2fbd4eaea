"""What becomes of a call: it is forwarded to one route, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from policy_router.audit.record import Ending
from policy_router.wire.errors import error_body
from policy_router.wire.headers import Headers
from policy_router.wire.operation import Dialect
from policy_router.wire.refusal import RefusalCode, Refused

DECISION: Final = "x-policy-router-decision"
ROUTE: Final = "x-policy-router-route"
REQUESTED: Final = "x-policy-router-requested"
OBSERVED: Final = "x-policy-router-observed"
RETRY: Final = "x-should-retry"

_PASSING: Final = frozenset(
    {RefusalCode.BUSY, RefusalCode.UPSTREAM_TIMEOUT, RefusalCode.UPSTREAM_UNREACHABLE}
)
"""Refusals that may be none a moment later: a client may try again."""


@dataclass(frozen=True, slots=True)
class Forward:
    """Send exactly this, and nothing of what the client sent. `headers` hold the upstream key.

    `route`, `requested`: None for a call that is merely observed; it goes out as it came.
    """

    decision: str
    route: str | None
    requested: str | None
    url: str
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    dialect: Dialect = Dialect.OPENAI
    method: str = "POST"

    @property
    def response_headers(self) -> Headers:
        """What the response says besides what upstream says."""
        if self.route is None or self.requested is None:
            return ((DECISION, self.decision), (OBSERVED, "true"))
        return ((DECISION, self.decision), (ROUTE, self.route), (REQUESTED, self.requested))


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer with this; nothing goes upstream, or nothing of what came from there goes out.

    `failure`: how the sending ended, where that is what the reply says.
    """

    status: int
    headers: Headers
    body: bytes
    failure: Ending | None = None


def refuse(decision: str, reason: Refused, dialect: Dialect = Dialect.OPENAI) -> Reply:
    """The answer to a call in `dialect` that was refused without a decision."""
    told = {"decision": decision, "reason": reason.code.value, "help": reason.help}
    message = reason.message if reason.help is None else f"{reason.message} (help: {reason.help})"
    code = reason.code.value
    reply = refusal(decision, reason.status, code, message, reason.parameter, told, dialect)
    if reason.code not in _PASSING:
        return reply
    return replace(reply, headers=tuple(h for h in reply.headers if h[0] != RETRY))


def redirected(forward: Forward) -> Reply:
    """The answer where upstream sends the call elsewhere: nowhere else may it go."""
    refused = Refused(
        RefusalCode.REDIRECTED,
        f"upstream of route `{forward.route}` redirects the call, which is not followed",
        "correct the gateway's `base_url`",
    )
    return refuse(forward.decision, refused, forward.dialect)


def withheld(forward: Forward) -> Reply:
    """The answer where upstream says that another model or provider gave it."""
    refused = Refused(
        RefusalCode.CONTRADICTED_ANSWER,
        f"the answer says that it is not of route `{forward.route}`, so it is withheld",
        "tell the operator: the gateway does not keep to what it is pinned to",
    )
    return refuse(forward.decision, refused, forward.dialect)


def unanswered(forward: Forward, failure: Ending) -> Reply:
    """The answer where none came from upstream; a client may try again."""
    is_late = failure is Ending.TIMED_OUT
    code = RefusalCode.UPSTREAM_TIMEOUT if is_late else RefusalCode.UPSTREAM_UNREACHABLE
    what = "did not answer in time" if is_late else "cannot be reached, or broke off"
    refused = Refused(code, f"upstream of route `{forward.route}` {what}", "try again later")
    return replace(refuse(forward.decision, refused, forward.dialect), failure=failure)


def refusal(  # noqa: PLR0913 - an error response has so many parts
    decision: str,
    status: int,
    code: str,
    message: str,
    parameter: str | None,
    more: Mapping[str, Any],
    dialect: Dialect = Dialect.OPENAI,
) -> Reply:
    """An error response that a client shows to its developer and does not repeat."""
    body = error_body(status, code, message, parameter, more, dialect)
    return our_reply(decision, status, body, ((RETRY, "false"),))


def our_reply(decision: str, status: int, body: bytes, more: Headers = ()) -> Reply:
    """A response in JSON that is our own."""
    headers = (
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        *more,
        (DECISION, decision),
    )
    return Reply(status, headers, body)
