"""What else is wrong in documents of the registry whose shape is not sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from policy_router.domain.diagnostic import Diagnostic
from policy_router.language.catalogue import Catalogue
from policy_router.registry.build.contracts import agreements, signoffs
from policy_router.registry.build.places import gateways, models, providers, routes
from policy_router.registry.build.updates import updated_routes
from policy_router.registry.build.verifications import verified

_OF_WHAT_IS_LEFT: Final = frozenset({"REG301", "REG304", "REG307", "REG308", "REG309", "REG320"})
"""Problems of what stands there. The others may be of what the mistake took with it."""


def judged(catalogue: Catalogue, today: date) -> tuple[Diagnostic, ...]:
    """Further problems of what is left of documents without their mistakes of shape."""
    rests, found = replace(catalogue, documents=catalogue.rests), list[Diagnostic]()
    cards = models(rests, today, found)
    left = routes(rests, cards, today, found)
    hops = (gateways(rests, today, found), providers(rests, today, found), left)
    updated_routes(rests, today, found, left, cards)
    verified(rests, today, found, hops)
    agreements(rests, today, found)
    signoffs(rests, today, found)
    return tuple(d for d in found if d.code in _OF_WHAT_IS_LEFT)
