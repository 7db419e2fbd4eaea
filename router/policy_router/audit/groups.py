"""Scenarios on routes of which the same is to be said, said once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S")


class Group(NamedTuple, Generic[S]):
    """What is said of each of these scenarios on each of these routes."""

    scenarios: tuple[str, ...]
    routes: tuple[str, ...]
    said: S


def grouped(cells: Iterable[tuple[str, str, S]], scenarios: Sequence[str]) -> list[Group[S]]:
    """Scenario, route and what is said of them, in the order of `scenarios`; most routes first.

    Routes of one scenario come together, then scenarios with the same routes.
    """
    of_one: dict[tuple[str, S], list[str]] = {}
    for scenario, route, said in cells:
        of_one.setdefault((scenario, said), []).append(route)
    alike: dict[tuple[S, tuple[str, ...]], list[str]] = {}
    for (scenario, said), routes in of_one.items():
        alike.setdefault((said, tuple(routes)), []).append(scenario)
    place = {name: n for n, name in enumerate(scenarios)}
    groups = [Group(tuple(names), routes, said) for (said, routes), names in alike.items()]
    return sorted(groups, key=lambda g: (place[g.scenarios[0]], -len(g.routes)))
