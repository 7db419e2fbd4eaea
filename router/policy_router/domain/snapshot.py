"""A snapshot: policies and registry together, immutable, known by their digests."""

from __future__ import annotations

from dataclasses import dataclass

from policy_router.domain.decision import Digests
from policy_router.domain.policy import PolicySet
from policy_router.domain.registry import Registry


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a decision is made from, besides the request and the two instants."""

    policies: PolicySet
    registry: Registry

    @property
    def digests(self) -> Digests:
        """The digests a decision records."""
        return Digests(self.policies.digest, self.registry.digest)
