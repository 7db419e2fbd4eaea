"""Whether a call can be kept to a route at all, whatever the operation: if not, it is not sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from policy_router.domain.route import Gateway, GatewayType, Route

_AZURE_BASE: Final = "/openai/v1"
"""The address at which the body names the deployment; elsewhere a path of its own would."""

_BLANK: Final = re.compile(r"\{[^}]*\}")
"""A part of a shipped address that only its user can fill in."""

_ELSEWHERE: Final = "use a route behind another gateway"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why nothing keeps a call to a route, and what to do."""

    message: str
    advice: str


def obstacle(gateway: Gateway, route: Route, unpinned: str | None) -> Obstacle | None:
    """What stands in the way of a pin; None if the address and the pin suffice.

    `unpinned`: why nothing keeps a call to the route's provider, as its document says.
    """
    if unpinned is not None:
        message = f"nothing keeps a call to the provider of route `{route.id}`: {unpinned}"
        return Obstacle(message, _ELSEWHERE)
    blank = _BLANK.search(gateway.base_url)
    if blank is not None:
        message = f"the address of gateway `{gateway.id}` has a part to fill in: `{blank[0]}`"
        return Obstacle(message, "describe the gateway and its routes in documents of your own")
    if gateway.type is GatewayType.OPENROUTER and route.pin is None:
        message = (
            f"route `{route.id}` does not say what its provider is called at gateway "
            f"`{gateway.id}`, so another one could answer"
        )
        return Obstacle(message, "write its slug there as `pin` of the route")
    if gateway.type is GatewayType.AZURE and not _names_deployments(gateway):
        message = (
            f"calls cannot be pinned at gateway `{gateway.id}`: its `base_url` does not end "
            f"with `{_AZURE_BASE}`"
        )
        return Obstacle(message, _ELSEWHERE)
    return None


def _names_deployments(gateway: Gateway) -> bool:
    return gateway.base_url.rstrip("/").endswith(_AZURE_BASE)
