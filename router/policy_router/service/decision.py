"""A decision to act on: ask it why, or let it pin a call to its route."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from policy_router.domain.claim import NO_DEMAND, Moment
from policy_router.domain.decision import Determination, Reason, Used
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Gateway, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import SERVER_TOOLS
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.explanation import Explanation
from policy_router.engine.matching import RouteView, tests_in
from policy_router.engine.render import decision_json
from policy_router.engine.ruling import Ruling
from policy_router.engine.wording import denied_line

if TYPE_CHECKING:
    from policy_router.wire.pins import Terms

_KEEPS_NOTHING = ("default", "granted")


class Denied(Exception):
    """A call that must not be sent. `decision` says why; `str` of this is one line."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        super().__init__(denied_line(decision.determination))


@dataclass(frozen=True)
class Decision:
    """The decision about one request, bound to the engine and so to the snapshot that made it.

    It has no truth value: ask `permitted`, or `apply` it, which raises where it is denied. Outcome
    and route are there at once; the rest is worked out when it is asked for.
    """

    engine: Engine = field(repr=False)
    ruling: Ruling
    asked: RequestFacts = field(repr=False)

    def __bool__(self) -> NoReturn:
        message = "a decision has no truth value: read `permitted`, or call `apply`"
        raise TypeError(message)

    @property
    def facts(self) -> RequestFacts:
        """What was decided on: what was asked, with the tools that the model uses unasked."""
        return self.ruling.facts

    @property
    def unasked(self) -> frozenset[str]:
        """The tools among them that only the model brings in."""
        had, asked = (facts.set_fact(SERVER_TOOLS).members for facts in (self.facts, self.asked))
        return had - asked

    @property
    def snapshot(self) -> Snapshot:
        """What the decision was made from."""
        return self.engine.snapshot

    @cached_property
    def determination(self) -> Determination:
        """The whole decision as data."""
        return self.ruling.determination()

    @property
    def permitted(self) -> bool:
        """Whether the request may be sent, and only by `chain`."""
        return self.ruling.permitted

    @property
    def reason(self) -> Reason | None:
        """Why it was denied; None if permitted."""
        return self.ruling.reason

    @property
    def chain(self) -> tuple[str, ...]:
        """Permitted routes, best first: the chosen one and the only failover there is."""
        return self.ruling.chain

    @property
    def kept_out(self) -> tuple[str, ...]:
        """The routes on file that some enforced rule keeps from carrying the request."""
        return self.ruling.kept_out

    @property
    def route(self) -> Route | None:
        """The chosen route; None if denied."""
        chosen = self.ruling.route
        return None if chosen is None else self.snapshot.registry.routes[chosen]

    @property
    def gateway(self) -> Gateway | None:
        """The gateway of the chosen route; None if denied."""
        return None if self.route is None else self.snapshot.registry.gateways[self.route.gateway]

    @property
    def terms(self) -> Terms | None:
        """On what terms a call may be sent to the chosen route; None if denied."""
        chosen = self.ruling.route
        return None if chosen is None else self.terms_on(chosen)

    def terms_on(self, route_id: str) -> Terms:
        """On what terms a call may be sent to a route of the chain."""
        from policy_router.wire.pins import CAN_KEEP_NOTHING, Terms  # noqa: PLC0415 - slow, and only to send a call

        registry = self.snapshot.registry
        route = registry.routes[route_id]
        gateway = registry.gateways[route.gateway]
        return Terms(
            route,
            gateway,
            self.determination.obligations,
            self._examined(),
            zero_retention=gateway.type in CAN_KEEP_NOTHING and self._keeps_nothing(route),
            maker=registry.models[route.model].maker,
            unpinned=registry.providers[route.provider].unpinned,
            unasked=registry.card(route).unasked_tools or frozenset(),
        )

    def _keeps_nothing(self, route: Route) -> bool:
        moment = Moment(self.determination.at, self.determination.known_at)
        view = RouteView(self.snapshot, route, self.facts, moment, NO_DEMAND)
        return view.claims_one_of("zero_data_retention", _KEEPS_NOTHING)

    def _examined(self) -> frozenset[str]:
        """What of a call the obligations of covering policies look at, and did not refuse."""
        covering = self.ruling.circumstances.covering
        refusals = [o.refuse_when for p in covering for o in p.policy.obligations if o.refuse_when]
        return frozenset(test.subject for refusal in refusals for test in tests_in(refusal))

    def rests_on(self, routes: Collection[str]) -> Used:
        """What the permission of each of some routes of the chain rests on, all in one."""
        candidates = self.determination.candidates
        return self.ruling.rests_on([c for c in candidates if c.route in routes])

    def explain(self) -> Explanation:
        """Every verdict with its evidence, what would change it, and what is permitted instead."""
        return explain(self.engine, self.asked, self.determination)

    def apply(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body to send: pinned to the chosen route, obligations done.

        Raises `Denied` if the decision is a denial, and `wire.refusal.Refused` if the body names
        a model in a second place, asks for more than was decided on, or does something no policy
        has looked at.
        """
        from policy_router.wire.pins import pinned  # noqa: PLC0415 - slow, and only to send a call

        terms = self.terms
        if terms is None:
            raise Denied(self)
        return pinned(body, self.facts, terms)

    def to_json(self) -> str:
        """The decision as canonical JSON (schema `decision`), equal bytes for equal input."""
        return decision_json(self.determination)
