"""What a build should stop at: each alert with what did it and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from policy_router.audit.alerts import Alert, Outcome, Watched
from policy_router.audit.baseline import Baseline
from policy_router.audit.gaps import Gaps
from policy_router.audit.matrix import Matrix
from policy_router.domain.diagnostic import Diagnostic, Severity, Span
from policy_router.engine.render import instant
from policy_router.report import phrases
from policy_router.report.gaps import brief
from policy_router.report.lapses import last_day, what_lapses
from policy_router.report.lapses import what_to_do as about_lapse
from policy_router.report.matrix import cause
from policy_router.report.screen import Screen, Style
from policy_router.report.statement import LIMITS
from policy_router.report.visible import escaped

CODES_OF: Final = {
    Watched.LOST: "ALR611",
    Watched.UNKNOWN: "ALR612",
    Watched.EXPIRING: "ALR613",
}
_MOST_ROUTES: Final = 3
_PROJECT: Final = Span("policy-router.yaml", 0, 0)


@dataclass(frozen=True, slots=True)
class Alarm:
    """What came of all conditions; `baseline` None: nothing was compared."""

    now: Matrix
    baseline: Baseline | None
    outcomes: tuple[Outcome, ...]

    @property
    def fails(self) -> bool:
        """Whether the build stops."""
        return any(outcome.fails for outcome in self.outcomes)


# ---- words --------------------------------------------------------------------------------------


def what(alert: Alert) -> str:
    """What happened, to which scenarios on which routes."""
    scenarios = phrases.names(map(escaped, alert.scenarios))
    routes = _routes(alert.routes)
    match alert.watched:
        case Watched.LOST:
            return f"{scenarios} may no longer go by {routes}"
        case Watched.UNKNOWN:
            return f"it is no longer known whether {scenarios} may go by {routes}"
        case Watched.EXPIRING:
            return f"{scenarios} will no longer go by {routes}"


def what_did_it(alert: Alert) -> str:
    """What took the permission, or will."""
    if alert.lapsed:
        will = alert.watched is Watched.EXPIRING
        counts = "counts until" if will else "counted until"
        said = [f"{what_lapses(lapse)} {counts} {last_day(lapse)}" for lapse in alert.lapsed]
        return "; ".join(said)
    if alert.decided is None:
        return "no route of this name is within reach any more"
    rules = [*alert.decided.failed_rules, *alert.decided.unknown_rules]
    why = cause(alert.decided)
    if rules:
        why = f"{phrases.names(map(escaped, rules))}: {why}"
    return f"the documents are as they were, and time passed: {why}" if alert.by_time else why


def what_to_do(alert: Alert) -> str:
    """The next step."""
    if alert.lapsed:
        return "; ".join(dict.fromkeys(map(about_lapse, alert.lapsed)))
    if alert.decided is None:
        return "describe the route or list its gateway again, or save a new baseline"
    steps = [] if alert.steps is None else _steps(alert.steps)
    if steps:
        return f"the nearest step: {' and '.join(steps)}; `policy-router gaps` has all"
    scenario, route = alert.scenarios[0], alert.routes[0]
    return f"`policy-router gaps --scenario {escaped(scenario)} --route {escaped(route)}`"


def _steps(found: Gaps) -> Sequence[str]:
    """The shortest set of things that would permit one of them again."""
    needs = [need.things for need in found.needs if need.things]
    shortest = min(needs, key=lambda things: (len(things), things), default=())
    return [brief(found.snapshot, thing) for thing in shortest]


def _routes(routes: Sequence[str]) -> str:
    named = phrases.names(map(escaped, routes[:_MOST_ROUTES]))
    more = len(routes) - _MOST_ROUTES
    return f"{named} and {phrases.counted(more, 'further route')}" if more > 0 else named


# ---- as diagnostics -----------------------------------------------------------------------------


def alert_diagnostics(alarm: Alarm) -> tuple[Diagnostic, ...]:
    """The alerts of every condition that fails."""
    found = [alert for o in alarm.outcomes if o.fails for alert in o.alerts]
    return tuple(
        Diagnostic(
            CODES_OF[alert.watched],
            Severity.ERROR,
            f"{what(alert)}: {what_did_it(alert)}",
            place(alarm, alert),
            what_to_do(alert),
        )
        for alert in found
    )


def place(alarm: Alarm, alert: Alert) -> Span:
    """Where what did it is written; else the route, else the scenario."""
    written = next((lapse.span for lapse in alert.lapsed if lapse.span is not None), None)
    route = alarm.now.snapshot.registry.routes.get(alert.routes[0])
    scenario = next((s for s in alarm.now.scenarios if s.id == alert.scenarios[0]), None)
    if written is not None:
        return written
    if route is not None:
        return route.span
    return _PROJECT if scenario is None else scenario.span


# ---- for readers and programs -------------------------------------------------------------------


def alarm_lines(alarm: Alarm, screen: Screen) -> Iterator[str]:
    """A line for each condition, and below it what it found; that which fails is marked."""
    yield from screen.wrapped(_summary(alarm))
    for outcome in alarm.outcomes:
        yield ""
        state, style = ("FAILED", Style.BAD) if outcome.fails else ("passed", Style.GOOD)
        count = phrases.counted(outcome.found, "combination")
        yield f"{screen.styled(state, style)}  {outcome.condition}: {count}"
        for alert in outcome.alerts:
            yield from screen.wrapped(f"{CODES_OF[alert.watched]} {what(alert)}", "  ")
            yield from screen.wrapped(f"because: {what_did_it(alert)}", "    ")
            yield from screen.wrapped(f"to do: {what_to_do(alert)}", "    ")
    yield ""
    yield from screen.wrapped(LIMITS)


def _summary(alarm: Alarm) -> str:
    now = phrases.instant(alarm.now.moment.at)
    if alarm.baseline is None:
        return f"On {now}; nothing to compare with."
    same = (alarm.baseline.policies, alarm.baseline.registry) == (
        alarm.now.snapshot.digests.policies,
        alarm.now.snapshot.digests.registry,
    )
    documents = "the same documents" if same else "other documents"
    then = phrases.instant(alarm.baseline.at)
    return f"From {then} to {now}, {documents}. Counted: a scenario on a route."


def alarm_json(alarm: Alarm) -> str:
    """Every condition with what it found, as one line of JSON."""
    digests = alarm.now.snapshot.digests
    then = alarm.baseline
    data = {
        "at": instant(alarm.now.moment.at),
        "digests": {"policies": digests.policies, "registry": digests.registry},
        "baseline": None
        if then is None
        else {
            "at": instant(then.at),
            "digests": {"policies": then.policies, "registry": then.registry},
        },
        "fails": alarm.fails,
        "conditions": [_outcome(alarm, outcome) for outcome in alarm.outcomes],
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _outcome(alarm: Alarm, outcome: Outcome) -> dict[str, Any]:
    return {
        "condition": str(outcome.condition),
        "found": outcome.found,
        "fails": outcome.fails,
        "alerts": [_alert(alarm, alert) for alert in outcome.alerts],
    }


def _alert(alarm: Alarm, alert: Alert) -> dict[str, Any]:
    return {
        "code": CODES_OF[alert.watched],
        "scenarios": list(alert.scenarios),
        "routes": list(alert.routes),
        "because": what_did_it(alert),
        "to_do": what_to_do(alert),
        "place": str(place(alarm, alert)),
    }
