"""Gemini `embedContent` and `batchEmbedContents`: what a call may say, and what it shows.

Source: the published embedContent reference, as in version 3.4 of the official Python SDK, which
sends every call as `batchEmbedContents`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from policy_router.wire.dangers import GATEWAYS
from policy_router.wire.google_content import CONTENT
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


def _asked(_: Mapping[str, Any]) -> Shown:
    return Shown(output=Decimal(0))


EMBED: Final = Operation(
    endpoint="embed_content",
    dialect=Dialect.GOOGLE,
    path="/models/{model}:embedContent",
    body=_ONE,
    asks=_asked,
    holds=KEEPS_NOTHING,
)
BATCH_EMBED: Final = Operation(
    endpoint="embed_content",
    dialect=Dialect.GOOGLE,
    path="/models/{model}:batchEmbedContents",
    body=Record({**GATEWAYS, "requests": Many(_ONE)}, frozenset({"requests"})),
    asks=_asked,
    holds=KEEPS_NOTHING,
)
