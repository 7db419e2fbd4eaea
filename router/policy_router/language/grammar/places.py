"""Gateways, providers, models and routes."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from policy_router.domain.route import FIGURES, GatewayType
from policy_router.domain.vocabulary import STAGES
from policy_router.language.grammar.body import Body, DocumentBody
from policy_router.language.grammar.claims import NO_CLAIMS, ClaimsBody, Sources
from policy_router.language.grammar.prices import PriceBody
from policy_router.language.grammar.quantities import Count, Flag, Number, Since, Start
from policy_router.language.grammar.refusals import refusal
from policy_router.language.grammar.values import (
    Id,
    Maybe,
    OneOf,
    OneOrSeveral,
    Tag,
    Text,
    Variable,
    WebAddress,
)

UNKNOWN_STAGE = "unknown"


class KeyBody(Body):
    """Where a gateway's key comes from; never the key itself."""

    env: Maybe[Variable] = None
    file: Maybe[Text] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise refusal("SCH107", "a key comes from either `env` or `file`")
        return self


class EntityBody(Body):
    """The legal entity that operates a hop."""

    name: Text


_SERVES: Final = "operations it serves; left out, what goes in and comes out tells"


class GatewayBody(DocumentBody):
    """A gateway: how it is reached, and claims about its own hop."""

    kind: Annotated[str, OneOf(("gateway",))]
    title: Text
    type: Annotated[GatewayType, OneOf(GatewayType, "type of gateway")]
    base_url: WebAddress
    key: Maybe[KeyBody] = None
    self_hosted: Flag = False
    entity: Maybe[EntityBody] = None
    source: Maybe[Tag] = Field(None, description="where `base_url` was read")
    sources: Sources = Field(default_factory=dict)
    claims: ClaimsBody = NO_CLAIMS


class ProviderBody(DocumentBody):
    """An offering: provider, plan and region; its claims speak of the models it covers."""

    kind: Annotated[str, OneOf(("provider",))]
    title: Text
    operator: Maybe[Id] = None
    entity: Maybe[EntityBody] = None
    covers: tuple[Id, ...] = ()
    unpinned: Maybe[Text] = Field(
        None, description="why nothing keeps a call to this offering; such calls are not sent"
    )
    sources: Sources = Field(default_factory=dict)
    claims: ClaimsBody = NO_CLAIMS


_Figure = Annotated[str, OneOf(FIGURES, "figure of a card")]


class ModelBody(DocumentBody):
    """A model and its card: what is left out is unknown, a list that is written is complete.

    `source`: where the card was read. `card_sources`: the figures that were read elsewhere.
    """

    kind: Annotated[str, OneOf(("model",))]
    title: Text
    maker: Maybe[Id] = None
    context_window: Maybe[Count] = None
    max_output_tokens: Maybe[Count] = None
    features: Maybe[tuple[Tag, ...]] = None
    input_modalities: Maybe[tuple[Tag, ...]] = None
    output_modalities: Maybe[tuple[Tag, ...]] = None
    endpoints: Maybe[tuple[Id, ...]] = Field(default=None, description=_SERVES)
    unasked_tools: Maybe[tuple[Tag, ...]] = Field(
        default=None, description="tools that run at the provider though no call asks for them"
    )
    released: Maybe[Since] = None
    knowledge: Maybe[Since] = None
    open_weights: Maybe[Flag] = None
    benchmarks: dict[Tag, Number] = Field(default_factory=dict)
    rank: Maybe[Text] = None
    tier: Maybe[Text] = None
    throughput: Maybe[Number] = None
    first_token_seconds: Maybe[Number] = None
    source: Maybe[Tag] = None
    card_sources: dict[Tag, tuple[_Figure, ...]] = Field(
        default_factory=dict, description="by source: the figures that were not read in `source`"
    )
    sources: Sources = Field(default_factory=dict)
    claims: ClaimsBody = NO_CLAIMS

    @model_validator(mode="after")
    def _one_source_a_figure(self) -> Self:
        listed = [name for figures in self.card_sources.values() for name in figures]
        twice = [name for name in listed if listed.count(name) > 1]
        if twice:
            message = f"`{twice[0]}` stands twice in `card_sources`"
            raise refusal("SCH107", message, "a figure was read in one source: keep that")
        return self


class LifecycleBody(Body):
    """A dated change of stage, as its source has it."""

    stage: Annotated[str, OneOf(STAGES, "stage")]
    start: Start = Field(alias="from")
    source: Tag
    successor: Maybe[Id] = None


class RouteBody(DocumentBody):
    """A model at an offering behind a gateway; claims by hop.

    Limits, features and modalities stand here where this route differs from the model's card;
    null: not known here, whatever the card says. `source`: where they were read.
    """

    kind: Annotated[str, OneOf(("route",))]
    model: Id
    gateway: Id
    provider: Id
    subprocessors: tuple[Id, ...] = ()
    address: Text = Field(description="the exact name of the model at the gateway")
    pin: Maybe[Id] = Field(
        None, description="the gateway's own name of the provider, where it would pick one"
    )
    stage: Annotated[str, OneOf((*STAGES, UNKNOWN_STAGE), "stage")] = Field(
        description="how mature it is; write `stage: unknown` if that is not known"
    )
    lifecycle: OneOrSeveral[LifecycleBody] = ()
    prices: OneOrSeveral[PriceBody] = ()
    context_window: Count | None = None
    max_output_tokens: Count | None = None
    features: tuple[Tag, ...] | None = None
    input_modalities: tuple[Tag, ...] | None = None
    output_modalities: tuple[Tag, ...] | None = None
    endpoints: tuple[Id, ...] | None = Field(default=None, description=_SERVES)
    source: Maybe[Tag] = None
    sources: Sources = Field(default_factory=dict)
    claims: dict[Id, ClaimsBody] = Field(default_factory=dict)
