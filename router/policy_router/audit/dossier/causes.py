"""Why a route may carry a scenario, or no longer may: two reports of it, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy_router.audit.dossier.content import (
    Cause,
    CauseKind,
    Demand,
    Dossier,
    Evidenced,
    Reasoning,
    RuleFound,
    ScenarioPart,
)
from policy_router.audit.matrix import Standing
from policy_router.domain.claim import Gap
from policy_router.domain.policy import Mode

Where = tuple[str, str]
"""A scenario and a route."""


class Told:
    """A report, looked up by scenario and route."""

    def __init__(self, dossier: Dossier) -> None:
        self.evidence = {e.number: e for e in dossier.evidence}
        self.scenarios = {s.id: s for s in dossier.scenarios}
        self.routes = {r.id for c in dossier.classes for r in c.routes}
        self.contracts = {p.id: p.agreements for p in dossier.parties}
        self.transfers = {(t.party, t.country): t for t in dossier.transfers}
        self.enforced = {
            (policy.id, rule.id): rule.mode is Mode.ENFORCE
            for policy in dossier.policies
            for rule in policy.rules
        }
        self.found: dict[Where, Reasoning] = {
            (scenario, route.id): reasoning
            for each in dossier.classes
            for reasoning in each.reasonings
            for scenario in reasoning.scenarios
            for route in each.routes
        }

    def standing(self, where: Where) -> Standing | None:
        """The standing of a scenario on a route; None if it is not reported on."""
        found = self.found.get(where)
        return found.standing if found else None

    def rules(self, where: Where) -> dict[tuple[str, str], RuleFound]:
        """The enforced rules that apply to a scenario on a route, by policy and id."""
        named = {(r.policy, r.rule): r for r in self.found[where].rules}
        return {name: rule for name, rule in named.items() if self.enforced.get(name)}

    def verdict(self, name: tuple[str, str], rule: RuleFound | None) -> str | None:
        """The verdict of a rule, None where there is no such rule."""
        if rule is not None:
            return rule.verdict.value
        if name not in self.enforced:
            return None
        return "does not apply" if self.enforced[name] else "only watched"


def causes(old: Told, new: Told, where: Where) -> tuple[Cause, ...]:
    """What brought it about that the standing is another one, each once and in order."""
    return tuple(sorted(set(_causes(old, new, where)), key=lambda c: (c.kind, c.about)))


def _causes(old: Told, new: Told, where: Where) -> Iterator[Cause]:
    """Who is reported on, what was asked, else what rules found."""
    scenario, route = where
    if route not in old.routes or route not in new.routes:
        yield Cause(CauseKind.ROUTE, route, *_presence(route, old.routes, new.routes))
        return
    if scenario not in old.scenarios or scenario not in new.scenarios:
        here = _presence(scenario, old.scenarios, new.scenarios)
        yield Cause(CauseKind.SCENARIO, scenario, *here)
        return
    found = [*_of_request(old, new, scenario), *_of_rules(old, new, where)]
    yield from found or [_otherwise(old.found[where], new.found[where])]


def _presence(name: str, old: Iterable[str], new: Iterable[str]) -> tuple[str | None, str | None]:
    said = "reported on"
    return (said if name in old else None, said if name in new else None)


def _of_request(old: Told, new: Told, scenario: str) -> Iterator[Cause]:
    before, after = (_asked(told.scenarios[scenario]) for told in (old, new))
    if before != after:
        yield Cause(CauseKind.SCENARIO, scenario, before, after)


def _asked(scenario: ScenarioPart) -> str:
    return "; ".join(f"{f.name} {', '.join(f.values)}" for f in scenario.facts)


def _otherwise(old: Reasoning, new: Reasoning) -> Cause:
    """What stood in the way before any rule."""
    return Cause(
        CauseKind.OTHER, "before any rule", *(" ".join(r.said) or None for r in (old, new))
    )


def _of_rules(old: Told, new: Told, where: Where) -> Iterator[Cause]:
    """What differs in the enforced rules whose verdict is another one."""
    was, now = old.rules(where), new.rules(where)
    for name in sorted({*was, *now}):
        before, after = was.get(name), now.get(name)
        verdicts = old.verdict(name, before), new.verdict(name, after)
        if verdicts[0] == verdicts[1]:
            continue
        if before is None or after is None:
            yield Cause(CauseKind.POLICY, "/".join(name), *verdicts)
        else:
            yield from _of_rule(old, new, before, after)


def _of_rule(old: Told, new: Told, before: RuleFound, after: RuleFound) -> Iterator[Cause]:
    name = f"{before.policy}/{before.rule}"
    if before.exception != after.exception:
        yield Cause(CauseKind.EXCEPTION, name, before.exception, after.exception)
    was, now = ({d.subject: d for d in rule.demands} for rule in (before, after))
    for subject in sorted({*was, *now}):
        yield from _of_demand(old, new, name, (was.get(subject), now.get(subject)))


def _of_demand(
    old: Told, new: Told, rule: str, both: tuple[Demand | None, Demand | None]
) -> Iterator[Cause]:
    before, after = both
    if before is None or after is None or before.demanded != after.demanded:
        yield Cause(CauseKind.POLICY, rule, *(_asks(d) for d in both))
    elif before.answer is not after.answer:
        yield from _of_evidence(old, new, before, after)
        yield from _of_signoffs(before, after)
        yield from _of_places(old, new, before, after)


def _asks(demand: Demand | None) -> str | None:
    return None if demand is None else f"{demand.subject} {demand.demanded}"


def _of_evidence(old: Told, new: Told, before: Demand, after: Demand) -> Iterator[Cause]:
    was = {old.evidence[n].party: old.evidence[n] for n in before.evidence}
    now = {new.evidence[n].party: new.evidence[n] for n in after.evidence}
    for party in sorted({*was, *now}):
        then, today = was.get(party), now.get(party)
        said = tuple(_evidenced(e) for e in (then, today))
        if said[0] != said[1]:
            yield Cause(_kind(then, today), f"{before.subject} of {party}", *said)


def _kind(before: Evidenced | None, after: Evidenced | None) -> CauseKind:
    if (before and before.agreement) != (after and after.agreement):
        return CauseKind.AGREEMENT
    aged = after is not None and after.gap is Gap.TOO_OLD
    return CauseKind.AGE if aged else CauseKind.FACT


def _evidenced(found: Evidenced | None) -> str | None:
    """A claim and what it rests on, as far as it can change what follows."""
    if found is None:
        return None
    gap = f" ({found.gap.value.replace('_', ' ')})" if found.gap else ""
    on = found.agreement or found.reference
    read = f", {on}" if on else ""
    return f"{found.value}{gap}{read}"


def _of_signoffs(before: Demand, after: Demand) -> Iterator[Cause]:
    if before.signoffs != after.signoffs:
        said = (", ".join(d.signoffs) or None for d in (before, after))
        yield Cause(CauseKind.SIGNOFF, before.demanded, *said)


# ---- places --------------------------------------------------------------------------------------


def _of_places(old: Told, new: Told, before: Demand, after: Demand) -> Iterator[Cause]:
    """Places whose bases are others, and those that were not there or are not any more."""
    was = {(p.party, p.country): p.held for p in before.places}
    now = {(p.party, p.country): p.held for p in after.places}
    for where in sorted({*was, *now}, key=str):
        then, today = was.get(where), now.get(where)
        if then != today:
            party, country = where
            about = f"{before.subject} for {party} in {country or 'a place not known'}"
            kind = _of_place(old, new, where, same=None not in {then, today})
            said = (
                None if held is None else ", ".join(held) or "no basis" for held in (then, today)
            )
            yield Cause(kind, about, *said)


def _of_place(old: Told, new: Told, where: tuple[str, str | None], *, same: bool) -> CauseKind:
    """What changed at a place. `same`: it is a place on both sides, so its bases are others."""
    party, _ = where
    was, now = old.transfers.get(where), new.transfers.get(where)
    if old.contracts.get(party) != new.contracts.get(party):
        return CauseKind.AGREEMENT
    if was and now and was.assessments != now.assessments:
        return CauseKind.SIGNOFF
    return CauseKind.LAW if same else CauseKind.FACT
