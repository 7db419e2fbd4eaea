"""Names that a name nothing is known by may have meant."""

from __future__ import annotations

from typing import Final

from policy_router.domain.snapshot import Snapshot
from policy_router.language.suggest import nearest

_MOST: Final = 3


def near_names(name: str, snapshot: Snapshot) -> tuple[str, ...]:
    """Models, routes and aliases that hold `name` or nearly read like it, a few of them."""
    registry = snapshot.registry
    aliases = (alias.id for alias in snapshot.policies.aliases)
    known = sorted({*registry.models, *registry.routes, *aliases})
    holding = [other for other in known if name.lower() in other.lower()]
    if holding:
        return tuple(sorted(holding, key=lambda other: (len(other), other))[:_MOST])
    meant = nearest(name, known)
    return () if meant is None else (meant,)
