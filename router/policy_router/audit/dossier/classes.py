"""Route classes: routes with the same verdicts on the same evidence, looked at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from policy_router.audit.asking import Asked, OneKind, asked
from policy_router.audit.dossier.demands import Answers, Told
from policy_router.audit.dossier.exhibits import Exhibits
from policy_router.audit.dossier.verdicts import Reasoning, RouteClass, RoutePart, RuleFound
from policy_router.audit.gaps import Thing
from policy_router.audit.matrix import Cell, Matrix
from policy_router.audit.prices import list_price, price_words
from policy_router.audit.sheet import HANDLING
from policy_router.audit.stages import stage_said
from policy_router.domain.decision import Candidate, Determination, Verdict
from policy_router.domain.organisation import Scenario
from policy_router.domain.route import Route
from policy_router.engine.decide import Engine
from policy_router.engine.kinds import by_claims
from policy_router.engine.lacking import Lacking
from policy_router.engine.question import Question
from policy_router.engine.shortfalls import claims_at
from policy_router.registry.hops import hops_of, route_knowledge
from policy_router.registry.lifecycle import stage_at
from policy_router.registry.standpoint import Standpoint

Shortest = dict[tuple[str, str], tuple[Thing, ...] | None]
"""The shortest list of what is missing, by scenario and route."""

_METERS: Final = ("input", "output")


@dataclass(frozen=True, slots=True)
class _Seen:
    """One scenario on one route: the ruling on its kind, and what became of it."""

    part: Asked
    kind: OneKind
    cell: Cell


@dataclass(frozen=True, slots=True)
class _Alike:
    """The routes of a class, and what is told of them for any scenario."""

    routes: Sequence[Route]
    told: Told


def route_classes(
    engine: Engine, found: Matrix, shortest: Shortest, exhibits: Exhibits
) -> tuple[RouteClass, ...]:
    """The routes in classes, in order of their first routes; ids count from `C1`.

    `engine`: of the snapshot that the matrix was found in.
    """
    routes = found.routes
    cells = {(c.scenario, c.route): c for c in found.cells}
    seen: dict[str, list[tuple[Scenario, _Seen]]] = {route: [] for route in routes}
    for scenario in found.scenarios:
        for part, kind, route in _asked(engine, scenario, routes, found):
            seen[route].append((scenario, _Seen(part, kind, cells[scenario.id, route])))
    alike: dict[tuple[object, ...], list[str]] = {}
    for route in routes:
        alike.setdefault(tuple(_key(s, shortest) for _, s in seen[route]), []).append(route)
    classes = _Classes(found, shortest, exhibits)
    return tuple(
        classes.one(f"C{number}", members, seen[members[0]])
        for number, members in enumerate(alike.values(), start=1)
    )


def _asked(
    engine: Engine, scenario: Scenario, routes: Sequence[str], found: Matrix
) -> Iterator[tuple[Asked, OneKind, str]]:
    for part in asked(engine, scenario, routes, found.moment, by_claims):
        for kind in part.kinds:
            for route in part.ids(kind.routes):
                yield part, kind, route


def _key(seen: _Seen, shortest: Shortest) -> tuple[object, ...]:
    """What two routes must have in common to be told together."""
    cell = seen.cell
    return (id(seen.kind), replace(cell, route=""), shortest.get((cell.scenario, cell.route)))


@dataclass(frozen=True, slots=True)
class _Classes:
    """What is said of each class."""

    matrix: Matrix
    shortest: Shortest
    exhibits: Exhibits

    def one(
        self, name: str, members: Sequence[str], seen: Sequence[tuple[Scenario, _Seen]]
    ) -> RouteClass:
        registry = self.matrix.snapshot.registry
        routes = [registry.routes[member] for member in members]
        alike = _Alike(routes, {})
        return RouteClass(
            id=name,
            parties=hops_of(registry, routes[0]),
            routes=tuple(map(self._route, routes)),
            reasonings=tuple(_together(self._reasoning(s, each, alike) for s, each in seen)),
            claims=tuple(self._claims(routes[0])),
        )

    def _route(self, route: Route) -> RoutePart:
        moment = self.matrix.moment
        found = [list_price(route, meter, moment.at) for meter in _METERS]
        prices = [None if price is None else price_words([price]) for price in found]
        stage = stage_said(route, moment) or stage_at(route, moment)
        window = self.matrix.snapshot.registry.card(route).context_window
        return RoutePart(route.id, route.model, route.address, stage, prices[0], prices[1], window)

    def _reasoning(self, scenario: Scenario, seen: _Seen, alike: _Alike) -> Reasoning:
        decided, cell = seen.kind.ruling.determination(), seen.cell
        candidate = next(iter(decided.candidates), None)
        q = replace(seen.part.q, facts=replace(seen.part.q.facts, model=decided.requested))
        return Reasoning(
            scenarios=(scenario.id,),
            standing=cell.standing,
            reason=cell.reason,
            said=_before_rules(decided, candidate),
            rules=tuple(self._rules(candidate, seen.part, q, alike)),
            shortest=self.shortest.get((scenario.id, cell.route)),
            exceptions=cell.exceptions,
            signoffs=cell.signoffs,
        )

    def _rules(
        self, candidate: Candidate | None, part: Asked, q: Question, alike: _Alike
    ) -> Iterator[RuleFound]:
        if candidate is None:
            return
        answers = Answers(q, alike.routes, self.exhibits, alike.told)
        rules = Lacking(part.circumstances, part.q).rules
        for planned, verdict in zip(rules, candidate.verdicts, strict=bool(candidate.verdicts)):
            if verdict.verdict is not Verdict.NOT_APPLICABLE:
                yield answers.rule(planned.rule, verdict)

    def _claims(self, route: Route) -> Iterator[int]:
        view = Standpoint(self.matrix.snapshot.registry, self.matrix.moment)
        for attribute in HANDLING:
            known = route_knowledge(view, route, attribute)
            yield from self.exhibits.numbers(attribute, claims_at(known))


def _before_rules(decided: Determination, candidate: Candidate | None) -> tuple[str, ...]:
    """What stood against a route before any rule was asked, and what an obligation refuses."""
    if decided.permitted:
        return ()
    unsuitable = candidate.unsuitable if candidate is not None else ()
    return (*unsuitable, *(detail.message for detail in decided.details))


def _together(found: Iterable[Reasoning]) -> Iterator[Reasoning]:
    """One reasoning for the scenarios of which all the same is said."""
    alike: dict[Reasoning, list[str]] = {}
    for each in found:
        alike.setdefault(replace(each, scenarios=()), []).extend(each.scenarios)
    for each, scenarios in alike.items():
        yield replace(each, scenarios=tuple(scenarios))
