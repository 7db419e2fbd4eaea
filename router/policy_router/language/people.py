"""Callers, scenarios and suites: requests that documents describe."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import cast

from policy_router.domain.organisation import Caller, Expectation, Scenario, Suite, SuiteCase
from policy_router.domain.vocabulary import FACTS, SCOPE_FACTS, fact
from policy_router.language.draft import Draft
from policy_router.language.facts import facts_of, stated_facts
from policy_router.language.grammar.projects import (
    CallerBody,
    CaseBody,
    ExpectBody,
    ScenarioBody,
    SuiteBody,
)
from policy_router.language.suggest import did_you_mean
from policy_router.language.text import quoted


def caller_of(draft: Draft[CallerBody]) -> Caller:
    """The caller that a document describes; that it is this caller is part of its floor."""
    body = draft.body
    for number, name in enumerate(body.may_declare):
        _check_declarable(draft, name, number)
    facts = stated_facts(body.facts)
    floor = replace(facts, scalars=MappingProxyType({**facts.scalars, "caller": body.id}))
    return Caller(body.id, body.key_sha256, floor, frozenset(body.may_declare), draft.parsed.span)


def _check_declarable(draft: Draft[CallerBody], name: str, number: int) -> None:
    spec = fact(name)
    if spec is None:
        advice = did_you_mean(
            name, [n for n, s in FACTS.items() if not (s.observed or s.floor_only)]
        )
        message = f"unknown fact {quoted(name)}"
        draft.report("POL201", message, "may_declare", number, advice=advice)
    elif name in SCOPE_FACTS:
        message = f"`{name}` says who asks, so the caller's own word cannot settle it"
        draft.report("PRJ412", message, "may_declare", number, advice="state it under `facts`")
    elif spec.observed:
        message = f"`{name}` is seen in the call, not declared"
        draft.report("PRJ412", message, "may_declare", number)


def scenario_of(draft: Draft[ScenarioBody]) -> Scenario:
    """The scenario that a document describes."""
    body = draft.body
    return Scenario(body.id, body.title, body.text, facts_of(body.request), draft.parsed.span)


def suite_of(draft: Draft[SuiteBody]) -> Suite:
    """The suite that a document describes."""
    body = draft.body
    seen: set[str] = set()
    for number, case in enumerate(body.cases):
        if case.id in seen:
            message = f"`{case.id}` is the id of another case"
            draft.report("PRJ414", message, "cases", number, "id")
        seen.add(case.id)
    return Suite(
        id=body.id,
        policies=body.policies,
        project=body.project,
        documents=body.documents,
        cases=tuple(_case(draft, case, n) for n, case in enumerate(body.cases)),
        span=draft.parsed.span,
    )


def _case(draft: Draft[SuiteBody], body: CaseBody, number: int) -> SuiteCase:
    return SuiteCase(
        id=body.id,
        request=facts_of(body.request),
        at=cast("datetime", body.at or draft.body.at),  # one of them is given: see `SuiteBody`
        known_at=body.known_at or draft.body.known_at,
        expect=_expectation(body.expect),
        span=draft.parsed.at("cases", number, "id"),
    )


def _expectation(body: ExpectBody) -> Expectation:
    return Expectation(
        outcome=body.outcome,
        reason=body.reason,
        route=body.route,
        chain=body.chain,
        fails=body.fails,
        unknown=body.unknown,
        excepted=body.excepted,
        missing=body.missing,
    )
