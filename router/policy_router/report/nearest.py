"""Why one route is the nearest of several: what tells it from the one that comes after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from policy_router.engine import nearness
from policy_router.engine.explanation import RouteExplanation
from policy_router.engine.nearness import distance_of

_RUNS: Final = {
    nearness.INSIDE: "it runs within the EEA",
    nearness.PARTLY: "it runs partly within the EEA",
    nearness.LIKELY: "its company names places within the EEA alone",
    nearness.UNKNOWN: "nothing says that it runs outside the EEA",
}
"""What speaks for a route by where it runs; nothing does for one that runs elsewhere."""

_OF_THESE: Final = "of those that few rules stop"


def because(route: RouteExplanation, searched: Sequence[RouteExplanation]) -> str:
    """What makes `route` the nearest of those that were searched, in a clause.

    Steps are searched where few rules are in the way: of the others nothing is known.
    """
    after = nearness.nearest(other for other in searched if other.route != route.route)
    if after is None or route.permitted or route.unsuitable:
        return ""
    if after.unsuitable:
        return "no other is known to do what the call asks"
    mine, theirs = distance_of(route), distance_of(after)
    nothing, _, steps = mine
    if nothing:
        return f"{_OF_THESE} no steps were found for any, and {_equal(route, after)}"
    if mine == theirs:
        return f"{_OF_THESE} none needs fewer steps ({steps}), and {_equal(route, after)}"
    if mine[:2] == theirs[:2]:
        return f"{_OF_THESE} it needs the fewest steps ({steps})"
    spared = "needs no exception" if theirs[1] else f"has steps that were found ({steps})"
    return f"{_OF_THESE} it alone {spared}"


def _equal(route: RouteExplanation, after: RouteExplanation) -> str:
    """What tells two routes apart of which as many steps are wanted."""
    (unpinned, foreign, runs), (unpinned_after, foreign_after, runs_after) = (
        route.place,
        after.place,
    )
    if unpinned != unpinned_after:
        return "it is settled which company its calls go to"
    if foreign != foreign_after:
        return "it is one of your own"
    if runs != runs_after:
        return _RUNS[runs]
    if route.stopping != after.stopping:
        return "fewer rules stop it"
    return "it comes first by name"
