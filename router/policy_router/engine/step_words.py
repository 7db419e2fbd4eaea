"""A step in words."""

from __future__ import annotations

from typing import assert_never

from policy_router.domain.contract import Clause, Mechanism
from policy_router.engine.explanation import Change, ChangeKind
from policy_router.engine.question import Question
from policy_router.engine.steps import Contract, Judged, Shown, Step, Waived

_MECHANISMS = {
    Mechanism.SCC: "standard contractual clauses",
    Mechanism.BCR: "binding corporate rules",
    Mechanism.IDTA: "the UK international data transfer agreement",
    Mechanism.ADDENDUM: "the UK addendum",
    Mechanism.SCC_SWISS: "standard contractual clauses with the Swiss adaptations",
}
_MODULES = {"M2": " (module 2)", "M3": " (module 3)", None: ""}


def change(q: Question, step: Step) -> Change:
    """The step as a sentence, for the party, rule or judgement it concerns."""
    match step:
        case Contract():
            return Change(ChangeKind.AGREEMENT, step.hop, _contract(q, step))
        case Shown():
            text = f"evidence for `{step.hop}`: {step.said}"
            return Change(ChangeKind.EVIDENCE, step.hop, text)
        case Judged(kind, importer, country) if importer is not None:
            text = f"a transfer impact assessment for `{importer}` in {country} (sign-off `{kind}`)"
            return Change(ChangeKind.ASSESSMENT, importer, text)
        case Judged(kind):
            text = f"a sign-off `{kind}` in force for this route and request"
            return Change(ChangeKind.SIGNOFF, kind, text)
        case Waived(policy, rule, facts) if facts:
            named = ", ".join(f"`{fact}`" for fact in facts)
            text = f"state {named}, if `{policy}/{rule}` then does not apply"
            return Change(ChangeKind.FACT, facts[0], text)
        case Waived(policy, rule):
            text = f"an approved, dated exception to `{policy}/{rule}`"
            return Change(ChangeKind.EXCEPTION, f"{policy}/{rule}", text)
        case _:
            assert_never(step)


def _contract(q: Question, step: Contract) -> str:
    registry = q.snapshot.registry
    party = registry.providers.get(step.hop) or registry.gateways.get(step.hop)
    name = f"{party.title} (`{step.hop}`)" if party else f"`{step.hop}`"
    stated = [*step.said, *map(_clause, step.clauses)]
    return f"an agreement with {name} in force: {', '.join(stated)}"


def _clause(clause: Clause) -> str:
    return _MECHANISMS[clause.mechanism] + _MODULES[clause.module]
