"""The registry: everything known about routes, law and the organisation's contracts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from policy_router.domain.contract import Agreement, Signoff
from policy_router.domain.route import Gateway, Model, Provider, Route
from policy_router.domain.territory import Adequacy, Territory


@dataclass(frozen=True, slots=True)
class Registry:
    """Facts by id. `digest`: of the text of its documents, order and layout apart."""

    gateways: Mapping[str, Gateway]
    providers: Mapping[str, Provider]
    models: Mapping[str, Model]
    routes: Mapping[str, Route]
    territories: Mapping[str, Territory]
    adequacy: tuple[Adequacy, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    signoffs: tuple[Signoff, ...] = ()
    digest: str = field(default="", compare=False)

    def card(self, route: Route) -> Model:
        """The model of a route, with what it offers there."""
        return route.offered or self.models[route.model]
