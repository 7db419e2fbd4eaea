"""Later facts about routes and models that other documents describe."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from policy_router.language.grammar.body import Body, DocumentBody
from policy_router.language.grammar.claims import ClaimsBody, Sources
from policy_router.language.grammar.places import LifecycleBody
from policy_router.language.grammar.prices import PriceBody
from policy_router.language.grammar.quantities import Count
from policy_router.language.grammar.values import Id, Maybe, OneOf, Tag


class FilledBody(Body):
    """Limits and abilities that a card leaves open."""

    context_window: Maybe[Count] = None
    max_output_tokens: Maybe[Count] = None
    features: Maybe[tuple[Tag, ...]] = None
    input_modalities: Maybe[tuple[Tag, ...]] = None
    output_modalities: Maybe[tuple[Tag, ...]] = None
    source: Maybe[Tag] = None


class UpdatedModelBody(FilledBody):
    """What is added to a model's card where the card leaves it open."""


class UpdatedRouteBody(FilledBody):
    """What is added to a route: prices, changes of stage, claims by hop, limits left open."""

    prices: tuple[PriceBody, ...] = ()
    lifecycle: tuple[LifecycleBody, ...] = ()
    claims: dict[Id, ClaimsBody] = Field(default_factory=dict)


class UpdateBody(DocumentBody):
    """What a later reading says of routes and models that other documents describe."""

    kind: Annotated[str, OneOf(("update",))]
    sources: Sources = Field(default_factory=dict)
    routes: dict[Id, UpdatedRouteBody] = Field(
        default_factory=dict,
        description="by id: prices, changes of stage, claims to add, and limits left open",
    )
    models: dict[Id, UpdatedModelBody] = Field(
        default_factory=dict, description="by id: limits and abilities that the card leaves open"
    )
