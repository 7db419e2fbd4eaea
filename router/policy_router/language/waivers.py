"""Exceptions: dated, approved waivers of one rule."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Final

from policy_router.domain.organisation import Approver
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import PolicyException
from policy_router.domain.vocabulary import ATTRIBUTES, Attribute, AttributeKind
from policy_router.language.draft import Draft
from policy_router.language.grammar.forms import COUNT
from policy_router.language.grammar.policies import ExceptionBody, PolicyBody, RuleBody
from policy_router.language.grammar.quantities import start_of
from policy_router.language.grammar.refusals import described, listed
from policy_router.language.policies import reader
from policy_router.language.scalars import readings
from policy_router.language.subjects import Side
from policy_router.language.suggest import did_you_mean
from policy_router.language.text import quoted

LONGEST: Final = timedelta(days=366)

_NONE_WAIVABLE: Final = "no rule of this policy may be waived"
_PLAIN: Final = re.compile(r"[A-Za-z]+(?:[ -][A-Za-z]+)*")
"""Text that needs no quotes in a document, unless it has two readings."""

_COUNT: Final = re.compile(COUNT)
_ACCEPTABLE: Final = (AttributeKind.ORDERED, AttributeKind.NUMBER)


def exception_of(
    draft: Draft[ExceptionBody], approvers: tuple[Approver, ...] | None
) -> PolicyException:
    """The exception that a document describes.

    `approvers`: who may approve what; None where that is not known.
    """
    body = draft.body
    if draft.catalogue.has(body.policy, "policy"):
        if _may_be_waived(draft):
            _check_approval(draft, approvers)
    else:
        advice = draft.hint(body.policy, "policy")
        draft.report("POL220", f"unknown policy {quoted(body.policy)}", "policy", advice=advice)
    draft.past(body.recorded_on, "recorded_on")
    validity = draft.validity(body.start, body.end)
    if body.end - body.start > LONGEST:
        message = f"exception lasts {(body.end - body.start).days} days"
        draft.report("POL223", message, "until", advice=f"{LONGEST.days} days at most")
    for number, name in enumerate(body.routes):
        if "*" not in name and not draft.catalogue.has(name, "route"):
            advice = draft.hint(name, "route")
            draft.warn(
                "REG308", f"no route is called {quoted(name)}", "routes", number, advice=advice
            )
    return PolicyException(
        id=body.id,
        policy=body.policy,
        rule=body.rule,
        routes=body.routes,
        when=reader(draft, Side.REQUEST).condition(body.when, ("when",)),
        validity=validity,
        recorded=start_of(body.recorded_on),
        approved_by=body.approved_by,
        reason=body.reason,
        reference=body.reference,
        accepts=tuple(_accepted(draft, name) for name in sorted(body.accepts)),
        span=draft.parsed.span,
    )


def _may_be_waived(draft: Draft[ExceptionBody]) -> bool:
    """Check that the rule exists and may be waived; a policy that is not sound is let be."""
    rules = {policy.id: policy.body.rules for policy in draft.catalogue.of(PolicyBody)}
    found = rules.get(draft.body.policy)
    return found is None or _waivable(draft, found)


def _waivable(draft: Draft[ExceptionBody], rules: tuple[RuleBody, ...]) -> bool:
    name = draft.body.rule
    rule = next((rule for rule in rules if rule.id == name), None)
    if rule is None:
        advice = did_you_mean(name, [rule.id for rule in rules])
        message = f"policy `{draft.body.policy}` has no rule {quoted(name)}"
        draft.report("POL221", message, "rule", advice=advice)
    elif not rule.waivable:
        message = f"rule `{draft.body.policy}/{name}` may not be waived"
        able = [rule.id for rule in rules if rule.waivable]
        advice = f"the rules of this policy that may be: {listed(able)}" if able else _NONE_WAIVABLE
        draft.report("POL222", message, "rule", advice=advice)
    return rule is not None and rule.waivable


def _check_approval(draft: Draft[ExceptionBody], approvers: tuple[Approver, ...] | None) -> None:
    if approvers is None:
        return
    role, rule = draft.body.approved_by, f"{draft.body.policy}/{draft.body.rule}"
    able = {a.role for a in approvers if any_matches(a.may_approve, rule)}
    if role in able:
        return
    message = f"{quoted(role)} may not approve exceptions to `{rule}`"
    if able:
        advice = f"the project lets {listed(sorted(able))} approve it"
    else:
        advice = _line_for(role, draft.body.policy, alone=not approvers)
    draft.report("POL224", message, "approved_by", advice=advice)


def _line_for(role: str, policy: str, *, alone: bool) -> str:
    """What to write into the project, if the role may approve; `alone`: as its first approver."""
    plain = _PLAIN.fullmatch(role) and readings(role) is None
    name = role if plain else json.dumps(role, ensure_ascii=False)
    member = f'{{role: {name}, may_approve: ["{policy}/*"]}}'
    where = f"`approvers: [{member}]`" if alone else f"`{member}` under `approvers`"
    return f"if this role may approve them, add to the project: {where}"


def _accepted(draft: Draft[ExceptionBody], name: str) -> tuple[str, tuple[str, ...]]:
    spec, data = ATTRIBUTES.get(name), draft.body.accepts[name]
    if spec is None:
        advice = did_you_mean(name, [a.name for a in ATTRIBUTES.values() if _acceptable(a)])
        draft.report_key(
            "POL202", f"unknown attribute {quoted(name)}", "accepts", name, advice=advice
        )
    elif not _acceptable(spec):
        message = f"values of `{name}` cannot be accepted"
        draft.report_key("POL225", message, "accepts", name)
    values = data if isinstance(data, list) else [data]
    if not values:
        draft.report("POL207", "list is empty", "accepts", name, advice="name at least one")
    for number, value in enumerate(values):
        _check_value(draft, spec, value, ("accepts", name, number))
    return name, tuple(str(value) for value in values)


def _acceptable(spec: Attribute) -> bool:
    return spec.claimed and spec.kind in _ACCEPTABLE


def _check_value(
    draft: Draft[ExceptionBody],
    spec: Attribute | None,
    value: object,
    path: tuple[str | int, ...],
) -> None:
    if not isinstance(value, str):
        draft.report("SCH104", f"expected a value, found {described(value)}", *path)
    elif spec is not None and spec.kind is AttributeKind.NUMBER and not _COUNT.fullmatch(value):
        message = f"expected a whole number, found {quoted(value)}"
        draft.report("SCH106", message, *path, advice="write it in digits, such as `30`")
    elif spec is not None and spec.values and value not in spec.values:
        advice = did_you_mean(value, spec.values) or f"use {listed(spec.values)}"
        message = f"unknown value {quoted(value)} of `{spec.name}`"
        draft.report("POL204", message, *path, advice=advice)
