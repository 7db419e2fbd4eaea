"""Sources, and the claims that rest on them."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from policy_router.domain.claim import Basis, Evidence, SourceKind
from policy_router.domain.vocabulary import ATTRIBUTES
from policy_router.language.grammar.body import Body
from policy_router.language.grammar.quantities import Day, Days, End, Start
from policy_router.language.grammar.refusals import refusal
from policy_router.language.grammar.values import (
    ConvertedOnce,
    Id,
    Maybe,
    OneOf,
    OneOrSeveral,
    Place,
    Reference,
    Tag,
    Text,
)


class SourceBody(Body):
    """Where claims were read. `scope`, `from` and `until` say what an attestation covers."""

    kind: Annotated[SourceKind, OneOf(SourceKind, "kind of source")]
    reference: Reference
    basis: Annotated[Basis, OneOf(Basis, "basis")] = Field(
        description="on whose terms it rests, such as `basis: public_terms`"
    )
    read_on: Day = Field(description="the day you read it, such as `read_on: 2026-11-22`")
    page_date: Maybe[Day] = None
    recorded_on: Maybe[Day] = None
    verified_on: Maybe[Day] = None
    verified_by: Maybe[Text] = None
    scope: Maybe[Text] = None
    start: Maybe[Start] = Field(None, alias="from")
    end: Maybe[End] = Field(None, alias="until")

    @cached_property
    def evidence(self) -> Evidence:
        """What rests on this source."""
        return Evidence(
            self.kind,
            self.reference,
            self.basis,
            self.read_on,
            self.verified_on,
            self.verified_by,
            self.page_date,
        )

    @model_validator(mode="after")
    def _verified_by_someone(self) -> Self:
        if (self.verified_on is None) != (self.verified_by is None):
            message = "`verified_on` and `verified_by` go together"
            raise refusal("SCH107", message, "state both only if an identified person checked it")
        return self

    @model_validator(mode="after")
    def _attested(self) -> Self:
        period = (self.scope, self.start, self.end)
        attestation = self.kind is SourceKind.ATTESTATION
        if attestation and None in period:
            message = "an attestation without scope and period says nothing"
            raise refusal("SCH107", message, "add `scope`, `from` and `until`")
        if not attestation and period != (None, None, None):
            message = "`scope`, `from` and `until` of a source belong to an attestation"
            raise refusal("SCH107", message, "state the validity of a claim with the claim")
        return self


Sources = Annotated[dict[Tag, SourceBody], ConvertedOnce()]
"""Sources by the name that claims and prices give; the members of a list share theirs."""


class RecordBody(Body):
    """What one record of a claim says besides its value."""

    source: Tag = Field(description="name one of the `sources` of the document")
    start: Maybe[Start] = Field(None, alias="from")
    end: Maybe[End] = Field(None, alias="until")
    recorded_on: Maybe[Day] = None
    covers: Maybe[tuple[Id, ...]] = Field(None, min_length=1)
    note: Maybe[Text] = None


class SetRecord(RecordBody):
    """A claim about a set: all of it (`value`), or part of it (`at_least`)."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if len({"value", "at_least"} & self.model_fields_set) != 1:
            message = "a claim about a set states either `value` or `at_least`"
            raise refusal("SCH107", message, "`value` is all of the set, `at_least` a part of it")
        return self


class PlacesRecord(SetRecord):
    """A claim about places; `value` null: the source was read and does not say."""

    value: tuple[Place, ...] | None = Field(None, min_length=1)
    at_least: Maybe[tuple[Place, ...]] = Field(None, min_length=1)


class TagsRecord(SetRecord):
    """A claim about a set of names, which may be known to be empty; null: not said."""

    value: tuple[Tag, ...] | None = None
    at_least: Maybe[tuple[Tag, ...]] = Field(None, min_length=1)


class ListingBody(Body):
    """An entry on the Data Privacy Framework list."""

    entity: Text
    status: Annotated[str, OneOf(("active", "inactive", "withdrawn"), "status")]
    covers: tuple[Annotated[str, OneOf(("hr", "non_hr"), "kind of data")], ...]
    extensions: tuple[Annotated[str, OneOf(("uk", "swiss"), "extension")], ...] = ()


def of(attribute: str) -> OneOf:
    """One of the values of an attribute with a closed choice."""
    return OneOf(ATTRIBUTES[attribute].values, f"value of `{attribute}`")


ZeroRetention = Annotated[str, of("zero_data_retention")]
Training = Annotated[str, of("training")]
Logging = Annotated[str, of("logging")]
HumanReview = Annotated[str, of("human_review")]
Caching = Annotated[str, of("caching")]
ThirdPartyAccess = Annotated[str, of("third_party_access")]
Dpa = Annotated[str, of("dpa")]


class DaysRecord(RecordBody):
    """A claim about a number of days; null: the source was read and does not say."""

    value: Days | None


class ZeroRetentionRecord(RecordBody):
    """A claim about zero data retention; null: the source was read and does not say."""

    value: ZeroRetention | None


class TrainingRecord(RecordBody):
    """A claim about training; null: the source was read and does not say."""

    value: Training | None


class LoggingRecord(RecordBody):
    """A claim about logging; null: the source was read and does not say."""

    value: Logging | None


class HumanReviewRecord(RecordBody):
    """A claim about human review; null: the source was read and does not say."""

    value: HumanReview | None


class CachingRecord(RecordBody):
    """A claim about caching; null: the source was read and does not say."""

    value: Caching | None


class ThirdPartyAccessRecord(RecordBody):
    """A claim about access by third parties; null: the source was read and does not say."""

    value: ThirdPartyAccess | None


class DpaRecord(RecordBody):
    """A claim about a processing contract; null: the source was read and does not say."""

    value: Dpa | None


class ListingRecord(RecordBody):
    """A claim about a Data Privacy Framework entry; null: the source was read and does not say."""

    value: ListingBody | None


Places = OneOrSeveral[PlacesRecord]
Tags = OneOrSeveral[TagsRecord]


# built at once: several kinds of documents hold claims, and each would build them anew
class ClaimsBody(Body, defer_build=False):
    """Claims by attribute: one record, or several of which the latest known speaks."""

    maker_jurisdiction: Places = ()
    provider_jurisdiction: Places = ()
    parent_jurisdiction: Places = ()
    inference_location: Places = ()
    storage_location: Places = ()
    support_location: Places = ()
    retention_days: OneOrSeveral[DaysRecord] = ()
    zero_data_retention: OneOrSeveral[ZeroRetentionRecord] = ()
    zdr_exceptions: Tags = ()
    training: OneOrSeveral[TrainingRecord] = ()
    logging: OneOrSeveral[LoggingRecord] = ()
    human_review: OneOrSeveral[HumanReviewRecord] = ()
    caching: OneOrSeveral[CachingRecord] = ()
    third_party_access: OneOrSeveral[ThirdPartyAccessRecord] = ()
    dpa: OneOrSeveral[DpaRecord] = ()
    use_restrictions: Tags = ()
    certifications: Tags = ()
    dpf: OneOrSeveral[ListingRecord] = ()
    adequacy_conditions: Tags = ()
    transfers_offered: Tags = ()


NO_CLAIMS = ClaimsBody.model_construct()

SingleRecord = (
    DaysRecord
    | ZeroRetentionRecord
    | TrainingRecord
    | LoggingRecord
    | HumanReviewRecord
    | CachingRecord
    | ThirdPartyAccessRecord
    | DpaRecord
    | ListingRecord
)
AnyRecord = SingleRecord | PlacesRecord | TagsRecord
