"""Errors in the shape each dialect's API gives them, so that its SDKs raise their own.

Sources: the published error references of OpenAI, Anthropic and Google (google.rpc.Status).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, assert_never

from policy_router.wire.json_strict import serialise
from policy_router.wire.operation import Dialect

_OPENAI_TYPES: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "policy_denied",
    413: "invalid_request_error",
    415: "invalid_request_error",
}
_ANTHROPIC_TYPES: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    413: "request_too_large",
    415: "invalid_request_error",
}
_GOOGLE_STATUS: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    413: "INVALID_ARGUMENT",
    415: "INVALID_ARGUMENT",
}


def error_body(  # noqa: PLR0913 - an error has so many parts
    status: int,
    code: str,
    message: str,
    parameter: str | None,
    more: Mapping[str, Any],
    dialect: Dialect = Dialect.OPENAI,
) -> bytes:
    """The body of an error response; `more` is what only this project says, under its name."""
    told = {"code": code, "param": parameter or None}
    match dialect:
        case Dialect.OPENAI:
            kind = _OPENAI_TYPES.get(status, "policy_unavailable")
            error = {"message": message, "type": kind, **told, "policy_router": dict(more)}
            return serialise({"error": error})
        case Dialect.ANTHROPIC:
            kind = _ANTHROPIC_TYPES.get(status, "api_error")
            error = {"type": kind, "message": message}
            return serialise({"type": "error", "error": error, "policy_router": {**told, **more}})
        case Dialect.GOOGLE:
            return serialise({"error": _google(status, code, message, {**told, **more})})
        case _:
            assert_never(dialect)


def _google(status: int, code: str, message: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """`google.rpc.Status` as JSON; details carry their type, as `google.protobuf.Any` does."""
    reason = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": code.upper(),
        "domain": "policy-router",
    }
    return {
        "code": status,
        "message": message,
        "status": _GOOGLE_STATUS.get(status, "UNAVAILABLE"),
        "details": [reason],
        "policy_router": dict(told),
    }
