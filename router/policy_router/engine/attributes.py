"""What is known of any attribute of a route, as a value."""

from __future__ import annotations

from typing import assert_never

from policy_router.domain.claim import ClaimValue, Members
from policy_router.domain.truth import TRUE
from policy_router.domain.vocabulary import (
    TRANSFER_BASES,
    TRANSFER_BASIS,
    AttributeKind,
    Regime,
    attribute,
)
from policy_router.engine.matching import RouteView
from policy_router.registry.hops import route_knowledge
from policy_router.registry.transfer import rests_on, transfer_bases


def known_value(view: RouteView, name: str) -> ClaimValue | None:
    """What is known of attribute `name`; None if unknown or if it depends on a request alone.

    Of a transfer basis: those that every place is known to have, looked at one by one. An entry on
    a list is one company's, so a route with several hops has none of its own.
    """
    spec = attribute(name)
    if spec is None:
        return None
    match spec.kind:
        case AttributeKind.NAME:
            return view.name(name)
        case AttributeKind.NUMBER | AttributeKind.MONEY:
            return view.number(name)
        case AttributeKind.COUNTRIES | AttributeKind.TAGS:
            return view.members(name)
        case AttributeKind.ORDERED:
            return route_knowledge(view.standpoint, view.route, name).value
        case AttributeKind.RECORD:
            hops = route_knowledge(view.standpoint, view.route, name).hops
            return hops[0].value if len(hops) == 1 else None
        case AttributeKind.BASES:
            return _bases(view, Regime(name.removeprefix(TRANSFER_BASIS)))
        case _:
            assert_never(spec.kind)


def _bases(view: RouteView, regime: Regime) -> Members | None:
    places = transfer_bases(view.standpoint, view.route, regime, view.asked)
    found = frozenset(b for b in TRANSFER_BASES[regime] if rests_on(places, (b,)) == TRUE)
    return Members(found) if found else None
