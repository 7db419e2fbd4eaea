"""OpenRouter's lists: models, the endpoints of one model, and endpoints without retention.

Sources: the wire names of its API, `GET /models`, `/models/{author}/{slug}/endpoints` and
`/endpoints/zdr`. Prices are text, US dollars per token. A model is no route there: which provider
serves it, and at which price, only its endpoints say. That an endpoint is in the list without
retention is OpenRouter's own contract, never the provider's terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

from policy_router.registry.importers.drafts import Card, Drafts, Event, Origin, Price, Row, Said
from policy_router.registry.importers.fields import (
    PER_MILLION,
    Fields,
    amounts,
    day,
    identifier,
    optional,
    part,
    title,
    tokens,
    words,
)
from policy_router.registry.importers.refusal import BadRow, ImportRefused
from policy_router.registry.importers.rows import each, named, under

SELLER: Final = "openrouter"
_METERS: Final = {
    "prompt": "input",
    "completion": "output",
    "input_cache_read": "cached_input",
    "input_cache_write": "cache_write",
    "internal_reasoning": "reasoning",
    "request": "request",
}
_FEATURES: Final = {
    "tools": "function_calling",
    "structured_outputs": "structured_output",
    "reasoning": "reasoning",
}


def read_models(data: object, origin: Origin) -> Drafts:
    """Limits, abilities and days of expiry of models."""
    found, aside = each(named(under(data, "data"), "id"), _model)
    return Drafts(origin, found, aside)


def read_endpoints(data: object, origin: Origin) -> Drafts:
    """The endpoints of one model, each a route: provider, limits and price."""
    inner = data.get("data") if isinstance(data, dict) else None
    if not isinstance(inner, dict):
        raise ImportRefused("IMP107", "there is no object `data`")
    rows = named(under(inner, "endpoints"), "tag")
    found, aside = each(rows, partial(_endpoint, inner.get("id")))
    return Drafts(origin, found, aside)


def read_zero_retention(data: object, origin: Origin) -> Drafts:
    """Endpoints that OpenRouter offers without retention under its own contract."""
    found, aside = each(named(under(data, "data"), "name"), _without_retention)
    return Drafts(origin, found, aside)


def _model(fields: Fields) -> Iterator[Row]:
    name = identifier(fields.get("id"), "`id`")
    expiry = day(fields, "expiration_date")
    top, shape = part(fields, "top_provider"), part(fields, "architecture")
    yield Row(
        key=name,
        seller=SELLER,
        provider="",
        address=name,
        title=title(fields, "name"),
        maker=name.partition("/")[0],
        card=Card(
            context_window=tokens(fields, "context_length"),
            max_output_tokens=tokens(top, "max_completion_tokens"),
            features=_features(fields),
            input_modalities=words(shape, "input_modalities"),
            output_modalities=words(shape, "output_modalities"),
        ),
        events=() if expiry is None else (Event("retired", expiry),),
    )


def _endpoint(model: object, fields: Fields) -> Iterator[Row]:
    name = identifier(fields.get("model_id", model), "the id of the model")
    tag = identifier(fields.get("tag"), "`tag`")
    yield Row(
        key=f"{name} at {tag}",
        seller=SELLER,
        provider=tag.partition("/")[0],
        address=name,
        title=title(fields, "model_name"),
        maker=name.partition("/")[0],
        card=Card(
            context_window=tokens(fields, "context_length"),
            max_output_tokens=tokens(fields, "max_completion_tokens"),
            features=_features(fields),
        ),
        price=_price(part(fields, "pricing")),
        sells="/" not in tag,
        shared=True,
    )


def _without_retention(fields: Fields) -> Iterator[Row]:
    said = Said("zero_data_retention", "available", "in the list of endpoints without retention")
    for row in _endpoint(None, fields):
        yield replace(row, card=Card(), price=None, said=(said,), sells=False)


def _features(fields: Fields) -> frozenset[str] | None:
    parameters = words(fields, "supported_parameters")
    if parameters is None:
        return None
    return frozenset(_FEATURES[name] for name in parameters & _FEATURES.keys())


def _price(pricing: Fields) -> Price | None:
    """A price with conditions is refused: which of them holds for a call is not known here."""
    if optional(pricing, "overrides", list, "a list"):
        raise BadRow("IMP201", "the price depends on conditions that are not read here")
    stated: dict[str, Any] = {key: pricing[key] for key in _METERS if key in pricing}
    base = amounts(stated, _METERS, PER_MILLION)
    return Price(base) if base else None
