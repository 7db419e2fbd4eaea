"""Opper's lists: `GET /v3/models` and `GET /v3/compat/models`.

Source: the OpenAPI description of the API. Prices of `/v3/models` are US dollars per million
tokens, one for each tier, the tiers beginning above `thresholds`; those of `/v3/compat/models` are
text, US dollars per token. A row is one provider's; a pool is none. What the list says of data
handling is Opper's own catalogue claim about the provider.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from policy_router.registry.importers.drafts import (
    Amounts,
    Card,
    Drafts,
    Event,
    Origin,
    Price,
    Row,
)
from policy_router.registry.importers.fields import (
    PER_MILLION,
    Fields,
    amount,
    amounts,
    day,
    identifier,
    listed,
    optional,
    part,
    title,
    tokens,
    words,
)
from policy_router.registry.importers.opper_posture import said, summary_said
from policy_router.registry.importers.refusal import BadRow
from policy_router.registry.importers.rows import Named, each, named, under

SELLER: Final = "opper"
_LISTS: Final = ("data", "models", "items")
"""Under which name answers of `/v3/models` hold their rows; older ones and other pages differ."""
NAMES: Final = ("id", "name")
"""What a row calls its model: `id`, or `name` in older answers."""
_MODEL: Final = "model"
_METERS: Final = {
    "input": "input",
    "output": "output",
    "cached_input": "cached_input",
    "cache_creation": "cache_write",
    "reasoning": "reasoning",
    "image_input": "image",
    "audio_input": "audio_input",
    "audio_output": "audio_output",
}
_COMPAT_METERS: Final = {
    "prompt": "input",
    "completion": "output",
    "input_cache_read": "cached_input",
    "input_cache_write": "cache_write",
}
_FEATURES: Final = {
    "tools": "function_calling",
    "function_calling": "function_calling",
    "structured_output": "structured_output",
    "json_schema": "structured_output",
    "reasoning": "reasoning",
    "thinking": "reasoning",
    "streaming": "streaming",
}
_MODALITIES: Final = {"vision": "image", "audio": "audio", "pdf": "pdf"}


def read(data: object, origin: Origin) -> Drafts:
    """The rows of `/v3/models`: one for each provider of each model."""
    found, aside = each(listed_models(data), _row)
    return Drafts(origin, found, aside, SELLER)


def listed_models(data: object) -> Iterable[Named]:
    """The rows of an answer of `/v3/models`, whatever was included in it, by their names.

    Raises `ImportRefused` for what is no such list.
    """
    return named(under(data, *_LISTS), *NAMES)


def read_compat(data: object, origin: Origin) -> Drafts:
    """The rows of `/v3/compat/models` that are models; pools and dynamic routes are none."""
    found, aside = each(named(under(data, "data"), "id"), _compat_row)
    return Drafts(origin, found, aside)


def _row(fields: Fields) -> Iterator[Row]:
    name = identifier(fields.get("id"), "`id`")
    able = _capabilities(fields)
    maker = optional(fields, "maker", str, "text")
    yield Row(
        key=name,
        seller=SELLER,
        provider=identifier(fields.get("provider"), "`provider`"),
        address=name,
        title=title(fields, "name"),
        maker=identifier(maker, "`maker`") if maker else None,
        card=Card(
            context_window=tokens(fields, "context_window"),
            max_output_tokens=tokens(fields, "max_output_tokens"),
            features=_known(able, _FEATURES),
            input_modalities=_modalities(fields, able),
        ),
        price=_price(part(fields, "pricing")),
        events=tuple(_events(fields)),
        said=tuple(said(fields)),
        sells=True,
    )


def _compat_row(fields: Fields) -> Iterator[Row]:
    own = part(fields, "opper")
    if optional(own, "kind", str, "text") not in {_MODEL, None}:
        return
    name = identifier(fields.get("id"), "`id`")
    if "/" not in name:
        return
    able = words(own, "capabilities")
    yield Row(
        key=name,
        seller=SELLER,
        provider=name.partition("/")[0],
        address=name,
        card=Card(
            context_window=tokens(fields, "context_length"),
            max_output_tokens=tokens(own, "max_output_tokens"),
            features=_known(able, _FEATURES),
        ),
        price=_compat_price(part(fields, "pricing")),
        said=tuple(summary_said(own)),
    )


def _capabilities(fields: Fields) -> frozenset[str] | None:
    return words(fields, "capabilities")


def _known(able: frozenset[str] | None, names: dict[str, str]) -> frozenset[str] | None:
    return None if able is None else frozenset(names[a] for a in able & names.keys())


def _modalities(fields: Fields, able: frozenset[str] | None) -> frozenset[str] | None:
    """What a language model takes; of other types the list says too little."""
    if able is None or optional(fields, "type", str, "text") != "llm":
        return None
    return frozenset({"text"}) | frozenset(_MODALITIES[a] for a in able & _MODALITIES.keys())


def _events(fields: Fields) -> Iterator[Event]:
    start = day(fields, "retired_at")
    if start is not None:
        successor = optional(fields, "successor", str, "text")
        yield Event("retired", start, identifier(successor, "`successor`") if successor else None)


def _price(pricing: Fields) -> Price | None:
    bounds = [_bound(found) for found in listed(pricing, "thresholds") or ()]
    if bounds != sorted(set(bounds)):
        raise BadRow("IMP201", "`thresholds` are not in order")
    columns = {meter: _column(pricing, key) for key, meter in _METERS.items() if key in pricing}
    steps = [_step(columns, number) for number in range(len(bounds) + 1)]
    if any(len(column) > len(steps) for column in columns.values() if column):
        raise BadRow("IMP201", "there are more prices than tiers")
    if not steps[0]:
        return None
    tiers = zip(bounds, steps[1:], strict=True)
    return Price(steps[0], tuple((bound, meters) for bound, meters in tiers if meters))


def _bound(value: object) -> int:
    return tokens({"thresholds": value}, "thresholds") or 0


def _column(pricing: Fields, key: str) -> list[Any] | None:
    """The prices of one meter, one for each tier; null where the list is null."""
    found = pricing[key]
    return [found] if isinstance(found, Decimal | int) else listed(pricing, key)


def _step(columns: dict[str, list[Any] | None], number: int) -> Amounts:
    found: list[tuple[str, Decimal | None]] = []
    for meter, column in columns.items():
        if column is None:
            found += [(meter, None)] if number == 0 else []
        elif number < len(column):
            value = column[number]
            found.append((meter, None if value is None else amount(value, f"price of {meter}")))
    return tuple(found)


def _compat_price(pricing: Fields) -> Price | None:
    base = amounts(pricing, _COMPAT_METERS, PER_MILLION)
    return Price(base) if base else None
