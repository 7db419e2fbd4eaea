"""What a refused developer is told: why, which rule, what instead, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, assert_never

from policy_router.domain.decision import Candidate, Determination, Reason, RuleVerdict
from policy_router.domain.policy import Mode, Rule
from policy_router.domain.snapshot import Snapshot
from policy_router.enforcement.answer import Reply, refusal
from policy_router.enforcement.facts import Floor
from policy_router.enforcement.missing import advice
from policy_router.engine.explanation import Alternative, Change, Explanation
from policy_router.service.decision import Decision
from policy_router.wire.operation import Dialect

STATUS: Final = 403
"""Of every denial: not a matter of who asks, or when."""

_FELL: Final = (Reason.NO_COMPLIANT_ROUTE, Reason.FACTS_MISSING)


def denial(
    decision_id: str, decision: Decision, sender: Floor, dialect: Dialect = Dialect.OPENAI
) -> Reply:
    """The answer to a call of `sender` in `dialect` that was denied."""
    explanation = decision.explain()
    reason = decision.reason or Reason.NO_COMPLIANT_ROUTE
    last = _last_to_fall(decision.determination.candidates) if reason in _FELL else None
    told = {
        "decision": decision_id,
        "reason": reason.value,
        "details": _details(decision.determination),
        "missing": list(decision.determination.missing),
        "requirement": None if last is None else _requirement(decision.snapshot, last),
        "alternative": _alternative(explanation.alternatives),
        "changes": [change.text for change in _smallest(explanation)],
        "help": _help(reason, decision, sender, explanation),
    }
    message = _message(decision, reason, told)
    return refusal(decision_id, STATUS, reason.value, message, None, told, dialect)


def _message(decision: Decision, reason: Reason, told: dict[str, Any]) -> str:
    """One line: what was asked for, why not, what instead."""
    parts = [f"{_asked(decision, reason)} carry this request: {_why(reason)}"]
    rule = told["requirement"]
    if reason is Reason.FACTS_MISSING:
        parts.append(told["help"])
    elif told["details"]:
        parts.append(told["details"][0])
    elif rule is not None:
        parts.append(f"the last route fell at {rule['policy']}/{rule['rule']} ({rule['title']})")
    if told["alternative"] is not None:
        parts.append(f"permitted instead: `{told['alternative']['route']}`")
    return "; ".join(parts)


def _asked(decision: Decision, reason: Reason) -> str:
    """What was asked for; a name that nobody knows is not repeated."""
    if decision.determination.requested is None:
        return "no route may"
    if reason is Reason.UNKNOWN_MODEL:
        return "what the call names may not"
    return f"`{decision.determination.requested}` may not"


def _why(reason: Reason) -> str:  # noqa: PLR0911 - one case a reason
    match reason:
        case Reason.NO_POLICY:
            return "no policy covers it"
        case Reason.UNKNOWN_MODEL:
            return "no route or model has this name"
        case Reason.RETIRED:
            return "its provider has retired it"
        case Reason.NOT_REACHABLE:
            return "it is behind a gateway the project does not have"
        case Reason.UNSUITABLE:
            return "no route of it is known to do what the call asks"
        case Reason.FACTS_MISSING:
            return "facts of it are not known"
        case Reason.OBLIGATION:
            return "the call does something its data rule out"
        case Reason.NO_COMPLIANT_ROUTE:
            return "no route of it meets every policy"
        case Reason.OBLIGATION_CONFLICT:
            return "policies oblige the call to contrary things"
        case _:
            assert_never(reason)


def _help(reason: Reason, decision: Decision, sender: Floor, explanation: Explanation) -> str:
    match reason:
        case Reason.FACTS_MISSING:
            return advice(decision.determination.missing, sender)
        case Reason.UNKNOWN_MODEL | Reason.RETIRED:
            return "name another model, exactly as it is listed"
        case Reason.UNSUITABLE:
            return "leave out what the details name, or name another model, exactly as it is listed"
        case Reason.OBLIGATION:
            return "leave out of the call what the detail names"
        case Reason.NO_POLICY | Reason.OBLIGATION_CONFLICT | Reason.NOT_REACHABLE:
            return "ask whoever keeps the policies: no change to the call helps"
        case Reason.NO_COMPLIANT_ROUTE if explanation.alternatives:
            return "use what is permitted instead, or ask whoever keeps the policies"
        case Reason.NO_COMPLIANT_ROUTE:
            return "ask whoever keeps the policies: no route on file is permitted for this request"
        case _:
            assert_never(reason)


def _details(determination: Determination) -> list[str]:
    """What is behind the reason, and what the routes that were asked for cannot do."""
    if determination.reason is Reason.FACTS_MISSING:
        return [d.message for d in determination.details]
    said = [f"{d.about}: {d.message}" for d in determination.details]
    short = [f"{c.route}: {s}" for c in determination.candidates for s in c.unsuitable]
    return said + short if determination.reason is Reason.UNSUITABLE else said


def _last_to_fall(candidates: Sequence[Candidate]) -> RuleVerdict | None:
    """The first rule, in the order of the policies, at which no candidate is left."""
    standing = [c for c in candidates if not c.unsuitable]
    rules = standing[0].verdicts if standing else ()
    for position, rule in enumerate(rules):
        if rule.mode is Mode.ENFORCE:
            standing = [c for c in standing if c.verdicts[position].verdict.allows]
        if not standing:
            return rule
    return None


def _requirement(snapshot: Snapshot, fallen: RuleVerdict) -> dict[str, Any]:
    rule = _rule(snapshot, fallen)
    return {
        "policy": fallen.policy,
        "rule": rule.id,
        "title": rule.title or rule.id,
        "cites": list(rule.cites),
        "stricter_than_law": rule.stricter_than_law,
    }


def _rule(snapshot: Snapshot, fallen: RuleVerdict) -> Rule:
    rules = {(p.id, r.id): r for p in snapshot.policies.policies for r in p.rules}
    return rules[fallen.policy, fallen.rule]


def _alternative(alternatives: Sequence[Alternative]) -> dict[str, Any] | None:
    if not alternatives:
        return None
    nearest = alternatives[0]
    return {"route": nearest.route, "model": nearest.model}


def _smallest(explanation: Explanation) -> Sequence[Change]:
    """The smallest set of changes that would permit one of the nearest routes asked for."""
    firsts = [route.remedies[0] for route in explanation.nearest if route.remedies]
    return min(firsts, key=len, default=())
