"""What becomes of a call: it is forwarded to one route, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from policy_router.wire.errors import error_body
from policy_router.wire.headers import Headers
from policy_router.wire.operation import Dialect
from policy_router.wire.refusal import RefusalCode, Refused

DECISION: Final = "x-policy-router-decision"
ROUTE: Final = "x-policy-router-route"
REQUESTED: Final = "x-policy-router-requested"


@dataclass(frozen=True, slots=True)
class Forward:
    """Send exactly this, and nothing of what the client sent. `headers` hold the upstream key."""

    decision: str
    route: str
    requested: str
    url: str
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    dialect: Dialect = Dialect.OPENAI

    @property
    def response_headers(self) -> Headers:
        """What the response says besides what upstream says."""
        return ((DECISION, self.decision), (ROUTE, self.route), (REQUESTED, self.requested))


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with this; nothing goes upstream."""

    status: int
    headers: Headers
    body: bytes


Answer = Forward | Refuse


def refuse(decision: str, reason: Refused, dialect: Dialect = Dialect.OPENAI) -> Refuse:
    """The answer to a call in `dialect` that was refused without a decision."""
    told = {"decision": decision, "reason": reason.code.value, "help": reason.help}
    message = reason.message if reason.help is None else f"{reason.message} (help: {reason.help})"
    code = reason.code.value
    return refusal(decision, reason.status, code, message, reason.parameter, told, dialect)


def redirected(forward: Forward) -> Refuse:
    """The answer where upstream sends the call elsewhere: nowhere else may it go."""
    refused = Refused(
        RefusalCode.REDIRECTED,
        f"upstream of route `{forward.route}` redirects the call, which is not followed",
        "correct the gateway's `base_url`",
    )
    return refuse(forward.decision, refused, forward.dialect)


def refusal(  # noqa: PLR0913 - an error response has so many parts
    decision: str,
    status: int,
    code: str,
    message: str,
    parameter: str | None,
    more: Mapping[str, Any],
    dialect: Dialect = Dialect.OPENAI,
) -> Refuse:
    """An error response that a client shows to its developer and does not repeat."""
    body = error_body(status, code, message, parameter, more, dialect)
    headers = (
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        ("x-should-retry", "false"),
        (DECISION, decision),
    )
    return Refuse(status, headers, body)
