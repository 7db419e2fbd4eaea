"""OpenAI embeddings: what a call may say, and what it shows.

Source: the published embeddings reference, as in version 3.54 of the official Python SDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from policy_router.wire.dangers import GATEWAYS
from policy_router.wire.inert import IDENTITY, PINNED_MODEL, PROMPT
from policy_router.wire.operation import KEEPS_NOTHING, Dialect, Operation, Shown
from policy_router.wire.shapes import Choice, Either, Many, Number, Record

_TOKEN = Number(whole=True, least=0, most=10_000_000, token=True)

_TOKENS = 300_000
"""The API takes the numbers of so many tokens in a call, and LangChain sends them by default."""


def _asked(_: Mapping[str, Any]) -> Shown:
    return Shown(output=Decimal(0))


EMBEDDINGS: Final = Operation(
    endpoint="embeddings",
    dialect=Dialect.OPENAI,
    path="/embeddings",
    body=Record(
        {
            **GATEWAYS,
            "model": PINNED_MODEL,
            "input": Either(PROMPT, Many(Either(PROMPT, Many(_TOKEN), _TOKEN))),
            "dimensions": Number(whole=True, least=1, most=1_000_000),
            "encoding_format": Choice(frozenset({"float", "base64"})),
            "user": IDENTITY,
        },
        frozenset({"model", "input"}),
    ),
    asks=_asked,
    holds=KEEPS_NOTHING,
    numbers=_TOKENS,
)
