"""Facts of a request, as documents, files and programs state them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from policy_router.domain.vocabulary import (
    DATA_CATEGORIES,
    DECISION_EFFECTS,
    LAWFUL_BASES,
    SPECIAL_CONDITIONS,
    SUBJECTS,
    Regime,
)
from policy_router.language.grammar.body import Body
from policy_router.language.grammar.quantities import Count, Flag
from policy_router.language.grammar.values import Country, Id, Maybe, OneOf, Tag, Text

Category = Annotated[str, OneOf(DATA_CATEGORIES, "category of data")]
Person = Annotated[str, OneOf(SUBJECTS, "data subject")]
RegimeName = Annotated[str, OneOf([r.value for r in Regime], "regime")]
LawfulBasis = Annotated[str, OneOf(LAWFUL_BASES, "lawful basis")]
SpecialCondition = Annotated[str, OneOf(SPECIAL_CONDITIONS, "special condition")]
DecisionEffect = Annotated[str, OneOf(DECISION_EFFECTS, "effect of a decision")]


class TokensBody(Body):
    """Sizes of the call."""

    input: Maybe[Count] = None
    output: Maybe[Count] = None


class StatedFacts(Body):
    """Facts that a person or program states; an empty list says nothing."""

    data: Maybe[tuple[Category, ...]] = None
    subjects: Maybe[tuple[Person, ...]] = None
    subject_location: Maybe[tuple[Country, ...]] = None
    regime: Maybe[tuple[RegimeName, ...]] = None
    purpose: Maybe[Tag] = None
    lawful_basis: Maybe[LawfulBasis] = None
    special_condition: Maybe[SpecialCondition] = None
    decision_effect: Maybe[DecisionEffect] = None
    tenant: Maybe[Tag] = None
    project: Maybe[Tag] = None
    environment: Maybe[Tag] = None
    labels: dict[Tag, Text] = Field(default_factory=dict)


class RequestBody(StatedFacts):
    """Everything about one request; a list of what is seen in the call is complete."""

    model: Maybe[Id] = None
    caller: Maybe[Id] = None
    endpoint: Maybe[Id] = None
    features: tuple[Tag, ...] = ()
    input_modalities: tuple[Tag, ...] = ()
    output_modalities: tuple[Tag, ...] = ()
    server_tools: tuple[Tag, ...] = ()
    stateful: Flag = False
    streaming: Flag = False
    tokens: Maybe[TokensBody] = None
