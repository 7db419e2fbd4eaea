"""Routes that are alike in everything a decision reads, so that one decision serves them all."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from policy_router.domain.claim import NO_DEMAND, Claim, Moment
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import Policy, PolicySet, Predicate
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Model, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import ATTRIBUTES, AttributeKind, attribute
from policy_router.engine.matching import RouteView, tests_in
from policy_router.registry.hops import hops_of
from policy_router.registry.lifecycle import stage_at

_NAMED = "requested.model"


@dataclass(frozen=True, slots=True)
class Situations:
    """Tells routes apart by everything that can make a difference to a decision on them.

    Two routes in one situation differ in ids, addresses and where their claims were read, never
    in a verdict: equal hops, claims, contracts, sign-offs and exceptions, and equal values of
    whatever else the rules in force read.
    """

    snapshot: Snapshot
    moment: Moment
    read: tuple[str, ...]
    by_name: bool

    def of(self, route: Route, facts: RequestFacts) -> Hashable:
        """What is equal for routes in one situation, asked for with these facts."""
        registry = self.snapshot.registry
        model = registry.card(route)
        return (
            route.id if self.by_name else None,
            route.gateway,
            hops_of(registry, route),
            stage_at(route, self.moment),
            tuple((hop, _spoken(claims)) for hop, claims in route.claims),
            _spoken(model.claims),
            _card(model),
            tuple(_covered(registry, route)),
            tuple(_waived(self.snapshot.policies, route)),
            tuple(self._values(route, facts)),
        )

    def _values(self, route: Route, facts: RequestFacts) -> Iterator[Hashable]:
        """What the rules in force read besides claims."""
        view = RouteView(self.snapshot, route, facts, self.moment, NO_DEMAND)
        for subject in self.read:
            spec = attribute(subject)
            if spec is not None and spec.kind is AttributeKind.NAME:
                yield view.name(subject)
            elif spec is not None and spec.kind in {AttributeKind.NUMBER, AttributeKind.MONEY}:
                yield view.number(subject)


def situations(snapshot: Snapshot, moment: Moment) -> Situations:
    """What tells routes apart under the policies in force."""
    policies = snapshot.policies
    read = {t.subject for p in policies.policies for part in _demands(p) for t in tests_in(part)}
    claimed = {name for name, spec in ATTRIBUTES.items() if spec.claimed}
    asks = (t.subject for part in _conditions(policies) for t in tests_in(part))
    return Situations(snapshot, moment, tuple(sorted(read - claimed)), _NAMED in set(asks))


def _demands(policy: Policy) -> Iterator[Predicate]:
    for rule in policy.rules:
        yield from rule.forbid
        if rule.require is not None:
            yield rule.require


def _conditions(policies: PolicySet) -> Iterator[Predicate]:
    """Whatever reads facts of the request, the requested name among them."""
    yield from (exception.when for exception in policies.exceptions)
    for policy in policies.policies:
        yield policy.scope
        yield from (rule.when for rule in policy.rules)
        for obligation in policy.obligations:
            yield obligation.when
            if obligation.refuse_when is not None:
                yield obligation.refuse_when


def _spoken(claims: tuple[Claim, ...]) -> Hashable:
    """What claims say and how good their evidence is, wherever they were read."""
    return tuple(
        (
            c.attribute,
            c.value,
            c.evidence.kind,
            c.evidence.basis,
            c.evidence.read_on,
            c.evidence.verified_on,
            c.validity,
            c.recorded,
        )
        for c in claims
    )


def _card(model: Model) -> Hashable:
    """What decides whether the model is suitable."""
    sets = (model.features, model.input_modalities, model.output_modalities)
    return (model.context_window, model.max_output_tokens, *sets)


def _covered(registry: Registry, route: Route) -> Iterator[Hashable]:
    """The contracts, judgements and general claims that speak of the route, and how."""
    for agreement in registry.agreements:
        by_model, by_route = agreement.models, agreement.routes
        if any_matches(by_model, route.model) or any_matches(by_route, route.id):
            yield (agreement.id, route.id in by_route or route.model in by_model)
    yield from (s.id for s in registry.signoffs if any_matches(s.routes, route.id))
    for hop in hops_of(registry, route):
        provider = registry.providers.get(hop)
        if provider is not None:
            narrow = (n for n, c in enumerate(provider.claims) if route.model in (c.covers or ()))
            yield (hop, route.model in provider.covers, tuple(narrow))


def _waived(policies: PolicySet, route: Route) -> Iterator[str]:
    return (e.id for e in policies.exceptions if any_matches(e.routes, route.id))
