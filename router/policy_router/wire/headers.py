"""Headers of a call: what they declare, which of them steer, and what goes upstream.

Source: RFC 9110 section 7.6.1 (hop-by-hop fields), and the published headers of the gateways.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from policy_router.wire.refusal import RefusalCode, Refused

Headers = tuple[tuple[str, str], ...]

GOVERNANCE: Final = "x-governance-"

HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Fields about one connection, which say nothing to whoever is behind the next."""

OURS: Final = "x-policy-router-"
"""How the headers begin that say what was decided."""

_OF_THE_HOST: Final = frozenset({"alt-svc", "clear-site-data", "set-cookie"})

_KEPT_BACK: Final = HOP_BY_HOP | _OF_THE_HOST

_PASSED_ON: Final = frozenset({"accept"})
_READABLE: Final = "gzip"
"""The content coding an answer may have, so that what it says of itself can be read."""

_STEERING: Final = frozenset(
    {
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

_BETA: Final = "anthropic-beta"
_VERSION: Final = "anthropic-version"
ANTHROPIC_VERSIONS: Final = ("2023-06-01", "2026-10-21")
"""The versions of Anthropic's API whose shapes are known; the later takes away parameters.

The first is what a call is sent with that states none, as before there were others.
"""

BETAS: Final = {
    "computer-use-2024-10-22": "a tool that the caller runs; the tool itself is looked at",
    "computer-use-2025-01-24": "as above",
    "computer-use-2025-11-24": "as above",
    "effort-2025-11-24": "how hard the model thinks; the parameter itself is looked at",
    "fine-grained-tool-streaming-2025-05-14": "how arguments of tools are streamed",
    "interleaved-thinking-2025-05-14": "the model also thinks between calls of tools",
    "output-128k-2025-02-19": "longer answers; how long is said by `max_tokens`",
    "pdfs-2024-09-25": "documents in the call; they are looked at",
    "prompt-caching-2024-07-31": "caches of five minutes; longer ones are refused",
    "structured-outputs-2025-11-13": "the form of an answer; the form itself is looked at",
    "token-counting-2024-11-01": "counts tokens; the operation is governed",
    "token-efficient-tools-2025-02-19": "how the model writes calls of tools",
}
"""Betas of Anthropic's API that bring in no party, no state and no other price, and why."""


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
        if is_steering(name):
            raise Refused(
                RefusalCode.STEERING_HEADER,
                f"header `{name}` could choose who gets the call",
                "leave it out: routes are chosen by policy",
            )
        if name in {_BETA, _VERSION}:
            _check_betas(headers)
            _check_version(headers)


def is_steering(name: str) -> bool:
    """Whether the header `name` could choose who gets a call."""
    return name in _STEERING or name.startswith(_STEERING_PREFIXES)


def _check_version(headers: Headers) -> None:
    said = all_of(headers, _VERSION)
    if len(said) > 1 or set(said) - set(ANTHROPIC_VERSIONS):
        raise Refused(
            RefusalCode.STEERING_HEADER,
            f"header `{_VERSION}` asks for a version no policy has looked at",
            f"send `{ANTHROPIC_VERSIONS[-1]}`",
        )


def _check_betas(headers: Headers) -> None:
    if any(beta not in BETAS for beta in _betas(headers)):
        raise Refused(
            RefusalCode.STEERING_HEADER,
            f"header `{_BETA}` switches on what no policy has looked at",
            f"known are: {', '.join(f'`{beta}`' for beta in sorted(BETAS))}",
        )


def _betas(headers: Headers) -> list[str]:
    return [beta.strip() for value in all_of(headers, _BETA) for beta in value.split(",")]


def anthropic_headers(headers: Headers) -> Headers:
    """What goes with a call to Anthropic's API: its version, and betas, all of which are known."""
    betas = _betas(headers)
    version = first_of(headers, _VERSION) or ANTHROPIC_VERSIONS[0]
    return ((_VERSION, version), *(((_BETA, ",".join(betas)),) if betas else ()))


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


def upstream_headers(headers: Headers) -> Headers:
    """What goes upstream of a client's `headers`: how to answer, and nothing else of it."""
    passed = tuple((n, v) for n, v in headers if n in _PASSED_ON)
    made = (
        ("accept-encoding", _readable_coding(headers)),
        ("content-type", "application/json"),
        ("user-agent", "policy-router"),
    )
    return (*passed, *made)


def _readable_coding(headers: Headers) -> str:
    """The one coding that the client can undo and a witness can, or none."""
    said = ",".join(all_of(headers, "accept-encoding")).lower().split(",")
    return _READABLE if _READABLE in {coding.strip() for coding in said} else "identity"


def passed_back(headers: Headers) -> Headers:
    """What of an answer's headers goes on to the client.

    Not what is about one connection, not what would have clients remember or go elsewhere for
    this address, and nothing that only we say.
    """
    said = all_of(headers, "connection")
    named = {n.strip().lower() for value in said for n in value.split(",")} if said else said
    return tuple(
        [(n, v) for n, v in headers if not (n in _KEPT_BACK or n in named or n.startswith(OURS))]
    )


def lowered(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Raw headers as text, names in lower case (HTTP field values are Latin-1 at worst)."""
    return tuple(
        [
            (_name(n) if len(n) <= _LONGEST_KEPT else _read(n), v.decode("latin-1"))
            for n, v in headers
        ]
    )


def _read(name: bytes) -> str:
    return name.decode("latin-1").lower()


_LONGEST_KEPT: Final = 64
"""Bytes of a name that is remembered: what clients say must not fill the memory."""

_name: Final = lru_cache(maxsize=256)(_read)
