"""Territories and adequacy decisions."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from policy_router.domain.territory import Confirmation, Scope
from policy_router.domain.vocabulary import Regime
from policy_router.language.grammar.body import Body, DocumentBody
from policy_router.language.grammar.quantities import Day, End, Start
from policy_router.language.grammar.refusals import refusal
from policy_router.language.grammar.values import Country, Maybe, OneOf, Tag, Text


class ChangeBody(Body):
    """A country that belongs to a territory for a span of time only."""

    country: Country
    start: Maybe[Start] = Field(None, alias="from")
    end: Maybe[End] = Field(None, alias="until")

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.start is None and self.end is None:
            message = "a change of membership has a date"
            raise refusal("SCH107", message, "add `from` or `until`, or list it under `members`")
        return self


class TerritoryBody(DocumentBody):
    """A named set of countries."""

    kind: Annotated[str, OneOf(("territory",))]
    id: Tag
    members: tuple[Country, ...] = ()
    includes: tuple[Tag, ...] = ()
    changes: tuple[ChangeBody, ...] = ()
    confirmation: Annotated[Confirmation, OneOf(Confirmation, "confirmation")]
    sources: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if not (self.members or self.includes or self.changes):
            raise refusal("SCH107", "a territory without members", "add `members` or `includes`")
        twice = set(self.members) & {change.country for change in self.changes}
        if twice:
            message = f"`{min(twice)}` is a member for good and by date"
            raise refusal("SCH107", message, "list it under `changes` only")
        return self


class AdequacyBody(DocumentBody):
    """An adequacy decision of one exporting regime."""

    kind: Annotated[str, OneOf(("adequacy",))]
    regime: Annotated[Regime, OneOf(Regime, "regime")]
    countries: tuple[Country, ...] = ()
    territory: Maybe[Tag] = None
    scope: Annotated[Scope, OneOf(Scope, "scope")]
    conditions: tuple[Tag, ...] = ()
    list: Maybe[Annotated[str, OneOf(("dpf", "dpf_uk", "dpf_swiss"), "list")]] = None
    instrument: Maybe[Text] = None
    start: Maybe[Start] = Field(None, alias="from")
    end: Maybe[End] = Field(None, alias="until")
    suspended_from: Maybe[Start] = None
    recorded_on: Maybe[Day] = None
    read_on: Maybe[Day] = None
    at_risk: Maybe[Text] = None
    excluded: tuple[Text, ...] = ()
    confirmation: Annotated[Confirmation, OneOf(Confirmation, "confirmation")]
    sources: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _about_someone(self) -> Self:
        named = bool(self.countries) + (self.territory is not None)
        if self.scope is not Scope.ORGANISATION and named != 1:
            message = "an adequacy decision is about either `countries` or a `territory`"
            raise refusal("SCH107", message)
        return self

    @model_validator(mode="after")
    def _scope_is_complete(self) -> Self:
        if (self.scope is Scope.CONDITIONS) != bool(self.conditions):
            message = "`conditions` and `scope: conditions` go together"
            raise refusal("SCH107", message)
        if (self.scope is Scope.CERTIFIED_RECIPIENT) != (self.list is not None):
            message = "`list` and `scope: certified_recipient` go together"
            raise refusal("SCH107", message)
        return self

    @model_validator(mode="after")
    def _known_since(self) -> Self:
        if self.recorded_on is None and self.read_on is None:
            message = "it is not said since when this is known"
            raise refusal("SCH107", message, "add `read_on` or `recorded_on`")
        return self
