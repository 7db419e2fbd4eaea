"""What a build should stop at: each alert with what did it and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from policy_router.audit.alerts import Alert, Outcome, Watched
from policy_router.audit.baseline import Baseline
from policy_router.audit.behind import claims_behind
from policy_router.audit.gaps import Gaps
from policy_router.audit.matrix import Cell, Matrix
from policy_router.domain.diagnostic import Diagnostic, Severity, Span
from policy_router.engine.explanation import HopClaim
from policy_router.engine.nearness import Nearness, distance
from policy_router.engine.render import instant
from policy_router.report import phrases
from policy_router.report.gaps import brief
from policy_router.report.grounds import ends_of, grounds_words
from policy_router.report.lapses import last_day, what_lapses
from policy_router.report.lapses import what_to_do as about_lapse
from policy_router.report.matrix import cause
from policy_router.report.plain_words import value_words
from policy_router.report.screen import Screen, Style
from policy_router.report.statement import LIMITS
from policy_router.report.visible import escaped

CODES_OF: Final = {
    Watched.LOST: "ALR611",
    Watched.UNKNOWN: "ALR612",
    Watched.EXPIRING: "ALR613",
}
_MOST_ROUTES: Final = 3
_MOST_CLAIMS: Final = 4
_CALLED: Final = {"exception": "exception", "signoff": "sign-off", "agreement": "agreement"}
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


def what(alarm: Alarm, alert: Alert) -> str:
    """What happened, to which scenarios on which routes."""
    scenarios = phrases.names(map(escaped, alert.scenarios)) + _granted(alarm, alert)
    routes = _routes(alert.routes)
    match alert.watched:
        case Watched.LOST:
            return f"{scenarios} may no longer go by {routes}"
        case Watched.UNKNOWN:
            return f"it is no longer known whether {scenarios} may go by {routes}"
        case Watched.EXPIRING:
            return f"{scenarios} will no longer go by {routes}"


def _granted(alarm: Alarm, alert: Alert) -> str:
    """By which exceptions and sign-offs they go there now, where that is so."""
    cell = alert.decided
    if cell is None or not (cell.exceptions or cell.signoffs):
        return ""
    ends = ends_of(alarm.now.snapshot)
    return f" (permitted {grounds_words(cell.exceptions, cell.signoffs, ends)})"


def what_did_it(alarm: Alarm, alert: Alert) -> str:
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
    if alert.by_time:
        return f"the documents are as they were, and time passed: {why}"
    return "; ".join((why, *_on_file(alarm, alert.decided), *_gone(alarm, alert)))


def _on_file(alarm: Alarm, decided: Cell) -> Iterator[str]:
    """What is claimed of the attributes in the way, on what."""
    behind = list(claims_behind(alarm.now, decided))
    for attribute, claim in behind[:_MOST_CLAIMS]:
        said = value_words(attribute, escaped(claim.claimed))
        yield f"{phrases.title_of(attribute)} at {escaped(claim.hop)} is {said}{_source(claim)}"
    if len(behind) > _MOST_CLAIMS:
        yield phrases.counted(len(behind) - _MOST_CLAIMS, "further claim")


def _source(claim: HopClaim) -> str:
    if claim.agreement:
        return f" (agreement `{escaped(claim.agreement)}`)"
    if claim.evidence is None:
        return ""
    return f" ({escaped(claim.evidence.reference)}, read {claim.evidence.read_on})"


def _gone(alarm: Alarm, alert: Alert) -> Iterator[str]:
    """What the saved audit rested on that is no longer on file."""
    then, now = alarm.baseline, alarm.now.snapshot
    if then is None or alert.watched is Watched.EXPIRING:
        return
    there = {("exception", e.id) for e in now.policies.exceptions}
    there |= {("signoff", s.id) for s in now.registry.signoffs}
    there |= {("agreement", a.id) for a in now.registry.agreements}
    cells = ((s, r) for s in alert.scenarios for r in alert.routes)
    rested = [ground for cell in cells for ground in then.grounds.get(cell, ())]
    rested += (("agreement", name) for name in then.agreements)
    for kind, name in dict.fromkeys(rested):
        if (kind, name) not in there:
            yield f"{_CALLED[kind]} `{escaped(name)}`, on which permissions rested, is gone"


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
    """The shortest set of things that would permit one of them again, on the nearest of them."""
    order = Nearness(found.snapshot, found.moment)
    needs = [
        (distance(need.things), min(map(order.place, need.routes)), need.things)
        for need in found.needs
        if need.things
    ]
    return [brief(found.snapshot, thing) for thing in min(needs)[-1]] if needs else []


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
            f"{what(alarm, alert)}: {what_did_it(alarm, alert)}",
            place(alarm, alert),
            what_to_do(alert),
        )
        for alert in found
    )


def place(alarm: Alarm, alert: Alert) -> Span:
    """Where what did it is written, a document or a claim; else the route, else the scenario."""
    behind = (
        [] if alert.decided is None or alert.lapsed else claims_behind(alarm.now, alert.decided)
    )
    spans = (*(lapse.span for lapse in alert.lapsed), *(claim.span for _, claim in behind))
    written = next((span for span in spans if span is not None), None)
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
            yield from screen.wrapped(f"{CODES_OF[alert.watched]} {what(alarm, alert)}", "  ")
            yield from screen.wrapped(f"because: {what_did_it(alarm, alert)}", "    ")
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
        "what": what(alarm, alert),
        "because": what_did_it(alarm, alert),
        "to_do": what_to_do(alert),
        "place": str(place(alarm, alert)),
    }
