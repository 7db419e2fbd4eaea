"""The few words that worlds are made of: few, so that they collide often."""

from __future__ import annotations

from datetime import UTC, datetime

from policy_router.domain.claim import Validity
from policy_router.domain.diagnostic import Span
from policy_router.domain.vocabulary import Regime

SPAN = Span("world.yaml", 1, 1)

GATEWAYS = ("g0", "g1")
"""The second is self-hosted: no hop."""
PROVIDERS = ("p0", "p1", "p2")
OPERATORS = {"p0": "o0", "p1": "o0", "p2": "o1"}
MODELS = ("m0", "m1")
ROUTES = ("r0", "r1", "r2", "r3")
ALIASES = ("a0", "a1")
POLICIES = ("k0", "k1")


def instant(text: str) -> datetime:
    """Read an instant of UTC, as `2026-06-15` or `2026-06-15T12:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOON = instant("2026-06-15T12:00")
INSTANTS = (NOON, NOON, NOON, instant("2026-12-31T23:59"), instant("2025-07-01"))
KNOWN_AT = (None, None, None, None, instant("2026-03-01"), NOON)
RECORDED = (instant("2025-01-01"),) * 9 + (instant("2026-01-01"), instant("2026-05-01"))
"""The last is after one of `KNOWN_AT`."""

ALWAYS_VALID = Validity()
VALIDITIES = (ALWAYS_VALID,) * 24 + (
    Validity(None, NOON),
    Validity(NOON, None),
    Validity(instant("2026-07-01"), None),
    Validity(instant("2025-01-01"), instant("2026-01-01")),
)

COUNTRIES = ("DE", "SE", "US", "GB", "CA", "IN")
REGIMES = tuple(Regime)
PURPOSES = ("support", "hiring")
TENANTS = ("blue", "red")
LABELS = ("labels.team",)
TEAMS = ("one", "two")
