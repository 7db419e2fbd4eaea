"""What an organisation finds out about shipped facts: claims checked, decisions suspended."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from policy_router.language.grammar.body import Body, DocumentBody
from policy_router.language.grammar.claims import (
    Caching,
    Dpa,
    HumanReview,
    ListingBody,
    Logging,
    ThirdPartyAccess,
    Training,
    ZeroRetention,
)
from policy_router.language.grammar.quantities import Day, Days, End, Start
from policy_router.language.grammar.refusals import refusal
from policy_router.language.grammar.values import Id, Maybe, OneOf, Place, Reference, Tag, Text

Places = Annotated[tuple[Place, ...], Field(min_length=1)]
Tags = tuple[Tag, ...]


class FoundBody(Body):
    """What a source was found to say, by attribute; null: it does not say."""

    maker_jurisdiction: Places | None = None
    provider_jurisdiction: Places | None = None
    parent_jurisdiction: Places | None = None
    inference_location: Places | None = None
    storage_location: Places | None = None
    support_location: Places | None = None
    retention_days: Days | None = None
    zero_data_retention: ZeroRetention | None = None
    zdr_exceptions: Tags | None = None
    training: Training | None = None
    logging: Logging | None = None
    human_review: HumanReview | None = None
    caching: Caching | None = None
    third_party_access: ThirdPartyAccess | None = None
    dpa: Dpa | None = None
    use_restrictions: Tags | None = None
    certifications: Tags | None = None
    dpf: ListingBody | None = None
    adequacy_conditions: Tags | None = None
    transfers_offered: Tags | None = None


class FoundAtLeastBody(Body):
    """What a source was found to say of a set, without saying that this is all of it."""

    maker_jurisdiction: Maybe[Places] = None
    provider_jurisdiction: Maybe[Places] = None
    parent_jurisdiction: Maybe[Places] = None
    inference_location: Maybe[Places] = None
    storage_location: Maybe[Places] = None
    support_location: Maybe[Places] = None
    zdr_exceptions: Maybe[Tags] = None
    use_restrictions: Maybe[Tags] = None
    certifications: Maybe[Tags] = None
    adequacy_conditions: Maybe[Tags] = None
    transfers_offered: Maybe[Tags] = None


NOTHING_FOUND = FoundBody.model_construct()
NOTHING_FOUND_AT_LEAST = FoundAtLeastBody.model_construct()


class VerificationBody(DocumentBody):
    """A person read the source of claims of one document, and what it was found to say."""

    kind: Annotated[str, OneOf(("verification",))]
    gateway: Maybe[Id] = None
    provider: Maybe[Id] = None
    route: Maybe[Id] = None
    hop: Maybe[Id] = Field(None, description="of a route: at which of its hops")
    model: Maybe[Id] = Field(
        None, description="of a provider: a model that the claims name under their own `covers`"
    )
    found: FoundBody = NOTHING_FOUND
    found_at_least: FoundAtLeastBody = NOTHING_FOUND_AT_LEAST
    verified_on: Day = Field(description="the day it was checked, such as `2026-11-22`")
    verified_by: Text = Field(description="the role or name of who checked it")
    recorded_on: Maybe[Day] = None
    reference: Reference = Field(description="the page or document that was read")

    @model_validator(mode="after")
    def _about_one_document(self) -> Self:
        if sum(name is not None for name in (self.gateway, self.provider, self.route)) != 1:
            message = "a verification is about the claims of one `gateway`, `provider` or `route`"
            raise refusal("SCH107", message, "name the document in which the claims stand")
        if (self.route is None) != (self.hop is None):
            raise refusal("SCH107", "`hop` goes with `route`, and only with it")
        if self.model is not None and self.provider is None:
            raise refusal("SCH107", "`model` goes with `provider`, and only with it")
        return self

    @model_validator(mode="after")
    def _recorded_afterwards(self) -> Self:
        if self.recorded_on is not None and self.recorded_on < self.verified_on:
            message = "`recorded_on` lies before `verified_on`"
            raise refusal("SCH107", message, "nobody records what is still to be found out")
        return self

    @model_validator(mode="after")
    def _finds_something(self) -> Self:
        found = self.found.model_fields_set
        at_least = self.found_at_least.model_fields_set
        if not found and not at_least:
            message = "nothing was found"
            raise refusal("SCH107", message, "such as `found: {training: off_by_default}`")
        if found & at_least:
            message = f"`{min(found & at_least)}` is under `found` and under `found_at_least`"
            raise refusal("SCH107", message, "`found` is all of a set, `found_at_least` a part")
        return self


class SuspensionBody(DocumentBody):
    """Adequacy decisions that do not hold for a while, or from an instant on for good."""

    kind: Annotated[str, OneOf(("suspension",))]
    adequacy: tuple[Id, ...] = Field(
        min_length=1, description="the decisions, such as `adequacy: [eu-us-dpf]`"
    )
    start: Start = Field(alias="from")
    end: Maybe[End] = Field(None, alias="until")
    recorded_on: Day = Field(
        description="the day this was written down, such as `recorded_on: 2026-11-22`"
    )
    reference: Reference = Field(description="what says so, such as a judgment or a notice")
