"""The claims behind a refusal: what is on file, hop by hop, of each attribute in the way."""

from __future__ import annotations

from collections.abc import Iterator

from policy_router.audit.matrix import Cell, Matrix
from policy_router.domain.vocabulary import ATTRIBUTES
from policy_router.engine.explanation import HopClaim
from policy_router.engine.shortfalls import claims_at
from policy_router.registry.hops import route_knowledge
from policy_router.registry.standpoint import Standpoint

Behind = tuple[str, HopClaim]
"""An attribute, and what is claimed of it at one hop."""


def claims_behind(now: Matrix, decided: Cell) -> Iterator[Behind]:
    """What is claimed of the attributes that keep a route from carrying a scenario."""
    view = Standpoint(now.snapshot.registry, now.moment)
    route = now.snapshot.registry.routes.get(decided.route)
    for attribute in (*decided.failed, *decided.unknown):
        spec = ATTRIBUTES.get(attribute)
        if route is not None and spec is not None and spec.claimed:
            for claim in claims_at(route_knowledge(view, route, attribute)):
                yield attribute, claim
