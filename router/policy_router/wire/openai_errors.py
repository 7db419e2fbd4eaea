"""Errors in the shape OpenAI's API gives them, so that its SDKs raise their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy_router.wire.json_strict import serialise

_TYPES = {400: "invalid_request_error", 401: "authentication_error", 403: "policy_denied"}
_TYPES |= {413: "invalid_request_error", 415: "invalid_request_error"}


def error_body(
    status: int, code: str, message: str, parameter: str | None, more: Mapping[str, Any]
) -> bytes:
    """The body of an error response; `more` is what only this project says, under its name."""
    error = {
        "message": message,
        "type": _TYPES.get(status, "policy_unavailable"),
        "code": code,
        "param": parameter or None,
        "policy_router": dict(more),
    }
    return serialise({"error": error})
