"""A decision to act on: ask it why, or let it pin a call to its route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from policy_router.domain.decision import Determination, Outcome, Reason
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Gateway, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.explain import explain
from policy_router.engine.explanation import Explanation
from policy_router.engine.render import decision_json
from policy_router.engine.wording import denied_line
from policy_router.wire.pins import pinned


class Denied(Exception):
    """A call that must not be sent. `decision` says why; `str` of this is one line."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        super().__init__(denied_line(decision.determination))


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about one request, bound to the snapshot it was made from.

    It has no truth value: ask `permitted`, or `apply` it, which raises where it is denied.
    """

    determination: Determination
    snapshot: Snapshot = field(repr=False)
    facts: RequestFacts = field(repr=False)

    def __bool__(self) -> NoReturn:
        message = "a decision has no truth value: read `permitted`, or call `apply`"
        raise TypeError(message)

    @property
    def permitted(self) -> bool:
        """Whether the request may be sent, and only by `chain`."""
        return self.determination.outcome is Outcome.PERMITTED

    @property
    def reason(self) -> Reason | None:
        """Why it was denied; None if permitted."""
        return self.determination.reason

    @property
    def chain(self) -> tuple[str, ...]:
        """Permitted routes, best first: the chosen one and the only failover there is."""
        return self.determination.chain

    @property
    def route(self) -> Route | None:
        """The chosen route; None if denied."""
        chosen = self.determination.route
        return None if chosen is None else self.snapshot.registry.routes[chosen]

    @property
    def gateway(self) -> Gateway | None:
        """The gateway of the chosen route; None if denied."""
        return None if self.route is None else self.snapshot.registry.gateways[self.route.gateway]

    def explain(self) -> Explanation:
        """Every verdict with its evidence, what would change it, and what is permitted instead."""
        return explain(self.snapshot, self.facts, self.determination)

    def apply(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body to send: pinned to the chosen route, obligations done.

        Raises `Denied` if the decision is a denial, and `wire.refusal.Refused` if the body names
        a model in a second place or does something no policy has looked at.
        """
        route, gateway = self.route, self.gateway
        if route is None or gateway is None:
            raise Denied(self)
        return pinned(body, self.facts, route, gateway, self.determination.obligations)

    def to_json(self) -> str:
        """The decision as canonical JSON (schema `decision`), equal bytes for equal input."""
        return decision_json(self.determination)
