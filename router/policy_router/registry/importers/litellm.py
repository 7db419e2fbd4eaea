"""LiteLLM's price map: an object of rows by model key, prices in US dollars per token.

Source: `model_prices_and_context_window.json` of BerriAI/litellm and its `sample_spec`. Its dates
of deprecation are a third party's. The base price of a row with off-peak hours is the peak price,
so it is the dearest; the cheaper hours are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from policy_router.language.text import quoted
from policy_router.registry.importers.drafts import (
    Card,
    Drafts,
    Event,
    Origin,
    Price,
    Quarantined,
    Row,
)
from policy_router.registry.importers.fields import (
    PER_MILLION,
    Fields,
    amounts,
    day,
    flag,
    identifier,
    tokens,
    words,
)
from policy_router.registry.importers.refusal import ImportRefused
from policy_router.registry.importers.rows import each

_SAMPLE: Final = "sample_spec"
_METERS: Final = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cached_input",
    "cache_creation_input_token_cost": "cache_write",
    "output_cost_per_reasoning_token": "reasoning",
    "input_cost_per_audio_token": "audio_input",
    "output_cost_per_audio_token": "audio_output",
    "input_cost_per_request": "request",
}
_ABOVE: Final = re.compile(r"_above_([0-9]{1,5})k_tokens\Z")
_FEATURES: Final = {
    "supports_function_calling": "function_calling",
    "supports_parallel_function_calling": "parallel_function_calling",
    "supports_response_schema": "structured_output",
    "supports_reasoning": "reasoning",
    "supports_native_streaming": "streaming",
    "supports_prompt_caching": "prompt_caching",
    "supports_web_search": "web_search",
}


def read(data: object, origin: Origin) -> Drafts:
    """The rows of a price map; raises `ImportRefused` if it is none."""
    if not isinstance(data, dict) or not data:
        raise ImportRefused("IMP107", "a price map is an object of rows by model key")
    rows = [each([(key, row)], partial(_row, key)) for key, row in data.items() if key != _SAMPLE]
    found = tuple(row for good, _ in rows for row in good)
    bad = tuple(row for _, aside in rows for row in aside)
    if not found:
        raise ImportRefused(
            "IMP107", f"none of its rows can be read as one of a price map{_of(bad)}"
        )
    return Drafts(origin, found, bad)


def _of(bad: tuple[Quarantined, ...]) -> str:
    """Why the first of some rows cannot be read."""
    first = next(iter(bad), None)
    return f"; of the first, {quoted(first.key)}: {first.message} ({first.code})" if first else ""


def _row(key: str, fields: Fields) -> Iterator[Row]:
    name = identifier(key, "the model key")
    seller = identifier(fields.get("litellm_provider"), "`litellm_provider`")
    yield Row(
        key=name,
        seller=seller,
        provider=seller,
        address=name.removeprefix(f"{seller}/"),
        card=_card(fields),
        price=_price(fields),
        events=tuple(_events(fields)),
    )


def _card(fields: Fields) -> Card:
    """`max_input_tokens` is the input alone in some rows: at most the window, never more."""
    stated = {name: flag(fields, key) for key, name in _FEATURES.items() if key in fields}
    able = frozenset(name for name, holds in stated.items() if holds)
    return Card(
        context_window=tokens(fields, "max_input_tokens"),
        max_output_tokens=tokens(fields, "max_output_tokens"),
        features=able or None,
        input_modalities=words(fields, "supported_modalities"),
        output_modalities=words(fields, "supported_output_modalities"),
    )


def _price(fields: Fields) -> Price | None:
    base = amounts(fields, _METERS, PER_MILLION)
    if not base:
        return None
    bounds = sorted({int(found[1]) for key in fields if (found := _ABOVE.search(key))})
    tiers = ((1000 * bound, amounts(fields, _above(bound), PER_MILLION)) for bound in bounds)
    return Price(base, tuple((bound, meters) for bound, meters in tiers if meters))


def _above(bound: int) -> dict[str, str]:
    return {f"{key}_above_{bound}k_tokens": meter for key, meter in _METERS.items()}


def _events(fields: Fields) -> Iterator[Event]:
    start = day(fields, "deprecation_date")
    if start is not None:
        yield Event("deprecated", start)
