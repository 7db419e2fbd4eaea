"""Why a route is stopped, in the words of a report: rule, demand, claim, evidence, source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from policy_router.domain.decision import Verdict
from policy_router.domain.policy import Mode
from policy_router.domain.vocabulary import TRANSFER_BASIS
from policy_router.engine.explanation import (
    HopClaim,
    RouteExplanation,
    RuleExplanation,
    Shortfall,
)
from policy_router.report import phrases
from policy_router.report.places import place
from policy_router.report.plain_words import places_words
from policy_router.report.visible import escaped

OWN_CHOICE: Final = "the organisation's choice"
_LONGEST_DEMAND: Final = 40


def rule_name(rule: RuleExplanation) -> str:
    """The rule as `policy/rule`."""
    return escaped(f"{rule.verdict.policy}/{rule.verdict.rule}")


def title(rule: RuleExplanation) -> str:
    """What the rule demands, in its author's words; its name if there are none."""
    return escaped(rule.title) if rule.title else f"rule {rule_name(rule)}"


def blocking(route: RouteExplanation) -> list[RuleExplanation]:
    """The enforced rules that stop a route, those known not to be met first."""
    stopping = [
        r for r in route.rules if r.verdict.mode is Mode.ENFORCE and not r.verdict.verdict.allows
    ]
    return sorted(stopping, key=lambda r: r.verdict.verdict is not Verdict.FAIL)


def source_of(rule: RuleExplanation) -> str:
    """The articles a rule cites, and whether it is stricter than they are."""
    cited = articles(rule.cites)
    if not rule.own_choice:
        return cited
    return f"{OWN_CHOICE}, stricter than {cited}" if cited else OWN_CHOICE


def articles(cites: Sequence[str]) -> str:
    """Articles in a row, each law named once: `GDPR Art. 44, Art. 45`."""
    said: list[str] = []
    law = ""
    for cite in cites:
        named, _, rest = cite.partition(" ")
        said.append(rest if rest and named == law else cite)
        law = named
    return escaped(", ".join(said))


def place_of(rule: RuleExplanation) -> str:
    """Where the rule stands."""
    return place(rule.span)


# ---- briefly ------------------------------------------------------------------------------------


def briefly(rule: RuleExplanation) -> str:
    """What the rule finds wanting, on as little room as will do."""
    said = [_brief_shortfall(shortfall) for shortfall in rule.shortfalls]
    if rule.open_facts:
        said.append(open_facts(rule.open_facts))
    return "; ".join(said)


def found_words(rule: RuleExplanation) -> str:
    """What is found where the rule is not met, and nothing else."""
    said = [f"{phrases.title_of(s.subject)}: {_found(s)}" for s in rule.shortfalls]
    return "; ".join([*said, *([open_facts(rule.open_facts)] if rule.open_facts else [])])


def _brief_shortfall(shortfall: Shortfall) -> str:
    demanded = escaped(phrases.demand(shortfall.subject, shortfall.demanded))
    wanted = f" wanted {demanded};" if len(demanded) <= _LONGEST_DEMAND else ""
    name = phrases.title_of(shortfall.subject)
    return f"{name}:{wanted} found {_found(shortfall)}{_brief_evidence(shortfall)}"


def _found(shortfall: Shortfall) -> str:
    """What is claimed, and at which hops."""
    if not shortfall.hops:
        return phrases.value(shortfall.subject, escaped(shortfall.claimed))
    if shortfall.subject.startswith(TRANSFER_BASIS):
        by_hop = _grouped(
            (escaped(c.hop), phrases.value(shortfall.subject, escaped(c.claimed)))
            for c in shortfall.hops
        )
        return "; ".join(f"at {hop}: {places_words(said)}" for hop, said in by_hop.items())
    said_at = _grouped((_said_at(c, shortfall.subject), escaped(c.hop)) for c in shortfall.hops)
    return ", ".join(f"{said} at {' and '.join(at)}" for said, at in said_at.items())


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for key, item in pairs:
        if item not in groups.setdefault(key, []):
            groups[key].append(item)
    return groups


def _said_at(claim: HopClaim, attribute: str) -> str:
    if claim.gap is not None:
        return f"not known ({phrases.gap(claim.gap)})"
    return phrases.value(attribute, escaped(claim.claimed))


def _brief_evidence(shortfall: Shortfall) -> str:
    """The age of what is claimed, and whether anybody verified any of it."""
    found = [c.evidence for c in shortfall.hops if c.evidence is not None]
    if not found:
        return ""
    unverified = all(e.verified_on is None for e in found)
    read = min(e.fresh_on for e in found)
    return f" (read {read}, verified by nobody)" if unverified else f" (verified {read})"


def open_facts(names: Sequence[str]) -> str:
    """Facts of the request that are not known."""
    return f"not known of the request: {phrases.names(names)}"


# ---- at length ----------------------------------------------------------------------------------


def demand(shortfall: Shortfall) -> str:
    """What is demanded, of what, and what is claimed."""
    stated = phrases.value(shortfall.subject, escaped(shortfall.claimed))
    wanted = escaped(phrases.demand(shortfall.subject, shortfall.demanded))
    return f"{phrases.subject(shortfall.subject)}: demanded {wanted}; claimed {stated}"


def hop(claim: HopClaim, attribute: str) -> str:
    """What is claimed at one hop, why it does not count, and on what evidence."""
    said = phrases.value(attribute, escaped(claim.claimed))
    gap = f": {phrases.gap(claim.gap)}" if claim.gap is not None else ""
    support = _support(claim)
    doubt = f"; contradicted by {phrases.counted(claim.conflicts, 'source')}"
    return (
        f"{escaped(claim.hop)}: {said}{gap}{f' ({support})' if support else ''}"
        f"{doubt if claim.conflicts else ''}"
    )


def _support(claim: HopClaim) -> str:
    if claim.agreement is not None:
        return f"agreement `{escaped(claim.agreement)}`"
    if claim.evidence is None:
        return ""
    at = f", {place(claim.span)}" if claim.span else ""
    return f"{phrases.evidence(claim.evidence)}: {escaped(claim.evidence.reference)}{at}"
