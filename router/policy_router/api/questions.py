"""A request as a program describes it in JSON, as facts of its caller's call."""

from __future__ import annotations

from typing import Any

from policy_router.domain.diagnostic import DocumentErrors
from policy_router.domain.request import RequestFacts
from policy_router.enforcement.facts import Floor, joined_request
from policy_router.language.facts import request_facts
from policy_router.wire.encodings import decoded
from policy_router.wire.headers import (
    check_headers,
    check_media_type,
    content_coding,
    declared_facts,
)
from policy_router.wire.http_call import HttpCall
from policy_router.wire.json_strict import Limits, parse
from policy_router.wire.refusal import RefusalCode, Refused

LIMITS = Limits(size=2**16, depth=4, values=1_000)
"""How large a description may be: it holds names, and no content."""


def asked(call: HttpCall, floor: Floor) -> RequestFacts:
    """The facts that `call` describes, joined with those of its sender as those of a call are.

    Raises `Refused` for what is no description, or declares what its sender cannot.
    """
    check_headers(call.headers)
    check_media_type(call.headers)
    plain = decoded(call.body, content_coding(call.headers), LIMITS.size)
    stated = _stated(parse(plain, LIMITS))
    return joined_request(floor, stated, declared_facts(call.headers))


def _stated(said: dict[str, Any]) -> RequestFacts:
    try:
        return request_facts({name: _written(value) for name, value in said.items()})
    except DocumentErrors as errors:
        first = errors.diagnostics[0]
        raise Refused(RefusalCode.UNKNOWN_FACT, first.message, first.help) from None


def _written(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A value as a document would write it, where every one is a text, a list or a mapping."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case list():
            return [_written(each) for each in value]
        case dict():
            return {name: _written(each) for name, each in value.items()}
        case _:
            return value
