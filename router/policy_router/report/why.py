"""Why a model may or may not carry some kind of data: one screen, a line or two a rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from policy_router.domain.decision import Reason, Verdict
from policy_router.domain.policy import Mode
from policy_router.engine.explanation import Explanation, RouteExplanation, RuleExplanation
from policy_router.engine.nearness import nearest
from policy_router.report import phrases
from policy_router.report.alternatives import alternative_words
from policy_router.report.decisions import SCREEN_LINES, decision_lines, head_lines
from policy_router.report.explanations import verdict_words
from policy_router.report.hints import hints
from policy_router.report.nearest import because
from policy_router.report.no_help import no_help_lines, of_rules
from policy_router.report.reasons import (
    OWN_CHOICE,
    blocking,
    found_words,
    rule_name,
    title,
)
from policy_router.report.refusals import (
    certain_lines,
    change_lines,
    detail_lines,
    fitted,
    more_lines,
)
from policy_router.report.screen import Screen, clipped
from policy_router.report.tables import Column, table
from policy_router.report.unsized import unsized_instead
from policy_router.report.visible import escaped
from policy_router.service.decision import Decision

_ROOMS: Final = ((3, 4, 4), (2, 4, 4), (1, 4, 4), (1, 4, 2), (1, 2, 2), (1, 2, 1))
"""How many records that are no help are shown, how many steps, and of how many lines each."""
_CELL: Final = 84
_OPEN: Final = {Reason.NO_COMPLIANT_ROUTE, Reason.FACTS_MISSING}
_WHAT_DATA: Final = (
    "nothing is said of the data, so every rule about some kind of it may apply: add `--data "
    "non_personal`, `--data personal`, or what it is, such as `--data health,child`"
)


def why_lines(
    decision: Decision, explanation: Explanation, screen: Screen, more: Sequence[str] = ()
) -> list[str]:
    """The decision about one model, with every rule in the way of its nearest route.

    `more`: the words of the command that explains it.
    """
    if explanation.determination.permitted:
        return decision_lines(decision, explanation, screen, more)
    head, tail = head_lines(decision, screen), more_lines(more, screen)
    room = SCREEN_LINES - len(tail)
    tries = [[*head, *_refusal(decision, explanation, each, screen)] for each in _ROOMS]
    lines = next((t for t in tries if len([line for line in t if line]) <= room), tries[-1])
    return [*fitted(lines, room, screen), *tail]


def what_data(decision: Decision) -> str:
    """What to state first, where it is open what data a refused request carries; else nothing."""
    open_data = decision.determination.reason in _OPEN and not decision.facts.knows("data")
    stated = decision.facts.set_fact("data").members
    return _WHAT_DATA if open_data and not stated else ""


def _refusal(
    decision: Decision, explanation: Explanation, room: tuple[int, int, int], screen: Screen
) -> Iterator[str]:
    records, changes, lines = room
    if asked := what_data(decision):
        yield from ("", screen.bold("Why"), *screen.wrapped(asked, "  1. "))
        return
    yield from detail_lines(explanation.determination, hints(decision), screen)
    route = nearest(explanation.nearest)
    if route is not None:
        yield ""
        yield from _route(route, explanation, records, screen)
        yield from change_lines(route, explanation.determination, (changes, lines), screen)
    yield from certain_lines(explanation, screen)
    for alternative in explanation.alternatives[:1]:
        yield ""
        yield from screen.wrapped(alternative_words(decision, alternative), "Instead: ")
        if line := unsized_instead(decision, [alternative]):
            yield from screen.wrapped(line)


def _route(
    route: RouteExplanation, explanation: Explanation, records: int, screen: Screen
) -> Iterator[str]:
    heading = f"Route `{escaped(route.route)}`"
    for line in screen.wrapped(f"{heading}{_among(route, explanation)}"):
        yield line.replace(heading, screen.bold(heading))
    yield from screen.listed(map(escaped, route.unsuitable))
    rows = [
        (verdict_words(rule, screen), _rule(rule, screen), _short(found_words(rule), screen))
        for rule in blocking(route)
    ]
    if rows:
        columns = (Column("Verdict"), Column("Rule", fits=True), Column("Found", fits=True))
        yield from table(columns, rows, screen)
    for words, verdicts in (("met", [Verdict.PASS]), ("waived", [Verdict.EXCEPTED])):
        named = [rule_name(r) for r in route.rules if r.verdict.verdict in verdicts]
        if named:
            yield from clipped(screen.wrapped(phrases.names(named), f"{words}: "), 1, screen)
    watched = [r for r in route.rules if _is_watched(r)]
    if watched:
        text = phrases.names(map(rule_name, watched))
        yield from clipped(screen.wrapped(text, "watched only, not known to be met: "), 1, screen)
    yield from no_help_lines(of_rules(route, [*blocking(route), *watched]), records, screen)


def _among(route: RouteExplanation, explanation: Explanation) -> str:
    """That it is the nearest of several, and why."""
    among = len(explanation.routes)
    if among == 1:
        return ""
    why = because(route, explanation.nearest)
    nearest_of = f", the nearest of its {phrases.counted(among, 'route')}"
    return f"{nearest_of}: {why}" if why else nearest_of


def _is_watched(rule: RuleExplanation) -> bool:
    return rule.verdict.mode is Mode.MONITOR and not rule.verdict.verdict.allows


def _rule(rule: RuleExplanation, screen: Screen) -> str:
    """The rule's title, and whether it is the organisation's own choice."""
    said = _short(title(rule), screen)
    return f"{said} ({OWN_CHOICE})" if rule.own_choice else said


def _short(text: str, screen: Screen) -> str:
    if not screen.person or len(text) <= _CELL:
        return text
    return f"{text[:_CELL].rsplit(' ', 1)[0]} ..."
