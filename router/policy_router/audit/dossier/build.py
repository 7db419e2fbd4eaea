"""Works out everything a report says, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from policy_router.audit.changes import written
from policy_router.audit.documents import binding_documents, documents_on
from policy_router.audit.dossier.classes import route_classes
from policy_router.audit.dossier.content import (
    Counts,
    Digests,
    Dossier,
    PolicyPart,
    RestsOn,
    RulePart,
    ScenarioPart,
    Stated,
)
from policy_router.audit.dossier.exhibits import Exhibits, place
from policy_router.audit.dossier.missing import CALENDAR_DAYS, calendar, shortest, steps, together
from policy_router.audit.dossier.parties import Processors
from policy_router.audit.dossier.records import Records
from policy_router.audit.dossier.registers import Registers
from policy_router.audit.dossier.since import since
from policy_router.audit.gaps import gaps_by
from policy_router.audit.in_use import First
from policy_router.audit.matrix import Matrix, Standing, matrix_by
from policy_router.domain.decision import Used
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Policy, PolicySet
from policy_router.domain.request import FactValue, RequestFacts
from policy_router.engine.decide import Engine
from policy_router.engine.words import number


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about. `found`: the matrix of all routes within reach.

    `first`: the routes reported on; `project`: the title of the project; `earlier`: the report to
    compare with.
    """

    found: Matrix
    first: First
    project: str | None
    earlier: Dossier | None


def dossier(subject: Subject, progress: Callable[[int, int], None]) -> Dossier:
    """The report on a subject. `progress` is told how far the search for steps is."""
    found, routes = subject.found, subject.first.routes
    snapshot, moment = found.snapshot, found.moment
    engine = Engine(snapshot)
    part = _reported(engine, found, routes)
    missing = gaps_by(engine, found.scenarios, routes, moment, progress)
    exhibits = Exhibits(snapshot.registry, moment)
    classes = route_classes(engine, part, shortest(missing), exhibits)
    processors = Processors(snapshot, moment, classes, exhibits.all)
    registers = Registers(snapshot, found.scenarios, routes, moment)
    parties, scenarios = processors.parties(), tuple(_scenarios(found, part))
    report = Dossier(
        project=subject.project,
        at=moment.at,
        known_at=moment.known_at,
        digests=Digests(snapshot.digests.policies, snapshot.digests.registry),
        scope=subject.first.why,
        routes=len(routes),
        within_reach=len(found.routes),
        limited=snapshot.policies.gateways is not None,
        policies=policy_parts(snapshot.policies),
        documents=written(
            binding_documents(snapshot.policies, snapshot.registry)
            | documents_on(snapshot.registry, routes)
        ),
        scenarios=scenarios,
        classes=classes,
        evidence=exhibits.all,
        parties=parties,
        transfers=processors.transfers(),
        steps=steps(missing),
        together=together(missing),
        calendar=calendar(snapshot, found.scenarios, routes, moment),
        calendar_days=CALENDAR_DAYS,
        agreements=registers.agreements(),
        signoffs=registers.signoffs(),
        exceptions=registers.exceptions(),
        records=Records(classes, exhibits.all, parties).entries(scenarios),
        rests_on=_rests_on(part.used),
        since=None,
        law=registers.law(),
    )
    if subject.earlier is None:
        return report
    return replace(report, since=since(subject.earlier, report))


def _reported(engine: Engine, found: Matrix, routes: Sequence[str]) -> Matrix:
    """The matrix of the routes reported on, and what these rest on."""
    if routes == found.routes:
        return found
    return matrix_by(engine, found.scenarios, routes, found.moment)


def _scenarios(found: Matrix, part: Matrix) -> Iterator[ScenarioPart]:
    for scenario in found.scenarios:
        yield ScenarioPart(
            id=scenario.id,
            title=scenario.title,
            text=scenario.text,
            facts=tuple(_facts(scenario.request)),
            counts=_counts(part, scenario),
            within_reach=_counts(found, scenario),
        )


def _counts(found: Matrix, scenario: Scenario) -> Counts:
    return Counts(*(len(found.of(scenario.id, standing)) for standing in Standing))


def _facts(request: RequestFacts) -> Iterator[Stated]:
    for name, stated in sorted(request.sets.items()):
        if stated.members:
            yield Stated(name, tuple(sorted(stated.members)), not stated.settled)
    for name, value in sorted(request.scalars.items()):
        yield Stated(name, (_scalar(value),), open=False)


def _scalar(value: FactValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else number(value)


def policy_parts(policies: PolicySet) -> tuple[PolicyPart, ...]:
    """The policies in force, with all their rules."""
    return tuple(map(_policy, policies.policies))


def _policy(policy: Policy) -> PolicyPart:
    rules = tuple(
        RulePart(
            id=rule.id,
            title=rule.title,
            mode=rule.mode,
            cites=rule.cites,
            own_choice=rule.stricter_than_law or not rule.cites,
            waivable=rule.waivable,
            place=place(rule.span),
        )
        for rule in policy.rules
    )
    return PolicyPart(policy.id, policy.version, policy.title, rules)


def _rests_on(used: Used) -> RestsOn:
    return RestsOn(used.agreements, used.exceptions, used.signoffs, used.law)
