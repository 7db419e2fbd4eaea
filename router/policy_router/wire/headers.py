"""Headers of a call: what they declare, which of them steer, and what goes upstream.

Source: RFC 9110 section 7.6.1 (hop-by-hop fields), and the published headers of the gateways.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from policy_router.wire.refusal import RefusalCode, Refused

Headers = tuple[tuple[str, str], ...]

GOVERNANCE: Final = "x-governance-"

_PASSED_ON: Final = frozenset({"accept", "accept-encoding"})

_STEERING: Final = frozenset(
    {
        "anthropic-beta",
        "openai-beta",
        "x-api-base",
        "x-base-url",
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
        "x-original-uri",
        "x-original-url",
        "x-rewrite-url",
    }
)
_STEERING_PREFIXES: Final = (
    "cf-aig-",
    "helicone-",
    "x-deployment",
    "x-fallback",
    "x-litellm-",
    "x-model",
    "x-portkey-",
    "x-provider",
    "x-region",
    "x-route",
    "x-target",
    "x-upstream",
)


def declared_facts(headers: Headers) -> tuple[tuple[str, str], ...]:
    """The governance facts among `headers`, as (fact, text)."""
    return tuple(
        (name[len(GOVERNANCE) :].replace("-", "_"), value)
        for name, value in headers
        if name.startswith(GOVERNANCE)
    )


def governance_header(fact: str) -> str:
    """The header that declares `fact`, as it is written in documentation."""
    return "-".join(
        part.capitalize() for part in f"{GOVERNANCE}{fact.replace('_', '-')}".split("-")
    )


def check_headers(headers: Headers) -> None:
    """Refuse headers that name a model or a target, or switch on what no policy has looked at."""
    for name, _ in headers:
        if name in _STEERING or name.startswith(_STEERING_PREFIXES):
            raise Refused(
                RefusalCode.STEERING_HEADER,
                f"header `{name}` could choose who gets the call",
                "leave it out: routes are chosen by policy",
            )


def check_media_type(headers: Headers) -> None:
    """Refuse a body that is said to be anything but JSON."""
    types = {value.partition(";")[0].strip().lower() for value in all_of(headers, "content-type")}
    if types - {"application/json"}:
        raise Refused(
            RefusalCode.UNSUPPORTED_MEDIA,
            "the body is not said to be JSON",
            "send it with `Content-Type: application/json`",
        )


def content_coding(headers: Headers) -> str | None:
    """The content encoding of the body; several are joined, and then known to nobody."""
    return ", ".join(all_of(headers, "content-encoding")) or None


def all_of(headers: Headers, name: str) -> list[str]:
    """Every value of the header `name`."""
    return [value for n, value in headers if n == name]


def first_of(headers: Headers, name: str) -> str | None:
    """The value of the header `name`; None if it is missing or stated more than once."""
    values = all_of(headers, name)
    return values[0] if len(values) == 1 else None


def upstream_headers(headers: Headers, body: bytes) -> Headers:
    """What goes upstream of a client's `headers`: how to answer, and nothing else of it."""
    passed = tuple((n, v) for n, v in headers if n in _PASSED_ON)
    made = (
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        ("user-agent", "policy-router"),
    )
    return (*passed, *made)


def lowered(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Raw headers as text, names in lower case (HTTP field values are Latin-1 at worst)."""
    return tuple((n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in headers)
