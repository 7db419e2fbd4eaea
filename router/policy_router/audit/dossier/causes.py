"""Why a route may carry a scenario, or no longer may: two reports of it, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy_router.audit.dossier import rewritten
from policy_router.audit.dossier.content import ScenarioPart
from policy_router.audit.dossier.differences import Cause, CauseKind
from policy_router.audit.dossier.told import Told, Where
from policy_router.audit.dossier.verdicts import Demand, Evidenced, Found, Reasoning, RuleFound
from policy_router.domain.claim import Gap
from policy_router.engine.shortfalls import claims_read, rests_on_claims
from policy_router.registry.transfer import READ_FOR_DECISIONS

PLACES = "places"
"""Stands for all places of a party, where one attribute is named."""


def causes(old: Told, new: Told, where: Where) -> tuple[Cause, ...]:
    """What brought it about that the standing is another one, each once and in order."""
    found = set(_causes(old, new, where))
    return tuple(sorted(found, key=lambda c: (c.kind, c.about, c.attribute or "", c.after or "")))


def _causes(old: Told, new: Told, where: Where) -> Iterator[Cause]:
    """Who is reported on, what was asked, else what rules found."""
    scenario, route = where
    if route not in old.routes or route not in new.routes:
        yield Cause(CauseKind.ROUTE, route, None, *_presence(route, old.routes, new.routes))
        return
    if scenario not in old.scenarios or scenario not in new.scenarios:
        here = _presence(scenario, old.scenarios, new.scenarios)
        yield Cause(CauseKind.SCENARIO, scenario, None, *here)
        return
    found = [*_of_request(old, new, scenario), *_of_rules(old, new, where)]
    found += _of_grounds(old.found[where].found, new.found[where].found)
    if old.found[where].said != new.found[where].said:
        found += rewritten.of_stage(old, new, route)
    found = found or list(rewritten.otherwise(old, new, route))
    yield from found or [_otherwise(old.found[where], new.found[where])]


def _presence(name: str, old: Iterable[str], new: Iterable[str]) -> tuple[str | None, str | None]:
    said = "reported on"
    return (said if name in old else None, said if name in new else None)


def _of_request(old: Told, new: Told, scenario: str) -> Iterator[Cause]:
    before, after = (_asked(told.scenarios[scenario]) for told in (old, new))
    if before != after:
        yield Cause(CauseKind.SCENARIO, scenario, None, before, after)


def _asked(scenario: ScenarioPart) -> str:
    return "; ".join(f"{f.name} {', '.join(f.values)}" for f in scenario.facts)


def _of_grounds(old: Found, new: Found) -> Iterator[Cause]:
    """Exceptions and sign-offs that a permission rests on, and another one does not."""
    if old.standing is new.standing:
        for kind, was, now in (
            (CauseKind.EXCEPTION, old.exceptions, new.exceptions),
            (CauseKind.SIGNOFF, old.signoffs, new.signoffs),
        ):
            for name in sorted({*was} ^ {*now}):
                said = ("relied on" if name in side else "not relied on" for side in (was, now))
                yield Cause(kind, name, None, *said)


def _otherwise(old: Reasoning, new: Reasoning) -> Cause:
    """What stood in the way before any rule."""
    said = (" ".join(r.said) or None for r in (old, new))
    return Cause(CauseKind.OTHER, "before any rule", None, *said)


def _of_rules(old: Told, new: Told, where: Where) -> Iterator[Cause]:
    """What differs in the enforced rules whose verdict is another one, and stops a route."""
    was, now = old.rules(where), new.rules(where)
    rules: list[tuple[RuleFound, RuleFound]] = []
    for name in sorted({*was, *now}):
        before, after = was.get(name), now.get(name)
        verdicts = old.verdict(name, before), new.verdict(name, after)
        if verdicts[0] == verdicts[1] or not (_stops(before, after) or _waives(before, after)):
            continue
        in_both = name in old.enforced and name in new.enforced
        applying = list(rewritten.of_rule(old, new, *name)) if in_both else []
        yield from applying
        if before is None or after is None:
            if not applying:
                yield Cause(CauseKind.POLICY, "/".join(name), None, *verdicts)
        else:
            rules.append((before, after))
    found = [cause for both in rules for cause in _of_rule(old, new, where[1], both)]
    yield from found
    kinds = {cause.about: cause.kind for cause in found if cause.attribute}
    for both in rules:
        yield from _of_all_places(old, new, where[1], both, kinds)


def _stops(before: RuleFound | None, after: RuleFound | None) -> bool:
    """Whether a rule is in the way on either side."""
    return any(rule is not None and not rule.verdict.allows for rule in (before, after))


def _waives(before: RuleFound | None, after: RuleFound | None) -> bool:
    """Whether an exception waives a rule on one side that the route meets on the other."""
    waived = (rule is not None and rule.exception is not None for rule in (before, after))
    return len({*waived}) > 1


def _of_rule(
    old: Told, new: Told, route: str, both: tuple[RuleFound, RuleFound]
) -> Iterator[Cause]:
    before, after = both
    name = f"{before.policy}/{before.rule}"
    if before.exception != after.exception:
        yield Cause(CauseKind.EXCEPTION, name, None, before.exception, after.exception)
    was, now = ({d.subject: d for d in rule.demands} for rule in both)
    for subject in sorted({*was, *now}):
        yield from _of_demand(old, new, (name, route), (was.get(subject), now.get(subject)))


def _of_demand(
    old: Told, new: Told, where: Where, both: tuple[Demand | None, Demand | None]
) -> Iterator[Cause]:
    """What differs in one demand of a rule. `where`: the rule and the route."""
    rule, route = where
    before, after = both
    if before is None or after is None or before.demanded != after.demanded:
        yield Cause(CauseKind.POLICY, rule, None, *(_asks(d) for d in both))
    elif before.answer is not after.answer:
        if not rests_on_claims(before.subject):
            yield from rewritten.of_route_fact(old, new, route, rule, (before, after))
        yield from _of_evidence(old, new, route, (before, after))
        yield from _of_signoffs(before, after)


def _asks(demand: Demand | None) -> str | None:
    return None if demand is None else f"{demand.subject} {demand.demanded}"


def _of_evidence(old: Told, new: Told, route: str, both: tuple[Demand, Demand]) -> Iterator[Cause]:
    before, after = both
    was = {old.evidence[n].party: old.evidence[n] for n in before.evidence}
    now = {new.evidence[n].party: new.evidence[n] for n in after.evidence}
    for party in sorted({*was, *now}):
        then, today = was.get(party), now.get(party)
        said = [_evidenced(e) for e in (then, today)]
        if said[0] != said[1]:
            if today is not None and today.gap is Gap.ABSENT:
                on_file = rewritten.lapsed((old, new), route, party, (before.subject,))
                said[1] = f"{today.value}{on_file}" if on_file else said[1]
            yield Cause(_kind(then, today), party, before.subject, *said)


def _kind(before: Evidenced | None, after: Evidenced | None) -> CauseKind:
    if (before and before.agreement) != (after and after.agreement):
        return CauseKind.AGREEMENT
    aged = after is not None and after.gap is Gap.TOO_OLD
    return CauseKind.AGE if aged else CauseKind.FACT


def _evidenced(found: Evidenced | None) -> str | None:
    """A claim and what it rests on, as far as it can change what follows."""
    if found is None:
        return None
    gap = found.gap.value.replace("_", " ") if found.gap else None
    on = "; ".join(filter(None, (gap, found.agreement or found.reference)))
    return f"{found.value} ({on})" if on else found.value


def _of_signoffs(before: Demand, after: Demand) -> Iterator[Cause]:
    if before.signoffs != after.signoffs:
        said = (", ".join(d.signoffs) or None for d in (before, after))
        yield Cause(CauseKind.SIGNOFF, before.demanded, None, *said)


# ---- places --------------------------------------------------------------------------------------


def _of_all_places(
    old: Told,
    new: Told,
    route: str,
    both: tuple[RuleFound, RuleFound],
    kinds: dict[str, CauseKind],
) -> Iterator[Cause]:
    """What differs in the places of one rule. `kinds`: what else is known to differ of a party."""
    was, now = ({d.subject: d for d in rule.demands} for rule in both)
    for subject in sorted(was.keys() & now.keys()):
        before, after = was[subject], now[subject]
        if before.demanded == after.demanded and before.answer is not after.answer:
            yield from _of_places(old, new, route, (before, after), kinds)
            yield from _of_bases(old, new, route, (before, after))


def _of_places(
    old: Told, new: Told, route: str, both: tuple[Demand, Demand], kinds: dict[str, CauseKind]
) -> Iterator[Cause]:
    """Parties of which other places are known than before, and the claims that ended meanwhile."""
    was, now = map(_countries, both)
    for party in sorted({*was, *now}):
        then, today = was.get(party), now.get(party)
        if then != today:
            claims = _claims_of_places((old, new), route, party, both)
            said = [_with_contracts(*side) for side in zip((then, today), claims, strict=True)]
            if said[1] is not None:
                on_file = rewritten.lapsed((old, new), route, party, _not_known(both[1], party))
                said[1] += on_file
            others = any(_kind(*pair) is CauseKind.AGREEMENT for pair in zip(*claims, strict=True))
            kind = CauseKind.AGREEMENT if others else kinds.get(party, CauseKind.FACT)
            yield Cause(kind, party, PLACES, *said)


def _claims_of_places(
    told: tuple[Told, Told], route: str, party: str, both: tuple[Demand, Demand]
) -> tuple[list[Evidenced | None], list[Evidenced | None]]:
    """What is claimed of the places of a party, before and after: the claims that changed.

    All of them if none did: what is claimed is the same, and does not count as it did.
    """
    asked = (place for demand in both for place in demand.places if place.party == party)
    read = {name for place in asked for name in claims_read(place.attribute)}
    was, now = (side.claims(route, party) for side in told)
    changed = {n for n in read if _evidenced(was.get(n)) != _evidenced(now.get(n))} or read
    return [was.get(n) for n in sorted(changed)], [now.get(n) for n in sorted(changed)]


def _with_contracts(countries: set[str] | None, claims: Iterable[Evidenced | None]) -> str | None:
    """The places of a party, with the contracts that some of these claims rest on."""
    if countries is None:
        return None
    named = sorted({claim.agreement for claim in claims if claim and claim.agreement})
    on = f" ({', '.join(named)})" if named else ""
    return f"{', '.join(sorted(countries))}{on}"


def _not_known(demand: Demand, party: str) -> Iterator[str]:
    """What would say where a party handles data, as far as that is not known."""
    places = (p for p in demand.places if p.party == party and p.country is None)
    for attribute in dict.fromkeys(place.attribute for place in places):
        yield from sorted(claims_read(attribute))


def _countries(demand: Demand) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place in demand.places:
        found.setdefault(place.party, set()).add(place.country or "not known")
    return found


def _of_bases(old: Told, new: Told, route: str, both: tuple[Demand, Demand]) -> Iterator[Cause]:
    """Places that rest on other transfer bases than before, and what did it.

    An assessment that covered the place or covers it now; else contracts, else law.
    """
    was, now = ({(p.party, p.country): p for p in demand.places} for demand in both)
    for where in sorted(was.keys() & now.keys(), key=str):
        then, today = was[where], now[where]
        if then.held == today.held:
            continue
        country = where[1] or "place not known"
        if old.law:
            for name in sorted({*then.decisions} ^ {*today.decisions}):
                yield Cause(CauseKind.LAW, name, None, old.law.get(name), new.law.get(name))
        for name in sorted({*then.assessments} ^ {*today.assessments}):
            told = f"covers transfers to {where[0]}, {country}"
            said = (told if name in p.assessments else None for p in (then, today))
            yield Cause(CauseKind.SIGNOFF, name, None, *said)
        changed = old.contracts.get(where[0]) != new.contracts.get(where[0])
        if changed or then.assessments == today.assessments:
            kind = CauseKind.AGREEMENT if changed else CauseKind.LAW
            held = [f"{country}: {', '.join(p.held) or 'no basis'}" for p in (then, today)]
            held[1] += rewritten.lapsed((old, new), route, where[0], sorted(READ_FOR_DECISIONS))
            yield Cause(kind, where[0], both[0].subject, *held)
