"""Policies: documents as rules and obligations."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from policy_router.domain.claim import NO_DEMAND, EvidenceDemand
from policy_router.domain.policy import ALWAYS, Obligation, ParameterValue, Policy, Predicate, Rule
from policy_router.domain.vocabulary import FACTS, fact
from policy_router.language.catalogue import Catalogue
from policy_router.language.draft import Draft
from policy_router.language.grammar.policies import (
    EvidenceBody,
    ObligationBody,
    PolicyBody,
    RuleBody,
)
from policy_router.language.nodes import json_value
from policy_router.language.parsing import B
from policy_router.language.predicates import Reader
from policy_router.language.subjects import Side
from policy_router.language.suggest import did_you_mean
from policy_router.language.text import quoted


def policy_of(draft: Draft[PolicyBody]) -> Policy:
    """The policy that a document describes."""
    body = draft.body
    demand = _demand(body.evidence, NO_DEMAND)
    _check_ids(draft)
    scope: Predicate = ALWAYS
    if body.scope is not None:
        scope = reader(draft, Side.SCOPE).predicate(body.scope, ("scope",))
    return Policy(
        id=body.id,
        version=body.version,
        title=body.title,
        scope=scope,
        demand=demand,
        rules=tuple(_rule(draft, rule, n, demand) for n, rule in enumerate(body.rules)),
        obligations=tuple(_obligation(draft, each, n) for n, each in enumerate(body.obligations)),
        span=draft.parsed.span,
    )


def reader(draft: Draft[B], side: Side) -> Reader:
    """What reads the predicates of a document."""
    return Reader(side, known_names(draft.catalogue), draft.parsed, draft.problems)


def known_names(catalogue: Catalogue) -> dict[str, Collection[str]]:
    """The names that predicates can compare with, where documents say which there are."""
    kinds = ("territory", "route", "model", "provider", "gateway")
    return {
        **{kind: catalogue.ids(kind) for kind in kinds},
        "maker": catalogue.makers,
        "requested.model": catalogue.ids("route", "model", "alias"),
    }


def _demand(body: EvidenceBody | None, otherwise: EvidenceDemand) -> EvidenceDemand:
    """What is asked of evidence; what a rule does not state, its policy does."""
    if body is None:
        return otherwise
    return EvidenceDemand(
        otherwise.max_age_days if body.max_age_days is None else body.max_age_days,
        otherwise.at_least if body.at_least is None else body.at_least,
        otherwise.verified if body.verified is None else body.verified,
    )


def _check_ids(draft: Draft[PolicyBody]) -> None:
    seen: set[str] = set()
    ids = [("rules", n, rule.id) for n, rule in enumerate(draft.body.rules)]
    ids += [("obligations", n, each.id) for n, each in enumerate(draft.body.obligations)]
    for key, number, name in ids:
        if name in seen:
            message = f"`{name}` is the id of another rule or obligation"
            draft.report("POL212", message, key, number, "id")
        seen.add(name)


def _rule(
    draft: Draft[PolicyBody], body: RuleBody, number: int, policy_demand: EvidenceDemand
) -> Rule:
    demands = reader(draft, Side.ROUTE)
    path = ("rules", number)
    require: Predicate | None = None
    forbid: tuple[Predicate, ...] = ()
    if body.require is not None:
        require = demands.predicate(body.require, (*path, "require"))
    if body.forbid is not None:
        forbid = demands.prohibitions(body.forbid, (*path, "forbid"))
    _check_needs(draft, body, number)
    return Rule(
        id=body.id,
        when=_when(draft, body, path),
        needs=body.needs,
        require=require,
        forbid=forbid,
        mode=body.mode,
        waivable=body.waivable,
        demand=_demand(body.evidence, policy_demand),
        cites=body.cites,
        stricter_than_law=body.stricter_than_law,
        title=body.title,
        span=draft.parsed.at(*path, "id"),
    )


def _when(
    draft: Draft[PolicyBody], body: RuleBody | ObligationBody, path: tuple[str | int, ...]
) -> Predicate:
    """When a rule applies: always, if it does not say."""
    if body.when is None:
        return ALWAYS
    conditions = replace(reader(draft, Side.REQUEST), guards=True)
    return conditions.condition(body.when, (*path, "when"))


def _check_needs(draft: Draft[PolicyBody], body: RuleBody, number: int) -> None:
    for place, name in enumerate(body.needs):
        if fact(name) is None:
            advice = did_you_mean("requested.model" if name == "model" else name, FACTS)
            message = f"unknown fact {quoted(name)}"
            draft.report("POL201", message, "rules", number, "needs", place, advice=advice)


def _obligation(draft: Draft[PolicyBody], body: ObligationBody, number: int) -> Obligation:
    path = ("obligations", number)
    refusal = None
    if body.refuse_when is not None:
        conditions = reader(draft, Side.REQUEST)
        refusal = conditions.predicate(body.refuse_when, (*path, "refuse_when"))
    return Obligation(
        id=body.id,
        when=_when(draft, body, path),
        set=tuple(_parameters(draft, body, number)),
        refuse_when=refusal,
        span=draft.parsed.at(*path, "id"),
    )


def _parameters(
    draft: Draft[PolicyBody], body: ObligationBody, number: int
) -> Iterator[tuple[str, ParameterValue]]:
    """Parameters with their values as JSON has them: `false` is a truth value, `"false"` text."""
    for name, data in sorted(body.set.items()):
        value = json_value(data)
        if isinstance(value, (dict, list)):
            message = f"parameter `{name}` is set to a single value"
            draft.report("SCH104", message, "obligations", number, "set", name)
        else:
            yield name, value
