"""Many routes or models in one document, and what they have in common."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import Field, PlainValidator, WithJsonSchema

from policy_router.language.grammar.body import DocumentBody
from policy_router.language.grammar.refusals import refusal
from policy_router.language.grammar.values import NAMED, Id, OneOf

LISTS: Final[Mapping[str, str]] = MappingProxyType({"routes": "route", "models": "model"})
"""Kinds that list others, which is also the key their members stand under, and what those are."""

GIVEN: Final = ("kind", "id", "language")
"""What a member has from the list and from its name in it."""


def _own_key(value: object) -> str:
    if value in GIVEN:
        message = f"`{value}` is given by the list"
        raise refusal("SCH101", message, "the key under which it stands is its id")
    return str(value)


_Key = Annotated[str, PlainValidator(_own_key)]
RoutePart = Annotated[dict[_Key, object], WithJsonSchema({NAMED: "RoutePart"})]
ModelPart = Annotated[dict[_Key, object], WithJsonSchema({NAMED: "ModelPart"})]


class RoutesBody(DocumentBody):
    """Routes by id. Each is read with `defaults` filled in, and checked as a route of its own."""

    kind: Annotated[str, OneOf(("routes",))]
    defaults: RoutePart = Field(
        default_factory=dict, description="what holds for each route that does not say otherwise"
    )
    routes: dict[Id, RoutePart] = Field(min_length=1)


class ModelsBody(DocumentBody):
    """Models by id. Each is read with `defaults` filled in, and checked as a model of its own."""

    kind: Annotated[str, OneOf(("models",))]
    defaults: ModelPart = Field(
        default_factory=dict, description="what holds for each model that does not say otherwise"
    )
    models: dict[Id, ModelPart] = Field(min_length=1)
