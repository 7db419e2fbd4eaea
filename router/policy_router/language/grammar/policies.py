"""Policies, exceptions and aliases.

Predicates pass through as plain data: `predicates` reads them once all files are known, because
what a name in them may be depends on the other documents.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, WithJsonSchema, model_validator

from policy_router.domain.claim import SourceKind
from policy_router.domain.policy import Mode
from policy_router.language.grammar.body import Body, DocumentBody
from policy_router.language.grammar.quantities import Count, Day, End, Flag, Start
from policy_router.language.grammar.refusals import refusal
from policy_router.language.grammar.values import (
    NAMED,
    Glob,
    Id,
    Maybe,
    OneOf,
    Parameter,
    Reference,
    Tag,
    Text,
)

RequestPredicate = Maybe[Annotated[Any, WithJsonSchema({NAMED: "RequestPredicate"})]]
"""A predicate over facts of the request."""
RoutePredicate = Maybe[Annotated[Any, WithJsonSchema({NAMED: "RoutePredicate"})]]
"""A predicate over attributes of the route."""
ScopePredicate = Maybe[Annotated[Any, WithJsonSchema({NAMED: "ScopePredicate"})]]
"""A predicate over who asks."""
ParameterValue = Annotated[Any, WithJsonSchema({"type": ["string", "number", "boolean", "null"]})]


class EvidenceBody(Body):
    """What is asked of evidence; a key that is left out asks nothing."""

    max_age_days: Maybe[Count] = None
    at_least: Maybe[Annotated[SourceKind, OneOf(SourceKind, "kind of source")]] = None
    verified: Maybe[Flag] = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.model_fields_set:
            raise refusal(
                "SCH107", "nothing is asked of evidence", "add a demand or delete the key"
            )
        return self


class RuleBody(Body):
    """One rule."""

    id: Tag
    title: Maybe[Text] = None
    when: RequestPredicate = None
    needs: tuple[Text, ...] = ()
    require: RoutePredicate = None
    forbid: RoutePredicate = None
    mode: Annotated[Mode, OneOf(Mode, "mode")] = Mode.ENFORCE
    waivable: Flag = False
    evidence: Maybe[EvidenceBody] = None
    cites: tuple[Text, ...] = ()
    stricter_than_law: Flag = False

    @model_validator(mode="after")
    def _demands_something(self) -> Self:
        if not self.model_fields_set & {"require", "forbid"} and not self.needs:
            message = f"rule `{self.id}` demands nothing"
            raise refusal("SCH107", message, "add `require`, `forbid` or `needs`")
        return self


class ObligationBody(Body):
    """What must be done to a call, or what a call must not be."""

    id: Tag
    title: Maybe[Text] = None
    when: RequestPredicate = None
    set: dict[Parameter, ParameterValue] = Field(default_factory=dict)
    refuse_when: RequestPredicate = None
    cites: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _obliges(self) -> Self:
        if not self.set and "refuse_when" not in self.model_fields_set:
            message = f"obligation `{self.id}` obliges to nothing"
            raise refusal("SCH107", message, "add `set` or `refuse_when`")
        return self


class PolicyBody(DocumentBody):
    """A pack."""

    kind: Annotated[str, OneOf(("policy",))]
    id: Tag = Field(description="a name by which projects and reports call the policy")
    version: Count = 1
    title: Text
    scope: ScopePredicate = None
    evidence: Maybe[EvidenceBody] = None
    rules: tuple[RuleBody, ...] = ()
    obligations: tuple[ObligationBody, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.rules and not self.obligations:
            message = f"policy `{self.id}` has neither rules nor obligations"
            raise refusal("SCH107", message)
        return self


class ExceptionBody(DocumentBody):
    """A dated, approved waiver of one rule."""

    kind: Annotated[str, OneOf(("exception",))]
    policy: Tag
    rule: Tag
    routes: tuple[Glob, ...] = Field(min_length=1)
    when: Annotated[Any, WithJsonSchema({NAMED: "RequestPredicate"})] = Field(
        description="say for which requests it holds; `when: {}` is all of them"
    )
    start: Start = Field(
        alias="from", description="the first day it holds, such as `from: 2026-12-01`"
    )
    end: End = Field(
        alias="until",
        description="an exception ends: add its last day, such as `until: 2027-05-31`, at most a "
        "year after `from`",
    )
    approved_by: Text = Field(description="the role that approved it, an approver of the project")
    reason: Text = Field(description="why the rule is waived, for whoever reads a decision")
    reference: Reference = Field(
        description="where the approval is filed, such as a document number"
    )
    recorded_on: Day = Field(
        description="the day it was written down, such as `recorded_on: 2026-11-22`"
    )
    accepts: dict[Tag, Any] = Field(default_factory=dict)


class AliasBody(DocumentBody):
    """A virtual model name."""

    kind: Annotated[str, OneOf(("alias",))]
    models: tuple[Id, ...] = Field(min_length=1)
