"""The claim that somebody checked: which one is meant, and in which document it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

from policy_router.domain.claim import Claim, Moment
from policy_router.domain.registry import Registry
from policy_router.domain.route import Route
from policy_router.registry.speaking import knowledge
from policy_router.registry.standpoint import Standpoint


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim, and the document it stands in.

    `kind`: `route`, `provider` or `gateway`. `hop`: of a route, where the claim is made. `model`:
    of a provider, a model that the claim covers by name.
    """

    kind: str
    id: str
    hop: str | None
    model: str | None
    claim: Claim


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
    if claim in dict(route.claims).get(hop, ()):
        return Checked("route", route.id, hop, None, claim)
    provider, gateway = registry.providers.get(hop), registry.gateways.get(hop)
    if provider is not None and claim in provider.claims:
        model = None if claim.covers is None else route.model
        return Checked("provider", hop, None, model, claim)
    if gateway is not None and claim in gateway.claims:
        return Checked("gateway", hop, None, None, claim)
    return None


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
    return Checked(kind, name, None, None, max(records, key=lambda c: c.recorded))
