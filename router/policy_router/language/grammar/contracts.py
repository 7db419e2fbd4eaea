"""Agreements the organisation holds, and sign-offs of its people."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from policy_router.domain.contract import Mechanism
from policy_router.domain.vocabulary import DATA_CATEGORIES, SIGNOFF_TYPES
from policy_router.language.grammar.body import Body, DocumentBody
from policy_router.language.grammar.claims import (
    Caching,
    Dpa,
    HumanReview,
    Logging,
    ThirdPartyAccess,
    Training,
    ZeroRetention,
)
from policy_router.language.grammar.quantities import Day, Days, End, Start
from policy_router.language.grammar.refusals import refusal
from policy_router.language.grammar.values import (
    Country,
    Glob,
    Id,
    Maybe,
    OneOf,
    Place,
    Reference,
    Tag,
    Text,
)

NeedsModule = (Mechanism.SCC, Mechanism.SCC_SWISS)


class ClauseBody(Body):
    """Transfer clauses in force."""

    mechanism: Annotated[Mechanism, OneOf(Mechanism, "mechanism")]
    module: Maybe[Annotated[str, OneOf(("M2", "M3"), "module")]] = None

    @model_validator(mode="after")
    def _module_fits(self) -> Self:
        if (self.mechanism in NeedsModule) != (self.module is not None):
            message = "`module` goes with the clauses `scc` and `scc_swiss`, and only with them"
            raise refusal("SCH107", message, "M2: controller to processor, M3: between processors")
        return self


class CoverageBody(Body):
    """What an agreement covers; only an exact id names a model or route."""

    models: tuple[Glob, ...] = ()
    routes: tuple[Glob, ...] = ()

    @model_validator(mode="after")
    def _covers_something(self) -> Self:
        if not self.models and not self.routes:
            message = "an agreement that covers nothing changes nothing"
            raise refusal("SCH107", message, 'list `models` or `routes`; `"*"` covers all')
        return self


class TermsBody(Body):
    """What an agreement states, by attribute."""

    provider_jurisdiction: Maybe[tuple[Country, ...]] = Field(None, min_length=1)
    parent_jurisdiction: Maybe[tuple[Country, ...]] = Field(None, min_length=1)
    inference_location: Maybe[tuple[Place, ...]] = Field(None, min_length=1)
    storage_location: Maybe[tuple[Place, ...]] = Field(None, min_length=1)
    support_location: Maybe[tuple[Place, ...]] = Field(None, min_length=1)
    retention_days: Maybe[Days] = None
    zero_data_retention: Maybe[ZeroRetention] = None
    zdr_exceptions: Maybe[tuple[Tag, ...]] = None
    training: Maybe[Training] = None
    logging: Maybe[Logging] = None
    human_review: Maybe[HumanReview] = None
    caching: Maybe[Caching] = None
    third_party_access: Maybe[ThirdPartyAccess] = None
    dpa: Maybe[Dpa] = None
    certifications: Maybe[tuple[Tag, ...]] = None


NO_TERMS = TermsBody.model_construct()


class AgreementBody(DocumentBody):
    """A contract the organisation holds."""

    kind: Annotated[str, OneOf(("agreement",))]
    parties: tuple[Id, ...] = Field(
        alias="with",
        min_length=1,
        description="whom it is with: gateways, providers, or companies that operate providers",
    )
    document: Text = Field(description="where it is filed, such as a document number")
    start: Start = Field(alias="from")
    end: Maybe[End] = Field(None, alias="until")
    recorded_on: Day = Field(
        description="the day this was written down, such as `recorded_on: 2026-11-22`"
    )
    read_on: Maybe[Day] = None
    verified_on: Maybe[Day] = None
    verified_by: Maybe[Text] = None
    covers: CoverageBody = Field(
        description="say what it covers, such as `covers: {models: [acme/one]}`, or `routes`"
    )
    terms: TermsBody = NO_TERMS
    clauses: tuple[ClauseBody, ...] = ()

    @model_validator(mode="after")
    def _verified_by_someone(self) -> Self:
        if (self.verified_on is None) != (self.verified_by is None):
            raise refusal("SCH107", "`verified_on` and `verified_by` go together")
        return self

    @model_validator(mode="after")
    def _states_something(self) -> Self:
        if not self.terms.model_fields_set and not self.clauses:
            raise refusal("SCH107", "an agreement without terms and clauses states nothing")
        return self


class SignedBody(Body):
    """What a sign-off covers."""

    routes: tuple[Glob, ...] = ()
    importers: tuple[Id, ...] = ()
    countries: tuple[Country, ...] = ()
    data: tuple[Annotated[str, OneOf(DATA_CATEGORIES, "category of data")], ...] = Field(
        min_length=1, description="the categories of data it was made for"
    )
    purposes: tuple[Glob, ...] = Field(
        min_length=1, description='the purposes it was made for; `["*"]` is all of them'
    )
    tenants: tuple[Glob, ...] = Field(
        min_length=1, description='the tenants it was made for; `["*"]` is all of them'
    )


class SignoffBody(DocumentBody):
    """A person's dated judgement."""

    kind: Annotated[str, OneOf(("signoff",))]
    type: Annotated[str, OneOf(SIGNOFF_TYPES, "type of sign-off")]
    status: Annotated[str, OneOf(("approved", "rejected"), "status")]
    covers: SignedBody = Field(
        description="say what it covers: `data`, `purposes`, `tenants`, and `routes` or `importers`"
    )
    start: Start = Field(alias="from")
    end: End = Field(
        alias="until",
        description="a sign-off ends: add its last day, such as `until: 2027-11-21`",
    )
    recorded_on: Day = Field(
        description="the day it was written down, such as `recorded_on: 2026-11-22`"
    )
    by: Text = Field(description="the role of who judged")
    reference: Reference = Field(description="where it is filed, such as a document number")

    @model_validator(mode="after")
    def _covers_what_it_judges(self) -> Self:
        covers = self.covers
        if self.type == "tia" and not (covers.importers and covers.countries):
            message = "a transfer impact assessment is about importers in countries"
            raise refusal("SCH107", message, "add `importers` and `countries` under `covers`")
        if not covers.routes and not covers.importers:
            message = "a sign-off that covers no route and no importer says nothing"
            raise refusal("SCH107", message, 'add `routes` under `covers`; `"*"` covers all')
        return self
