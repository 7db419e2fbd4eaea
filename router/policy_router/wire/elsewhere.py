"""Calls that pass without being decided on: which of them might take our key somewhere else.

A gateway may be told in a call to what host, or with whose key, it has to go on; some do as they
are told. Which of its own models a call asks for takes no key anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policy_router.wire.headers import Headers, is_steering
from policy_router.wire.json_strict import sayable
from policy_router.wire.operation import Operation
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.shapes import Never

_ADVICE: Final = "leave it out: the call goes out with the key of the project's gateway"
_SAYS_NO_PLACE: Final = frozenset({"openai-beta"})

_PLACE: Final = re.compile(
    r"base|url|uri|host|endpoint|proxy|address|header|apikey|apiversion|secret|token$|credential|auth"
    r"|config|litellmparams|modellist|customllmprovider|extrabody|extraquery"
)
"""What the name of a parameter holds that no published API has, and that may say where to go."""


def check_headers_stay(headers: Headers) -> None:
    """Refuse every header that could choose who gets the call, however its words are joined."""
    for name, _ in headers:
        joined = name.replace("_", "-")
        if is_steering(joined) and joined not in _SAYS_NO_PLACE:
            raise Refused(
                RefusalCode.STEERING_HEADER,
                f"header `{name}` could choose to whom our key is sent",
                _ADVICE,
            )


def check_body_stays(operation: Operation, body: Mapping[str, Any]) -> None:
    """Refuse a `body` with a parameter, or one inside of it that steers, that may name a place.

    What the published API has stays out of it: that is the same at every gateway.
    """
    spelled = {_plain(name): shape for name, shape in operation.body.fields.items()}
    for name, value in body.items():
        shape = spelled.get(_plain(name))
        steers = isinstance(shape, Never) and shape.code is RefusalCode.SECOND_MODEL
        if shape is None or steers:
            names = [name, *(_names_in(value) if steers else ())]
            told = next((n for n in names if _PLACE.search(_plain(n))), None)
            if told is not None:
                raise Refused(
                    RefusalCode.SECOND_MODEL,
                    f"{sayable(told)} could choose to whom our key is sent",
                    _ADVICE,
                    name if sayable(name).startswith("`") else "",
                )


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


def _names_in(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Every name in `value`, at any depth."""
    left = [value]
    while left:
        inner = left.pop()
        if isinstance(inner, dict):
            yield from inner
            left += inner.values()
        elif isinstance(inner, list):
            left += inner
