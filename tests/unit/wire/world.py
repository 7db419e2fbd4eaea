"""A route behind a gateway of any type, and the terms on which calls are pinned to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from policy_router.domain.decision import AppliedObligation
from policy_router.domain.diagnostic import Span
from policy_router.domain.route import Gateway, GatewayType, Route
from policy_router.wire.pins import Terms

SPAN: Final = Span("test", 1, 1)
ADDRESS: Final = "upstream-name-1"
BASES: Final = {GatewayType.AZURE: "https://gw.example/openai/v1"}


def gateway(kind: GatewayType = GatewayType.DIRECT, base_url: str | None = None) -> Gateway:
    return Gateway(
        id="gw",
        title="Gateway",
        type=kind,
        base_url=base_url or BASES.get(kind, "https://gw.example/v1"),
        key=None,
        adds_hop=True,
        entity=None,
        claims=(),
        span=SPAN,
    )


def terms(
    kind: GatewayType = GatewayType.DIRECT,
    obligations: Sequence[AppliedObligation] = (),
    address: str = ADDRESS,
    base_url: str | None = None,
    maker: str | None = None,
) -> Terms:
    route = Route("gw:a/b", "a/b", "gw", "some-provider", address, "ga", SPAN, pin="its-slug")
    examined = frozenset({"server_tools"})
    return Terms(
        route,
        gateway(kind, base_url),
        tuple(obligations),
        examined,
        zero_retention=False,
        maker=maker,
    )
