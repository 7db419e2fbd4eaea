"""OpenAI chat completions: what a call asks for, read off its body alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.wire.openai_parameters import (
    ANSWERS,
    CHAT_COMPLETIONS,
    METADATA,
    MODEL,
    OUTPUT_LIMITS,
    STORE,
)
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.shapes import check

ENDPOINT: Final = "chat_completions"
GOVERNANCE_PREFIX: Final = "governance_"
OUTPUT_TOKENS: Final = "tokens.output"
SERVER_TOOLS: Final = "server_tools"

_MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}")
_MODALITY_OF_PART = {"image_url": "image", "input_audio": "audio", "file": "file"}


@dataclass(frozen=True, slots=True)
class ChatCall:
    """A call that says nothing but what is published and known.

    `body` is it without governance facts; `declared` are those, as (fact, text); `facts` what the
    call itself shows: every observed fact is settled.
    """

    model: str
    body: Mapping[str, Any]
    declared: tuple[tuple[str, str], ...]
    facts: RequestFacts


def read_chat(body: Mapping[str, Any]) -> ChatCall:
    """What the parsed `body` of a call asks for.

    Raises `Refused` for anything not known to be harmless, wherever it stands in the body.
    """
    check(CHAT_COMPLETIONS, body, "")
    model = _model(body[MODEL])
    kept, declared = _without_governance(body)
    return ChatCall(model, kept, declared, _facts(model, body))


def _model(name: str) -> str:
    if not _MODEL_NAME.fullmatch(name):
        raise Refused(
            RefusalCode.INVALID_MODEL_NAME,
            "`model` is not a name: it holds other characters, or too many",
            "use letters, digits and `. _ : / @ + -`, exactly as the model or route is listed",
            MODEL,
        )
    return name


def _without_governance(
    body: Mapping[str, Any],
) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """The body without the governance keys of its metadata, and those keys."""
    metadata = body.get(METADATA) or {}
    declared = [(k, v) for k, v in metadata.items() if k.casefold().startswith(GOVERNANCE_PREFIX)]
    rest = {k: v for k, v in metadata.items() if not k.casefold().startswith(GOVERNANCE_PREFIX)}
    kept = {name: value for name, value in body.items() if name != METADATA}
    if rest:
        kept[METADATA] = rest
    return kept, tuple((k[len(GOVERNANCE_PREFIX) :], v) for k, v in declared)


def _facts(model: str, body: Mapping[str, Any]) -> RequestFacts:
    sets = {
        "features": _features(body),
        "input_modalities": _input_modalities(body),
        "output_modalities": _output_modalities(body),
        SERVER_TOOLS: _server_tools(body),
    }
    scalars: dict[str, FactValue] = {
        "endpoint": ENDPOINT,
        "stateful": body.get(STORE) is True,
        "streaming": body.get("stream") is True,
        **_sizes(body),
    }
    return RequestFacts(
        model, {n: SetFact(frozenset(m), settled=True) for n, m in sets.items()}, scalars
    )


def _sizes(body: Mapping[str, Any]) -> dict[str, FactValue]:
    """The output tokens the call asks for at most, all its answers together, if it says so."""
    limits = [body[name] for name in OUTPUT_LIMITS if body.get(name) is not None]
    answers = body.get(ANSWERS) or 1
    return {OUTPUT_TOKENS: Decimal(max(limits) * answers)} if limits else {}


def _features(body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("tools") or body.get("functions"):
        yield "function_calling"
    if (body.get("response_format") or {}).get("type") == "json_schema":
        yield "structured_output"
    if body.get("reasoning_effort") not in {None, "none"}:
        yield "reasoning"


def _input_modalities(body: Mapping[str, Any]) -> Iterator[str]:
    """What is sent besides text, which is the medium of the operation itself."""
    for message in body["messages"]:
        content = message.get("content")
        for part in content if isinstance(content, list) else ():
            if part["type"] in _MODALITY_OF_PART:
                yield _MODALITY_OF_PART[part["type"]]


def _output_modalities(body: Mapping[str, Any]) -> Iterator[str]:
    """What is asked for besides text."""
    yield from (m for m in body.get("modalities") or () if m != "text")
    if body.get("audio"):
        yield "audio"


def _server_tools(body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("web_search_options") is not None:
        yield "web_search"
