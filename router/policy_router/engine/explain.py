"""Explain a decision: every verdict with its evidence, what would change it, what instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import bitset
from policy_router.domain.claim import NO_DEMAND, Moment
from policy_router.domain.decision import Determination, Outcome, Used
from policy_router.domain.policy import Policy
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.vocabulary import GIVES
from policy_router.engine.account import RulingAccount
from policy_router.engine.certainty import certain_enough
from policy_router.engine.decide import Engine
from policy_router.engine.explanation import Alternative, Explanation, RouteExplanation
from policy_router.engine.matching import RouteView
from policy_router.engine.question import Question
from policy_router.engine.reference import enforces
from policy_router.engine.used import in_force, rested_on

MOST_ALTERNATIVES = 5


def explain(engine: Engine, facts: RequestFacts, decided: Determination) -> Explanation:
    """The explanation of `decided`, which `engine` decided for `facts`.

    What it says of a route's rules and remedies is worked out when it is asked for.
    """
    moment = Moment(decided.at, decided.known_at)
    ruling = engine.decide(facts, moment)
    q = Question(engine.snapshot, ruling.facts, moment)
    account = RulingAccount(q, ruling)
    routes = q.snapshot.registry.routes
    covering = [p.policy for p in ruling.circumstances.covering]
    return Explanation(
        determination=decided,
        routes=tuple(
            RouteExplanation(c, routes[c.route].model, account) for c in decided.candidates
        ),
        alternatives=_alternatives(engine, q, facts, decided),
        policies=tuple(f"{p.id} v{p.version}" for p in covering if enforces(p)),
        find_used=partial(_used, q, ruling.epoch.bound, covering, decided),
        find_certain=partial(certain_enough, facts, decided, partial(_permits, engine, q.moment)),
    )


def _permits(engine: Engine, moment: Moment, facts: RequestFacts) -> bool:
    return engine.decide(facts, moment).outcome is Outcome.PERMITTED


def _used(q: Question, bound: Bound, covering: Sequence[Policy], decided: Determination) -> Used:
    if decided.route is not None:
        (chosen,) = (c for c in decided.candidates if c.route == decided.route)
        return rested_on(q, covering, chosen)
    about = decided.candidates
    routes = bitset((bound.number[c.route] for c in about), len(bound.routes))
    return in_force(q, bound, routes, about)


def _alternatives(
    engine: Engine, q: Question, asked: RequestFacts, decided: Determination
) -> tuple[Alternative, ...]:
    """Permitted routes of any model, in order of preference; only where the request was denied."""
    if decided.permitted or decided.requested is None:
        return ()
    registry = q.snapshot.registry
    asked_for = [registry.routes[c.route] for c in decided.candidates]
    facts = asked.of_any_model(_operation(q, asked_for))
    chain = engine.decide(facts, q.moment).chain[:MOST_ALTERNATIVES]
    cheapest = {m: _cheapest(q, asked_for, m) for m in ("input", "output")}
    return tuple(_alternative(q, registry.routes[i], cheapest) for i in chain)


def _operation(q: Question, asked_for: Iterable[Route]) -> str | None:
    """What the routes that were asked for serve, where the request names no operation."""
    cards = [q.snapshot.registry.card(route) for route in asked_for]
    return next((o for o in GIVES if any(card.serves(o) for card in cards)), None)


def _price(q: Question, route: Route, meter: str) -> Decimal | None:
    return RouteView(q.snapshot, route, q.facts, q.moment, NO_DEMAND).number(f"price.{meter}")


def _cheapest(q: Question, routes: Iterable[Route], meter: str) -> Decimal | None:
    prices = [p for r in routes if (p := _price(q, r, meter)) is not None]
    return min(prices, default=None)


def _alternative(q: Question, route: Route, cheapest: dict[str, Decimal | None]) -> Alternative:
    prices = {meter: _price(q, route, meter) for meter in ("input", "output")}
    difference = {
        meter: None if price is None or asked is None else price - asked
        for meter, price in prices.items()
        for asked in (cheapest[meter],)
    }
    gateway = q.snapshot.registry.gateways[route.gateway]
    return Alternative(
        route=route.id,
        model=route.model,
        own=not gateway.adds_hop and not gateway.type.is_of_provider,
        input_price=prices["input"],
        output_price=prices["output"],
        input_difference=difference["input"],
        output_difference=difference["output"],
    )
