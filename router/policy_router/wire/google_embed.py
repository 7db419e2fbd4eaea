"""Gemini `embedContent` and `batchEmbedContents`: what a call may say, and what it shows.

Source: the published embedContent reference, as in version 3.4 of the official Python SDK, which
sends every call as `batchEmbedContents`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from policy_router.wire.dangers import GATEWAYS
from policy_router.wire.google_content import CONTENT
from policy_router.wire.google_generate import modality_of
from policy_router.wire.inert import PINNED_MODEL, PROMPT, WORD
from policy_router.wire.operation import KEEPS_NOTHING, Dialect, Operation, Shown
from policy_router.wire.shapes import Many, Number, Record

_ONE: Final = Record(
    {
        **GATEWAYS,
        "model": PINNED_MODEL,
        "content": CONTENT,
        "taskType": WORD,
        "title": PROMPT,
        "outputDimensionality": Number(whole=True, least=1, most=1_000_000),
    },
    frozenset({"content"}),
)


def _shown(body: Mapping[str, Any]) -> Shown:
    requests = body.get("requests", (body,))
    return Shown(input_modalities=frozenset(_input_modalities(requests)), output=Decimal(0))


def _input_modalities(requests: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for request in requests:
        for part in request["content"].get("parts") or ():
            if part.get("inlineData"):
                yield modality_of(part["inlineData"]["mimeType"])


EMBED: Final = Operation(
    endpoint="embed_content",
    dialect=Dialect.GOOGLE,
    path="/models/{model}:embedContent",
    body=_ONE,
    shown=_shown,
    holds=KEEPS_NOTHING,
)
BATCH_EMBED: Final = Operation(
    endpoint="embed_content",
    dialect=Dialect.GOOGLE,
    path="/models/{model}:batchEmbedContents",
    body=Record({**GATEWAYS, "requests": Many(_ONE)}, frozenset({"requests"})),
    shown=_shown,
    holds=KEEPS_NOTHING,
)
