"""models.dev's `api.json`: providers with their models, US dollars per million tokens.

Source: the repository anomalyco/models.dev. A provider there may be a gateway; its `status` is a
third party's, and carries no day, so only `deprecated` is kept, from the day it was read.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Final

from policy_router.registry.importers.drafts import (
    Amounts,
    Card,
    Drafts,
    Event,
    Origin,
    Price,
    Quarantined,
    Row,
)
from policy_router.registry.importers.fields import (
    Fields,
    amounts,
    flag,
    identifier,
    optional,
    part,
    title,
    tokens,
    words,
)
from policy_router.registry.importers.refusal import BadRow, ImportRefused
from policy_router.registry.importers.rows import each

_METERS: Final = {
    "input": "input",
    "output": "output",
    "cache_read": "cached_input",
    "cache_write": "cache_write",
    "reasoning": "reasoning",
    "input_audio": "audio_input",
    "output_audio": "audio_output",
}
_FEATURES: Final = {
    "tool_call": "function_calling",
    "structured_output": "structured_output",
    "reasoning": "reasoning",
}
_ONE: Final = Decimal(1)
_LONG: Final = "context_over_200k"
_LONG_TOKENS: Final = 200_000


def read(data: object, origin: Origin) -> Drafts:
    """The rows of the catalogue; raises `ImportRefused` if it is none."""
    if not isinstance(data, dict) or not any(_is_provider(p) for p in data.values()):
        raise ImportRefused("IMP107", "it is not an object of providers with `models`")
    rows: list[Row] = []
    aside: list[Quarantined] = []
    for slug, provider in data.items():
        good, bad = _provider(slug, provider, origin)
        rows += good
        aside += bad
    return Drafts(origin, tuple(rows), tuple(aside))


def _is_provider(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("models"), dict)


def _provider(
    slug: str, provider: object, origin: Origin
) -> tuple[tuple[Row, ...], tuple[Quarantined, ...]]:
    try:
        models = _models(slug, provider)
    except BadRow as bad:
        return (), (Quarantined(slug, bad.code, bad.message),)
    named = ((f"{slug}/{name}", model) for name, model in models.items())
    return each(named, partial(_row, slug, origin))


def _models(slug: str, provider: object) -> Fields:
    identifier(slug, "the id of the provider")
    models = provider.get("models") if isinstance(provider, dict) else None
    if not isinstance(models, dict):
        raise BadRow("IMP201", "the provider has no object `models`")
    return models


def _row(slug: str, origin: Origin, fields: Fields) -> Iterator[Row]:
    name = identifier(fields.get("id"), "`id`")
    deprecated = optional(fields, "status", str, "text") == "deprecated"
    yield Row(
        key=f"{slug}/{name}",
        seller=slug,
        provider=slug,
        address=name,
        title=title(fields, "name"),
        card=_card(fields),
        price=_price(part(fields, "cost")),
        events=(Event("deprecated", origin.read_on),) if deprecated else (),
    )


def _card(fields: Fields) -> Card:
    stated = {name: flag(fields, key) for key, name in _FEATURES.items() if key in fields}
    modalities, limit = part(fields, "modalities"), part(fields, "limit")
    return Card(
        context_window=tokens(limit, "context"),
        max_output_tokens=tokens(limit, "output"),
        features=frozenset(n for n, holds in stated.items() if holds) or None,
        input_modalities=words(modalities, "input"),
        output_modalities=words(modalities, "output"),
    )


def _price(cost: Fields) -> Price | None:
    base = amounts(cost, _METERS, _ONE)
    return Price(base, tuple(_tiers(cost))) if base else None


def _tiers(cost: Fields) -> Iterator[tuple[int, Amounts]]:
    long = part(cost, _LONG)
    if long:
        yield _LONG_TOKENS, amounts(long, _METERS, _ONE)
    for tier in optional(cost, "tiers", list, "a list") or ():
        if not isinstance(tier, dict):
            raise BadRow("IMP201", "a tier is not an object")
        size = tokens(part(tier, "tier"), "size")
        if size is not None and not (long and size == _LONG_TOKENS):
            yield size, amounts(tier, _METERS, _ONE)
