"""The claim that somebody checked: which one is meant, and in which document it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from policy_router.domain.claim import Claim, ClaimValue, Moment
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from policy_router.registry.speaking import agreements_in_force, knowledge, names_of
from policy_router.registry.standpoint import Standpoint


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim, and the document it stands in.

    `kind`: `route`, `provider` or `gateway`. `hop`: of a route, where the claim is made. `model`:
    of a provider, a model that the claim covers by name. `others`: what other records, no older,
    say of the same, where that is something else; None: that their source does not say.
    """

    kind: str
    id: str
    hop: str | None
    model: str | None
    claim: Claim
    others: tuple[ClaimValue | None, ...]

    @property
    def silent(self) -> bool:
        """Whether a source was read and does not say, so that nothing can be found in its place."""
        return None in (self.claim.value, *self.others)


def claim_at_route(
    registry: Registry, route: Route, hop: str, attribute: str, moment: Moment
) -> Checked | None:
    """The claim that counts at a hop of a route, agreements apart; None if there is none.

    A claim of the model's own document is none: it is not about the hop.
    """
    view = Standpoint(replace(registry, agreements=()), moment)
    claim = knowledge(view, route, hop, attribute).claim
    if claim is None:
        return None
    own = dict(route.claims).get(hop, ())
    if claim in own:
        return Checked("route", route.id, hop, None, claim, _others(claim, own, moment))
    provider, gateway = registry.providers.get(hop), registry.gateways.get(hop)
    if provider is not None and claim in provider.claims:
        model = None if claim.covers is None else route.model
        others = _others(claim, provider.claims, moment)
        return Checked("provider", hop, None, model, claim, others)
    if gateway is not None and claim in gateway.claims:
        others = _others(claim, gateway.claims, moment)
        return Checked("gateway", hop, None, None, claim, others)
    return None


def _others(
    claim: Claim, records: Iterable[Claim], moment: Moment
) -> tuple[ClaimValue | None, ...]:
    return tuple(
        c.value
        for c in records
        if c.value != claim.value
        and (c.attribute, c.covers, c.recorded) == (claim.attribute, claim.covers, claim.recorded)
        and c.validity.holds(moment.at)
    )


def claim_of_party(registry: Registry, name: str, attribute: str, moment: Moment) -> Checked | None:
    """The general claim of a provider or gateway; None if there is none."""
    provider, gateway = registry.providers.get(name), registry.gateways.get(name)
    party = provider or gateway
    records = [
        c
        for c in (party.claims if party is not None else ())
        if c.attribute == attribute
        and c.covers is None
        and c.validity.holds(moment.at)
        and moment.knows(c.recorded)
    ]
    if not records:
        return None
    kind = "gateway" if provider is None else "provider"
    latest = max(records, key=lambda c: c.recorded)
    return Checked(kind, name, None, None, latest, _others(latest, records, moment))


def contracts_speaking(
    registry: Registry, checked: Checked, moment: Moment
) -> tuple[tuple[str, ClaimValue], ...]:
    """The agreements in force that state the attribute of a claim where it stands, by id.

    Of a route those that cover it; of a provider or gateway those with that party.
    """
    hop = checked.hop or checked.id
    if checked.kind == "route":
        held = agreements_in_force(registry, registry.routes[checked.id], hop, moment)
    else:
        names = names_of(registry, hop)
        with_it = (a for a in registry.agreements if names & a.parties)
        held = tuple(a for a in with_it if a.validity.holds(moment.at) and moment.knows(a.recorded))
    stated = {
        a.id: value for a in held for name, value in a.terms if name == checked.claim.attribute
    }
    return tuple(sorted(stated.items()))
