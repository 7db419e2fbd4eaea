"""A decision explained at length: every rule, every piece of evidence, every way out."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from policy_router.domain.decision import Determination, Verdict
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import Mode
from policy_router.engine.explanation import (
    Explanation,
    Remedies,
    RouteExplanation,
    RuleExplanation,
    Shortfall,
)
from policy_router.engine.nearness import nearest
from policy_router.engine.render import decision_json
from policy_router.report import phrases
from policy_router.report.alternatives import instead_lines
from policy_router.report.decisions import head_lines
from policy_router.report.hints import hints
from policy_router.report.no_help import no_help_words, of_rules
from policy_router.report.reasons import (
    demand,
    hop,
    open_facts,
    place_of,
    rule_name,
    source_of,
    title,
)
from policy_router.report.refusals import besides, certain_lines, detail_lines
from policy_router.report.screen import Screen, Style
from policy_router.report.statement import LIMITS, caveats, statement
from policy_router.report.steps import steps_words
from policy_router.report.tables import Column, table
from policy_router.report.unsized import unsized, unsized_chain
from policy_router.report.visible import escaped
from policy_router.service.decision import Decision

_MOST_SETS: Final = 4
_NOTHING: Final = (
    "no set of the contracts, evidence, sign-offs, exceptions and facts that are looked for would "
    "change it"
)
_CUT_EMPTY: Final = (
    "no set of steps was found that would change it, but the search stopped at its bound: it was "
    "not searched to the end"
)
_STYLES: Final = {
    Verdict.PASS: Style.GOOD,
    Verdict.FAIL: Style.BAD,
    Verdict.UNKNOWN: Style.OPEN,
    Verdict.EXCEPTED: Style.OPEN,
    Verdict.NOT_APPLICABLE: Style.DIM,
}


def explanation_lines(
    decision: Decision, explanation: Explanation, routes: Sequence[RouteExplanation], screen: Screen
) -> Iterator[str]:
    """The decision, `routes` of its candidates in full, alternatives and what it rests on."""
    yield from head_lines(decision, screen)
    yield from detail_lines(explanation.determination, hints(decision), screen)
    for text in filter(None, (*unsized(decision), unsized_chain(decision))):
        yield from screen.wrapped(text)
    for route in routes:
        yield ""
        yield from _route(route, explanation.determination, screen)
    hidden = len(explanation.routes) - len(routes)
    if hidden:
        yield ""
        yield f"{phrases.counted(hidden, 'further route')} not shown: `--route ID` or `--all`"
    yield from certain_lines(explanation, screen)
    if explanation.alternatives:
        yield ""
        yield screen.bold("What is permitted instead")
        yield from instead_lines(decision, explanation.alternatives, screen)
    yield ""
    yield from _rests_on(explanation, screen)


def _rests_on(explanation: Explanation, screen: Screen) -> Iterator[str]:
    meets = explanation.determination.permitted
    yield from screen.wrapped(statement(explanation, meets=meets))
    for text in caveats(explanation):
        yield from screen.wrapped(text)
    yield from screen.wrapped(LIMITS)


# ---- one route ----------------------------------------------------------------------------------


def _route(route: RouteExplanation, d: Determination, screen: Screen) -> Iterator[str]:
    state = "may carry it" if route.permitted else "may not carry it"
    style = Style.GOOD if route.permitted else Style.BAD
    yield f"{screen.bold(f'Route `{escaped(route.route)}`')} {screen.styled(state, style)}"
    yield from screen.listed(map(escaped, route.unsuitable))
    yield from rule_table(route, screen)
    for rule in route.rules:
        if not rule.verdict.verdict.allows:
            yield ""
            yield from _rule(rule, screen)
            yield from _no_help(rule, route, screen)
    yield from _remedies(route, d, screen)


def rule_table(route: RouteExplanation, screen: Screen) -> Iterator[str]:
    """One row for each rule that applies, and a count of those that do not."""
    applying = [r for r in route.rules if r.verdict.verdict is not Verdict.NOT_APPLICABLE]
    columns = (Column("Verdict"), Column("Rule"), Column("Demands that", fits=True))
    rows = [(verdict_words(r, screen), rule_name(r), title(r)) for r in applying]
    if rows:
        yield from (f"  {line}" for line in table(columns, rows, _inner(screen)))
    idle = len(route.rules) - len(applying)
    if idle:
        yield f"  {phrases.counted(idle, 'rule does', 'rules do')} not apply to this request"


def _inner(screen: Screen) -> Screen:
    return dataclasses.replace(screen, width=screen.width - 2)


def verdict_words(rule: RuleExplanation, screen: Screen) -> str:
    """The verdict of a rule, and whether it is only watched."""
    said = phrases.verdict(rule.verdict.verdict)
    watched = ", watched" if rule.verdict.mode is Mode.MONITOR else ""
    return screen.styled(f"{said}{watched}", _STYLES[rule.verdict.verdict])


def _rule(rule: RuleExplanation, screen: Screen) -> Iterator[str]:
    source = f"{source_of(rule)}; " if source_of(rule) else ""
    state = phrases.verdict(rule.verdict.verdict)
    yield from screen.wrapped(f"{rule_name(rule)}: {state} ({source}{place_of(rule)})", "  ")
    for shortfall in rule.shortfalls:
        yield from _shortfall(shortfall, screen)
    if rule.open_facts:
        yield from screen.wrapped(open_facts(tuple(map(escaped, rule.open_facts))), "    ")


def _no_help(rule: RuleExplanation, route: RouteExplanation, screen: Screen) -> Iterator[str]:
    """What somebody recorded and does not count for this rule."""
    said = list(map(no_help_words, of_rules(route, [rule])))
    if said:
        yield "    recorded, but no help here:"
        for words in said:
            yield from screen.wrapped(words, f"      {screen.bullet} ")


def _shortfall(shortfall: Shortfall, screen: Screen) -> Iterator[str]:
    yield from screen.wrapped(demand(shortfall), "    ")
    for claim in shortfall.hops:
        yield from screen.wrapped(hop(claim, shortfall.subject), f"      {screen.bullet} ")
        if claim.note:
            yield from screen.wrapped(f"note: {escaped(claim.note)}", "        ")


def _remedies(route: RouteExplanation, d: Determination, screen: Screen) -> Iterator[str]:
    if not route.blocked:
        return
    yield ""
    if not route.remedies:
        yield from screen.wrapped(_NOTHING if route.complete else _CUT_EMPTY, "  ")
        return
    heading = f"What would change it{besides(d)}: the smallest sets of steps, each set on its own"
    yield from map(screen.bold, screen.wrapped(heading, "  "))
    shown = route.remedies[:_MOST_SETS]
    words = steps_words(change for remedy in shown for change in remedy)
    for number, remedy in enumerate(shown, start=1):
        for place, step in enumerate(islice(words, len(remedy))):
            first = f"  {number}. " if place == 0 else "     and "
            yield from screen.wrapped(escaped(step), first, "       ")
    more = len(route.remedies) - _MOST_SETS
    if more > 0:
        yield f"  {phrases.counted(more, 'further set')}, none of fewer steps: `--format json`"
    if not route.complete:
        yield "  The search stopped at its bound: there may be other sets."


# ---- for programs -------------------------------------------------------------------------------


_ENCODER: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def foremost(explanation: Explanation, most: int) -> Sequence[RouteExplanation]:
    """So many candidates at `most`: those that are permitted and best first, then the nearest."""
    place = {route: number for number, route in enumerate(explanation.determination.chain)}
    permitted = [route for route in explanation.routes if route.route in place]
    first = sorted(permitted, key=lambda r: place[r.route])[:most]
    if len(first) < most:
        closest = nearest(explanation.nearest)
        others = [route for route in explanation.routes if route.route not in place]
        first += sorted(others, key=lambda r: (r is not closest, r.route))
    return first[:most]


def explanation_json(explanation: Explanation, searched: Sequence[RouteExplanation]) -> str:
    """The explanation as one line of JSON, its decision in the shape decisions have.

    `searched`: the routes to search remedies for; of the others it says that it did not.
    """
    writing = _Writing()
    used = dataclasses.asdict(explanation.used)
    said = {"alternatives": explanation.alternatives, "policies": explanation.policies, **used}
    parts = {name: _ENCODER.encode(writing.plain(value)) for name, value in said.items()}
    asked_for = {route.route for route in searched}
    routes = (writing.route(r, searched=r.route in asked_for) for r in explanation.routes)
    parts["decision"] = decision_json(explanation.determination)
    parts["routes"] = f"[{','.join(routes)}]"
    return "{" + ",".join(f'"{name}":{parts[name]}' for name in sorted(parts)) + "}"


_NAMED: Final = {"head": "text"}
"""Of a step programs get all of its words, and not its first alone."""


class _Writing:
    """Turns an explanation into JSON; what routes share is written once."""

    def __init__(self) -> None:
        self._rules: dict[int, str] = {}
        self._plain: dict[int, dict[str, Any]] = {}

    def route(self, route: RouteExplanation, *, searched: bool) -> str:
        """One candidate as JSON."""
        rules = self._rules.get(id(route.rules))
        if rules is None:
            rules = self._rules[id(route.rules)] = _ENCODER.encode(self.plain(route.rules))
        searched = searched or not route.blocked
        found = route.remedied if searched else Remedies((), complete=False)
        before = {
            "complete": found.complete,
            "model": route.model,
            "no_help": self.plain(route.no_help) if searched else [],
            "permitted": route.permitted,
            "remedies": self.plain(found.sets),
            "route": route.route,
        }
        after = {"searched": searched, "unsuitable": list(route.unsuitable)}
        start, end = _ENCODER.encode(before)[:-1], _ENCODER.encode(after)[1:]
        return f'{start},"rules":{rules},{end}'

    def plain(self, value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
        """A part of an explanation, which outlives the writing, as plain data."""
        if isinstance(value, StrEnum):
            return value.value
        if isinstance(value, Span | Decimal | date):
            return str(value)
        if isinstance(value, tuple):
            return [self.plain(item) for item in value]
        if not dataclasses.is_dataclass(value):
            return value
        found = self._plain.get(id(value))
        if found is None:
            names = [_NAMED.get(f.name, f.name) for f in dataclasses.fields(value)]
            found = {name: self.plain(getattr(value, name)) for name in names}
            self._plain[id(value)] = found
        return found
