"""Why a route is stopped, in the words of a report: rule, demand, claim, evidence, source."""

from __future__ import annotations

from collections.abc import Sequence

from policy_router.domain.decision import Verdict
from policy_router.domain.policy import Mode
from policy_router.engine.explanation import (
    Explanation,
    HopClaim,
    RouteExplanation,
    RuleExplanation,
    Shortfall,
)
from policy_router.report import phrases
from policy_router.report.visible import escaped

OWN_CHOICE = "the organisation's choice"


def rule_name(rule: RuleExplanation) -> str:
    """The rule as `policy/rule`."""
    return escaped(f"{rule.verdict.policy}/{rule.verdict.rule}")


def blocking(route: RouteExplanation) -> list[RuleExplanation]:
    """The enforced rules that stop a route, those known not to be met first."""
    stopping = [
        r for r in route.rules if r.verdict.mode is Mode.ENFORCE and not r.verdict.verdict.allows
    ]
    return sorted(stopping, key=lambda r: r.verdict.verdict is not Verdict.FAIL)


def nearest(explanation: Explanation) -> RouteExplanation | None:
    """The candidate that is stopped by the fewest rules and has the shortest remedy."""
    suitable = [r for r in explanation.routes if not r.unsuitable]
    return min(
        suitable or explanation.routes,
        key=lambda r: (len(blocking(r)), _shortest(r), r.route),
        default=None,
    )


def _shortest(route: RouteExplanation) -> tuple[bool, int]:
    lengths = [len(remedy) for remedy in route.remedies]
    return (not lengths, min(lengths, default=0))


def source_of(rule: RuleExplanation) -> str:
    """The articles a rule cites, and whether it is stricter than they are."""
    cited = escaped(", ".join(rule.cites))
    if not rule.own_choice:
        return cited or "cites no article"
    return f"{OWN_CHOICE}, stricter than {cited}" if cited else OWN_CHOICE


def demand(shortfall: Shortfall) -> str:
    """What is demanded, of what, and what is claimed."""
    subject = phrases.subject(shortfall.subject)
    wanted, claimed = escaped(shortfall.demanded), escaped(shortfall.claimed)
    stated = phrases.value(shortfall.subject, claimed)
    return f"{subject}: demanded {wanted}, found {stated}"


def hop(claim: HopClaim, attribute: str) -> str:
    """What is claimed at one hop, and on what evidence."""
    said = phrases.value(attribute, escaped(claim.claimed))
    if claim.gap is not None:
        said = f"{said}: {phrases.gap(claim.gap)}"
    support = _support(claim)
    conflicts = f"; {phrases.counted(claim.conflicts, 'other source')} disagree"
    doubt = conflicts if claim.conflicts else ""
    return f"{escaped(claim.hop)}: {said}{f' ({support})' if support else ''}{doubt}"


def _support(claim: HopClaim) -> str:
    if claim.agreement is not None:
        return f"agreement `{escaped(claim.agreement)}`"
    return phrases.evidence(claim.evidence) if claim.evidence is not None else ""


def shortfall_words(rule: RuleExplanation) -> list[str]:
    """Each demand that is not met, with what every hop says, as one sentence each."""
    if not rule.shortfalls and rule.open_facts:
        return [open_facts(rule.open_facts)]
    return [_with_hops(shortfall) for shortfall in rule.shortfalls]


def open_facts(names: Sequence[str]) -> str:
    """Facts of the request that are not known."""
    return f"not known of the request: {phrases.names(names)}"


def _with_hops(shortfall: Shortfall) -> str:
    hops = "; ".join(hop(claim, shortfall.subject) for claim in shortfall.hops)
    return f"{demand(shortfall)}{f'. At {hops}' if hops else ''}"
