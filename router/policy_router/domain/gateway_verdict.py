"""What a gateway itself says about one of its models for a key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GatewayVerdict:
    """Whether the gateway would let a key use the model at `address`.

    `blocked_by`, `reason`: its own words about what is in the way, if it says any.
    """

    address: str
    allowed: bool
    blocked_by: str | None
    reason: str | None
