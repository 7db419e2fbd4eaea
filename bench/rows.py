"""A route and a request in plain values: every legal question answered beforehand."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One route. Prices: whole units a token; `window`, `longest`: tokens."""

    id: str
    model: str
    price: int
    price_out: int
    window: int
    longest: int
    contract: bool
    untrained: bool
    short_storage: bool
    eu_basis: bool
    uk_basis: bool
    in_eea: bool
    zero: bool
    closed: bool
    quiet: bool
    certified: bool
    ga: bool
    unread: bool


class Call(NamedTuple):
    """One request: which demands it makes of a route."""

    personal: bool
    eu: bool
    uk: bool
    special: bool
    secret: bool
    confidential: bool
    payment: bool
    clinic: bool
