"""No route is named as nearest while another, of which as little is wanted, lies nearer."""

from __future__ import annotations

from policy_router.audit.gaps import gaps_by
from policy_router.audit.prospects import nearest_for, prospects
from policy_router.domain.organisation import Scenario
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.explanation import MOST_SEARCHED
from policy_router.engine.nearness import Nearness, distance, nearest
from tests.property.proving import Effect, law
from tests.small import HERE
from tests.strategies.worlds import World, any_world


@law(any_world, tested=0.2, times=1)
def test_of_an_explanation_the_nearest_route_lies_nearest(world: World) -> Effect:
    engine = Engine(world.snapshot)
    decided = engine.decide(world.facts, world.moment).determination()
    found = explain(engine, world.facts, decided)
    named, order = nearest(found.nearest), Nearness(world.snapshot, world.moment)
    if named is None or len({route.kind for route in found.routes}) > MOST_SEARCHED:
        return Effect.NONE
    far = distance(next(iter(named.remedies), None))
    alike = [
        route
        for route in found.routes
        if route.stopping == named.stopping
        and distance(next(iter(route.remedies), None)) == far
        and route.permitted == named.permitted
    ]
    assert all(order.place(named.route) <= order.place(route.route) for route in alike)
    return Effect.TESTED if len(alike) > 1 else Effect.NONE


@law(any_world, tested=0.2, times=1)
def test_of_what_is_shown_the_nearest_route_lies_nearest(world: World) -> Effect:
    """And of every scenario that is shut something is said."""
    scenario = Scenario("asked", "Asked", "", world.facts, HERE)
    routes = tuple(sorted(world.snapshot.registry.routes))
    tested = Effect.NONE
    for pack in prospects(world.snapshot, [scenario], routes, world.moment):
        order = Nearness(pack.matrix.snapshot, world.moment)
        shut = not any(cell.route in pack.matrix.permitted for cell in pack.matrix.cells)
        told = nearest_for(pack)
        assert [each.cell.scenario for each in told] == (["asked"] if shut else [])
        for each in told:
            far = distance(each.things)
            for route in routes:
                (need,) = gaps_by(pack.engine, [scenario], [route], world.moment).needs
                there = (distance(need.things), order.place(route))
                assert (far, order.place(each.cell.route)) <= there
            tested = Effect.TESTED
    return tested
