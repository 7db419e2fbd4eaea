"""Price tables of a route."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from policy_router.domain.vocabulary import METERS
from policy_router.language.grammar.body import Body
from policy_router.language.grammar.quantities import Amount, Clock, Count, End, Start
from policy_router.language.grammar.refusals import listed, refusal
from policy_router.language.grammar.values import Currency, Maybe, Tag


class TierBody(Body):
    """Amounts of larger requests."""

    above_input_tokens: Count
    input: Maybe[Amount] = None
    output: Maybe[Amount] = None
    cached_input: Maybe[Amount] = None
    cache_write: Maybe[Amount] = None
    reasoning: Maybe[Amount] = None
    image: Maybe[Amount] = None
    audio_input: Maybe[Amount] = None
    audio_output: Maybe[Amount] = None
    request: Maybe[Amount] = None

    @model_validator(mode="after")
    def _prices_something(self) -> Self:
        require_meter(self)
        return self


class WindowBody(Body):
    """A daily span of time in UTC; it may cross midnight."""

    start: Clock = Field(alias="from")
    end: Clock = Field(alias="until")

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.start == self.end:
            raise refusal("SCH107", "a window that ends when it begins is no window")
        return self


class PriceBody(Body):
    """One source's prices: per one million tokens, `request` per one million calls.

    A meter that is null is stated as unknown; one that is left out is missing.
    """

    currency: Currency
    source: Tag
    start: Maybe[Start] = Field(None, alias="from")
    end: Maybe[End] = Field(None, alias="until")
    hours_utc: Maybe[WindowBody] = None
    tiers: tuple[TierBody, ...] = ()
    input: Amount | None = None
    output: Amount | None = None
    cached_input: Amount | None = None
    cache_write: Amount | None = None
    reasoning: Amount | None = None
    image: Amount | None = None
    audio_input: Amount | None = None
    audio_output: Amount | None = None
    request: Amount | None = None

    @model_validator(mode="after")
    def _prices_something(self) -> Self:
        require_meter(self)
        return self

    @model_validator(mode="after")
    def _tiers_differ(self) -> Self:
        bounds = [tier.above_input_tokens for tier in self.tiers]
        if len(set(bounds)) != len(bounds):
            raise refusal("SCH107", "two tiers start at the same number of tokens")
        return self


def require_meter(body: Body) -> None:
    """Refuse a table that says nothing of any meter."""
    if not body.model_fields_set.intersection(METERS):
        raise refusal("SCH107", "no price is stated", f"state at least one of {listed(METERS)}")
