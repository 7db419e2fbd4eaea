"""What a refused developer is told: why, which rule, what instead, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never

from policy_router.domain.decision import Candidate, Determination, Reason, RuleVerdict
from policy_router.domain.policy import Mode, Rule
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import SERVER_TOOLS
from policy_router.enforcement.answer import Reply, refusal
from policy_router.enforcement.facts import Floor
from policy_router.enforcement.missing import advice
from policy_router.enforcement.near_names import near_names
from policy_router.engine.explanation import RECORDED, Alternative, Change, Explanation
from policy_router.engine.matching import tests_in
from policy_router.engine.nearness import smallest
from policy_router.service.decision import Decision
from policy_router.wire.operation import Dialect

STATUS: Final = 403
"""Of every denial: not a matter of who asks, or when."""

_LISTED: Final = {
    Dialect.OPENAI: "`GET /v1/models`",
    Dialect.ANTHROPIC: "`GET /v1/models`",
    Dialect.GOOGLE: "`GET /v1beta/models`",
}
"""Where a client finds the names that it may ask for."""

_UNKNOWN: Final = "no model, alias or route on file is called what the call names"
"""The name itself is not repeated: nobody knows what it is."""

_MOST_NAMED: Final = 3
"""Facts that nobody stated that the message names; the details name all of them."""

_Near = Sequence[tuple[str, str]]

_FELL: Final = (Reason.NO_COMPLIANT_ROUTE, Reason.FACTS_MISSING)


@dataclass(frozen=True, slots=True)
class Denial:
    """The answer to a call that was denied, and the same as it is recorded: what was told."""

    reply: Reply
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explained:
    """What a call is told that was denied, in any dialect that lists models at the same place."""

    reason: Reason
    message: str
    told: Mapping[str, Any]

    def to(self, decision_id: str, dialect: Dialect) -> Denial:
        """The answer to one such call."""
        said = {"decision": decision_id, "reason": self.reason.value, **self.told}
        code = self.reason.value
        reply = refusal(decision_id, STATUS, code, self.message, None, said, dialect)
        return Denial(reply, {"message": self.message, **self.told})


def denial(
    decision_id: str, decision: Decision, sender: Floor, dialect: Dialect = Dialect.OPENAI
) -> Denial:
    """The answer to a call of `sender` in `dialect` that was denied."""
    return explained(decision, sender, dialect).to(decision_id, dialect)


def explained(decision: Decision, sender: Floor, dialect: Dialect) -> Explained:
    """What a call of `sender` in `dialect` is told that was denied: looked for, which takes long.

    It holds no word of the call but names that are known here, so it is recorded as it is.
    """
    near = near_names(decision) if decision.reason is Reason.UNKNOWN_MODEL else ()
    reason = decision.reason or Reason.NO_COMPLIANT_ROUTE
    told = _told(decision, sender, near, _LISTED[dialect])
    return Explained(reason, _message(decision, reason, told, near), told)


def _told(decision: Decision, sender: Floor, near: _Near, listed: str) -> dict[str, Any]:
    """What is said beside the code, for programs and for whoever reads it in them."""
    explanation = decision.explain()
    reason = decision.reason or Reason.NO_COMPLIANT_ROUTE
    last = _last_to_fall(decision.determination.candidates) if reason in _FELL else None
    needing = _needing(decision) if reason is Reason.FACTS_MISSING else None
    at = needing if last is None or needing else f"{last.policy}/{last.rule}"
    steps = [_help(reason, decision, sender, explanation, listed), *_certain(explanation)]
    return {
        "details": _details(decision.determination),
        "missing": list(decision.determination.missing),
        "requirement": None if at is None else _requirement(decision.snapshot, at),
        "no_help": list(_no_help(explanation, last)),
        "alternative": _alternative(decision.snapshot, explanation.alternatives, near),
        "changes": [change.text for change in _steps(reason, explanation)],
        "help": "; ".join(steps),
    }


def _steps(reason: Reason, explanation: Explanation) -> Sequence[Change]:
    """What would have the nearest route carry the call: nothing that an obligation refuses."""
    return () if reason is Reason.OBLIGATION else smallest(explanation.nearest)


def _message(decision: Decision, reason: Reason, told: dict[str, Any], near: _Near) -> str:
    """One line: what was asked for, why not, what instead."""
    if reason is Reason.UNKNOWN_MODEL:
        return "; ".join([_UNKNOWN, *_instead(told, near), told["help"]])
    why = told["details"][0] if reason is Reason.FACTS_MISSING else _why(reason)
    parts = [f"{_asked(decision)} carry this request: {why}"]
    rule = told["requirement"]
    if reason is Reason.FACTS_MISSING:
        parts.extend(told["details"][1:_MOST_NAMED])
        parts.extend(_fell_at(rule) if not _needing(decision) else [])
        parts.append(told["help"])
    elif told["details"]:
        parts.extend(told["details"][: _MOST_NAMED if reason is Reason.OBLIGATION else 1])
    elif rule is not None:
        parts.extend([*_fell_at(rule), *told["no_help"][:1]])
    return "; ".join([*parts, *_instead(told, near)])


def _fell_at(rule: dict[str, Any] | None) -> list[str]:
    if rule is None:
        return []
    return [f"the last route fell at {rule['policy']}/{rule['rule']} ({rule['title']})"]


def _needing(decision: Decision) -> str | None:
    """The first rule that asks to know a fact that nobody stated, if that is why."""
    missing = decision.ruling.circumstances.missing
    return next((rule for _, rules in missing for rule in rules), None)


def _instead(told: dict[str, Any], near: _Near) -> Iterator[str]:
    """What the same call may use instead."""
    if near:
        names = ", ".join(f"`{name}`" for name, _ in near)
        yield f"the nearest that this call may use: {names}"
    elif told["alternative"] is not None:
        yield f"permitted instead: `{told['alternative']['route']}`"


def _asked(decision: Decision) -> str:
    if decision.determination.requested is None:
        return "no route may"
    return f"`{decision.determination.requested}` may not"


def _why(reason: Reason) -> str:  # noqa: PLR0911 - one case a reason
    match reason:
        case Reason.NO_POLICY:
            return "no policy covers it"
        case Reason.UNKNOWN_MODEL:
            return _UNKNOWN
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


def _help(
    reason: Reason, decision: Decision, sender: Floor, explanation: Explanation, listed: str
) -> str:
    match reason:
        case Reason.FACTS_MISSING:
            return advice(decision.determination.missing, sender)
        case Reason.UNKNOWN_MODEL | Reason.RETIRED:
            return (
                f"name a model exactly as {listed} lists it for this key; "
                "if it lists none, ask whoever keeps the policies"
            )
        case Reason.UNSUITABLE:
            return f"leave out what the details name, or name another model, as {listed} lists it"
        case Reason.OBLIGATION:
            return _without(decision)
        case Reason.NO_POLICY | Reason.OBLIGATION_CONFLICT | Reason.NOT_REACHABLE:
            return "ask whoever keeps the policies: no change to the call helps"
        case Reason.NO_COMPLIANT_ROUTE if explanation.alternatives:
            return "use what is permitted instead, or ask whoever keeps the policies"
        case Reason.NO_COMPLIANT_ROUTE:
            return "ask whoever keeps the policies: no route on file is permitted for this request"
        case _:
            assert_never(reason)


def _without(decision: Decision) -> str:
    """What to do about a call that an obligation refuses as it is."""
    refusing = (o.obligation.refuse_when for o in decision.ruling.circumstances.refusing)
    read = {test.subject for refusal in refusing if refusal for test in tests_in(refusal)}
    if decision.unasked and SERVER_TOOLS in read:
        return "name a model that uses nothing but what is asked for, or other data"
    return "leave out of the call what the details name"


def _details(determination: Determination) -> list[str]:
    """What is behind the reason, and what the routes that were asked for cannot do."""
    if determination.reason is Reason.FACTS_MISSING:
        return [d.message for d in determination.details]
    said = [f"{d.about}: {d.message}" for d in determination.details]
    if determination.reason is Reason.OBLIGATION:
        return said + [f"{w.about}: {w.message}" for w in determination.warnings]
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


def _requirement(snapshot: Snapshot, name: str) -> dict[str, Any]:
    policy, rule = _rule(snapshot, name)
    return {
        "policy": policy,
        "rule": rule.id,
        "title": rule.title or rule.id,
        "cites": list(rule.cites),
        "stricter_than_law": rule.stricter_than_law,
    }


def _no_help(explanation: Explanation, fallen: RuleVerdict | None) -> Iterator[str]:
    """What is recorded for the rule a call fell at, and does not count on the nearest route."""
    if fallen is None:
        return
    name = f"{fallen.policy}/{fallen.rule}"
    for route in explanation.nearest[:1]:
        for each in route.no_help:
            if each.rule == name:
                yield f"{RECORDED[each.kind]} `{each.id}` does not count here: {each.why}"


def _certain(explanation: Explanation) -> Iterator[str]:
    """What would permit the call, were it certain what it declares."""
    if explanation.certain is not None:
        yield explanation.certain.text


def _rule(snapshot: Snapshot, name: str) -> tuple[str, Rule]:
    rules = {f"{p.id}/{r.id}": (p.id, r) for p in snapshot.policies.policies for r in p.rules}
    return rules[name]


def _alternative(
    snapshot: Snapshot, alternatives: Sequence[Alternative], near: _Near
) -> dict[str, Any] | None:
    if near:
        route = snapshot.registry.routes[near[0][1]]
        return {"route": route.id, "model": route.model}
    if not alternatives:
        return None
    nearest = alternatives[0]
    return {"route": nearest.route, "model": nearest.model}
