"""The matrix: what may go where, for scenarios and routes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from policy_router.audit.asking import Asked, OneKind, asked
from policy_router.audit.grounds import Grounds
from policy_router.compiler.bitset import lowest
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Determination, Reason, RuleVerdict, Used, Verdict
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Mode
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.engine.kinds import by_outcome
from policy_router.engine.lacking import Lacking
from policy_router.engine.reference import is_reachable
from policy_router.engine.used import together


class Standing(StrEnum):
    """Whether a route may carry a scenario; `UNKNOWN` is refused for want of knowledge."""

    PERMITTED = "permitted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cell:
    """One scenario on one route.

    `obligations`: those that refuse the call as it is, as `policy/obligation`; where some
    contradict each other, the parameters that they set differently, which have no `/`.
    `failed_rules`, `unknown_rules`: the enforced rules in the way, as `policy/rule`: known not to
    be met, and not known to be met. `failed`, `unknown`: attributes of the route behind them.
    `facts`: facts of the scenario that are not known and matter. `watched`: rules that are only
    watched and whose verdict is not known. `exceptions`, `signoffs`: what a permission rests on.
    """

    scenario: str
    route: str
    standing: Standing
    reason: Reason | None
    obligations: tuple[str, ...]
    failed_rules: tuple[str, ...]
    unknown_rules: tuple[str, ...]
    failed: tuple[str, ...]
    unknown: tuple[str, ...]
    facts: tuple[str, ...]
    watched: tuple[str, ...]
    exceptions: tuple[str, ...] = ()
    signoffs: tuple[str, ...] = ()

    @property
    def leaves_open(self) -> bool:
        """Whether anything that an enforced rule asks for is not known, however it came out."""
        return bool(self.unknown_rules or self.unknown or self.facts)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every scenario on every route, at one moment of one snapshot, and what it rests on."""

    snapshot: Snapshot
    moment: Moment
    scenarios: tuple[Scenario, ...]
    routes: tuple[str, ...]
    cells: tuple[Cell, ...]
    used: Used

    @property
    def permitted(self) -> tuple[str, ...]:
        """The routes that may carry some scenario, in order."""
        return tuple(sorted({c.route for c in self.cells if c.standing is Standing.PERMITTED}))

    def of(self, scenario: str, standing: Standing | None = None) -> list[Cell]:
        """The cells of a scenario, of one standing if that is asked for."""
        return [c for c in self.cells if c.scenario == scenario and standing in {None, c.standing}]


def reachable_routes(snapshot: Snapshot) -> tuple[str, ...]:
    """The ids of the routes through gateways the project lists, in order."""
    registry = snapshot.registry
    return tuple(i for i in sorted(registry.routes) if is_reachable(snapshot, registry.routes[i]))


def matrix(
    snapshot: Snapshot, scenarios: Sequence[Scenario], routes: Sequence[str], moment: Moment
) -> Matrix:
    """Decide every scenario on every route, each route asked for by its own id (a pin)."""
    return matrix_by(Engine(snapshot), scenarios, routes, moment)


def matrix_by(
    engine: Engine, scenarios: Sequence[Scenario], routes: Sequence[str], moment: Moment
) -> Matrix:
    """The same, by an engine that is there already."""
    cells: list[Cell] = []
    rested: list[Used] = []
    for scenario in scenarios:
        found: dict[str, Cell] = {}
        for part in asked(engine, scenario, routes, moment, by_outcome):
            seen = _Seen(scenario.id, part)
            for alike, cell in (each for kind in part.kinds for each in seen.cells(kind)):
                found.update((route, replace(cell, route=route)) for route in part.ids(alike))
            rested += seen.used
        cells.extend(found[route] for route in routes)
    return Matrix(
        engine.snapshot, moment, tuple(scenarios), tuple(routes), tuple(cells), together(rested)
    )


class _Seen:
    """One scenario, looked at kind by kind."""

    def __init__(self, scenario: str, part: Asked) -> None:
        self._scenario = scenario
        self._part = part
        self._lacking = Lacking(part.circumstances, part.q)
        self._grounds = Grounds(part)
        self.used: list[Used] = []
        """What the permissions among the cells rest on."""

    def cells(self, kind: OneKind) -> Iterator[tuple[int, Cell]]:
        """The routes of a kind as sets, each with the cell of its first route."""
        cell = self._cell(kind)
        if cell.standing is not Standing.PERMITTED:
            yield kind.routes, cell
            return
        for routes, used in self._grounds.of(kind):
            self.used.append(used)
            yield routes, replace(cell, exceptions=used.exceptions, signoffs=used.signoffs)

    def _cell(self, kind: OneKind) -> Cell:
        decided = kind.ruling.determination()
        candidate = next(iter(decided.candidates), None)
        verdicts = () if candidate is None else candidate.verdicts
        stopping = [
            (place, v)
            for place, v in enumerate(verdicts)
            if v.mode is Mode.ENFORCE and not v.verdict.allows
        ]
        failing = [v for _, v in stopping if v.verdict is Verdict.FAIL]
        lacks = {lack for place, v in stopping for lack in self._lacks(place, v, kind)}
        failed = {subject for subject, known in lacks if known}
        open_facts = {f for place, _ in stopping for f in self._lacking.open_facts(place)}
        return Cell(
            scenario=self._scenario,
            route=decided.requested or "",
            standing=_standing(decided, refused=bool(failing)),
            reason=decided.reason,
            obligations=_obligations(decided),
            failed_rules=tuple(map(_name, failing)),
            unknown_rules=tuple(_name(v) for _, v in stopping if v.verdict is Verdict.UNKNOWN),
            failed=tuple(sorted(failed)),
            unknown=tuple(sorted({subject for subject, _ in lacks} - failed)),
            facts=tuple(sorted({*decided.missing, *open_facts})),
            watched=tuple(_watched(verdicts)),
        )

    def _lacks(self, place: int, v: RuleVerdict, kind: OneKind) -> Iterator[tuple[str, bool]]:
        """The attributes of the route that the rule wants otherwise, and whether that is known.

        Of a rule whose verdict is not known only what is not known counts: another branch of it
        may still be met, or it may not apply.
        """
        number = lowest(kind.routes)
        for lack in self._lacking.of(place):
            known = lack.is_known(number)
            if lack.is_about(number) and (not known or v.verdict is Verdict.FAIL):
                yield lack.unmet.test.subject, known


def _standing(decided: Determination, *, refused: bool) -> Standing:
    if decided.permitted:
        return Standing.PERMITTED
    open_reasons = {Reason.NO_COMPLIANT_ROUTE, Reason.FACTS_MISSING}
    return Standing.UNKNOWN if decided.reason in open_reasons and not refused else Standing.REFUSED


def _obligations(decided: Determination) -> tuple[str, ...]:
    before = decided.reason in {Reason.OBLIGATION, Reason.OBLIGATION_CONFLICT}
    return tuple(detail.about for detail in decided.details) if before else ()


def _name(verdict: RuleVerdict) -> str:
    return f"{verdict.policy}/{verdict.rule}"


def _watched(verdicts: Iterable[RuleVerdict]) -> Iterator[str]:
    for v in verdicts:
        if v.mode is Mode.MONITOR and v.verdict is Verdict.UNKNOWN:
            yield _name(v)
