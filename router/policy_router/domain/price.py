"""Prices: exact decimals with a currency, tiers, validity and daily time windows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal

from policy_router.domain.claim import Evidence, Validity
from policy_router.domain.diagnostic import Span


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217); of prices, per one million units."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PriceTier:
    """Amounts that hold for requests with more than `above_input_tokens` input tokens."""

    above_input_tokens: int
    amounts: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """A daily span of UTC time from `start` (included) to `end` (excluded); may cross midnight."""

    start: time
    end: time

    def holds(self, at: datetime) -> bool:
        """Whether the time of day of `at` lies inside."""
        clock = at.time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


@dataclass(frozen=True, slots=True)
class PriceTable:
    """One source's prices for one route.

    `amounts` maps meter to amount; a meter mapped to None is stated as unknown, an absent one is
    missing, and zero is zero.
    """

    currency: str
    amounts: tuple[tuple[str, Decimal | None], ...]
    validity: Validity
    evidence: Evidence
    span: Span
    tiers: tuple[PriceTier, ...] = field(default=())
    window: Window | None = None

    def holds(self, at: datetime) -> bool:
        """Whether this table prices a call at `at`."""
        return self.validity.holds(at) and (self.window is None or self.window.holds(at))


@dataclass(frozen=True, slots=True)
class Rate:
    """A dated exchange rate: one unit of `currency` is `usd` US dollars."""

    currency: str
    usd: Decimal
    validity: Validity
