"""What occurs in a world, so that a run can say how much of everything it saw."""

from __future__ import annotations

from collections.abc import Iterator

from policy_router.domain.claim import Basis, Claim, Members
from policy_router.domain.decision import Verdict
from policy_router.domain.policy import Mode, Preference, Rule
from policy_router.domain.registry import Registry
from policy_router.domain.vocabulary import CHAT, DATA_CATEGORIES
from policy_router.engine.matching import tests_in
from policy_router.registry.hops import hops_of
from policy_router.registry.lifecycle import notices
from policy_router.registry.speaking import agreements_in_force
from tests.strategies.changes import claims_of
from tests.strategies.worlds import World

COST = "cost"


def features(world: World) -> frozenset[str]:
    """List what occurs in `world`, in its documents, its request and its decision."""
    return frozenset(
        (
            *_claims(world),
            *_routes(world),
            *_contracts(world),
            *_law(world.snapshot.registry),
            *_policies(world),
            *_request(world),
            *_outcome(world),
        )
    )


def _claims(world: World) -> Iterator[str]:
    claims = list(claims_of(world.snapshot.registry))
    if any(c.value is None for c in claims):
        yield "claim: stated unknown"
    if any(isinstance(c.value, Members) and c.value.open for c in claims):
        yield "claim: open set"
    if any(isinstance(c.value, Members) and "GLOBAL" in c.value.certain for c in claims):
        yield "claim: anywhere"
    if any(c.covers is not None for c in claims):
        yield "claim: for some models only"
    if any(c.evidence.basis is Basis.OUR_CONTRACT for c in claims):
        yield "claim: rests on our contract"
    if any(not _spoken(c, world) for c in claims):
        yield "claim: not valid, or not yet recorded"


def _spoken(claim: Claim, world: World) -> bool:
    moment = world.moment
    return claim.validity.holds(moment.at) and moment.knows(claim.recorded)


def _routes(world: World) -> Iterator[str]:
    registry = world.snapshot.registry
    for route in registry.routes.values():
        yield f"route: {len(hops_of(registry, route))} hops"
        if route.claims and any(claims for _, claims in route.claims):
            yield "route: claims of its own"
        if any(e.stage == "retired" for e in route.lifecycle):
            yield "route: a retirement"
        if notices(route, world.moment):
            yield "route: a third party's notice"
        if registry.card(route).endpoints is not None:
            yield "route: operations listed"
        if registry.card(route).serves(CHAT) is False:
            yield "route: not for a chat"
        if any(table.tiers for table in route.prices):
            yield "price: tiers"
        if any(table.window for table in route.prices):
            yield "price: daily window"
        if any(table.currency != "USD" for table in route.prices):
            yield "price: another currency"


def _contracts(world: World) -> Iterator[str]:
    registry, moment = world.snapshot.registry, world.moment
    for route in registry.routes.values():
        for hop in hops_of(registry, route):
            for agreement in agreements_in_force(registry, route, hop, moment):
                yield "agreement: in force"
                yield "agreement: with clauses" if agreement.clauses else "agreement: terms only"
                if route.id not in agreement.routes and route.model not in agreement.models:
                    yield "agreement: names neither route nor model"
    for signoff in registry.signoffs:
        yield f"sign-off: {'approval' if signoff.approved else 'rejection'}"


def _law(registry: Registry) -> Iterator[str]:
    if any(not entry.confirmation.usable for entry in registry.adequacy):
        yield "law: adequacy not confirmed"
    if any(not territory.confirmation.usable for territory in registry.territories.values()):
        yield "law: territory not confirmed"


def _policies(world: World) -> Iterator[str]:
    policies = world.snapshot.policies
    occurring = {
        "obligation": any(p.obligations for p in policies.policies),
        "exception": policies.exceptions,
        "exception: accepts": any(e.accepts for e in policies.exceptions),
        "substitution": policies.substitutions,
        "preference": policies.prefer,
    }
    yield from (name for name, occurs in occurring.items() if occurs)
    for preference in policies.prefer:
        yield from _preference(preference)
    for policy in policies.policies:
        for rule in policy.rules:
            yield from _rule(rule)


def _preference(preference: Preference) -> Iterator[str]:
    if COST in preference.by[:1]:
        yield "preference: cost first"
    if COST in preference.by[1:]:
        yield "preference: cost breaks ties"
    if COST not in preference.by:
        yield "preference: without cost"


def _rule(rule: Rule) -> Iterator[str]:
    tests = () if rule.require is None else tests_in(rule.require)
    subjects = {t.subject for t in tests}
    occurring = {
        "rule: monitors": rule.mode is Mode.MONITOR,
        "rule: forbids": rule.forbid,
        "rule: needs facts": rule.needs,
        "rule: demands young evidence": rule.demand.max_age_days,
        "rule: transfer basis": any(s.startswith("transfer_basis.") for s in subjects),
        "rule: sign-off": "signoff" in subjects,
    }
    yield from (name for name, occurs in occurring.items() if occurs)


def _request(world: World) -> Iterator[str]:
    facts = world.facts
    if facts.base is not None and facts.declared:
        yield "request: mere declarations"
    if not facts.knows("data"):
        yield "request: data not known"
    if any(facts.set_fact("data").members & {c} for c in DATA_CATEGORIES[2:]):
        yield "request: more than ordinary personal data"
    if not facts.knows("tokens.input"):
        yield "request: size not known"
    if facts.scalar("endpoint") is not None:
        yield "request: an operation"
    if facts.model is None:
        yield "request: any model"
    if facts.model in {a.id for a in world.snapshot.policies.aliases}:
        yield "request: alias"
    if facts.model in world.snapshot.registry.routes:
        yield "request: pin"
    if world.moment.known_at is not None:
        yield "moment: as then known"


def _outcome(world: World) -> Iterator[str]:
    decided = world.decide()
    yield f"decision: {decided.reason.value if decided.reason else 'permitted'}"
    if decided.substituted:
        yield "decision: substituted"
    if len(decided.chain) > 1:
        yield "decision: a chain of several"
    verdicts = {v.verdict for c in decided.candidates for v in c.verdicts}
    for verdict in Verdict:
        if verdict in verdicts:
            yield f"verdict: {verdict.value}"
