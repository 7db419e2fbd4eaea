"""A decision on one screen: what, why, what instead, where to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from policy_router.domain.claim import ClaimValue, Moment
from policy_router.domain.decision import Determination, Verdict
from policy_router.domain.policy import Mode
from policy_router.engine import words
from policy_router.engine.explanation import Explanation
from policy_router.registry.hops import route_knowledge
from policy_router.registry.standpoint import Standpoint
from policy_router.report import phrases
from policy_router.report.choice import chosen_because
from policy_router.report.hints import hints
from policy_router.report.no_help import no_help_words
from policy_router.report.plain_words import value_words
from policy_router.report.refusals import more_lines, refusal_lines
from policy_router.report.screen import Screen, Style, clipped
from policy_router.report.statement import LIMITS, caveats, statement
from policy_router.report.unsized import unsized
from policy_router.report.visible import escaped
from policy_router.service.decision import Decision

SCREEN_LINES: Final = 24
_LINES_OF_REQUEST: Final = 2

_IDLE: Final = Verdict.NOT_APPLICABLE

_TERMS: Final = (
    ("inference_location", "runs in {}"),
    ("storage_location", "stored in {}"),
    ("retention_days", "kept {}"),
    ("training", "training: {}"),
    ("human_review", "read by people: {}"),
)
_NO_TERMS: Final = (
    "on what terms is not known: nothing is recorded of where it runs, what is kept, or training"
)


def decision_lines(
    decision: Decision, explanation: Explanation, screen: Screen, more: Sequence[str] = ()
) -> list[str]:
    """The decision for a reader; where a person looks, a refusal fits 24 lines of 100 columns.

    `more`: the words of the command that explains it.
    """
    head = head_lines(decision, screen)
    if decision.permitted:
        tail = more_lines(more, screen) if more else []
        return [*head, *_permission(decision, explanation, screen), *tail]
    tail = more_lines(more, screen)
    room = SCREEN_LINES - len(head) - len(tail)
    return [*head, *refusal_lines(decision, explanation, hints(decision), room, screen), *tail]


def head_lines(decision: Decision, screen: Screen) -> list[str]:
    """What was decided, what was asked, and for which instant."""
    return [_headline(decision.determination, screen), *_asked(decision, screen)]


def _headline(d: Determination, screen: Screen) -> str:
    wanted = f"`{escaped(d.requested)}`" if d.requested else "any model"
    if d.reason is None:
        through = f"{wanted} {screen.arrow} `{escaped(d.route or '')}`"
        stand_in = " (another model stands in)" if d.substituted else ""
        return f"{screen.styled('PERMITTED', Style.GOOD)}  {screen.bold(through)}{stand_in}"
    refused = screen.styled("REFUSED", Style.BAD)
    return f"{refused}  {screen.bold(wanted)}: {phrases.headline(d.reason)}"


def _asked(decision: Decision, screen: Screen) -> list[str]:
    d = decision.determination
    known = "" if d.known_at is None else f", as known at {phrases.instant(d.known_at)}"
    stated = phrases.asked(decision.asked) or "nothing is stated about the request"
    parts = (stated, phrases.used_unasked(decision.unasked))
    said = escaped("; ".join(filter(None, parts)))
    lines = screen.wrapped(f"on {phrases.instant(d.at)}{known}: {said}", "  ")
    return clipped(lines, _LINES_OF_REQUEST, screen)


def _permission(decision: Decision, explanation: Explanation, screen: Screen) -> Iterator[str]:
    yield ""
    yield from screen.wrapped(statement(explanation), "  ")
    for text in caveats(explanation):
        yield from screen.wrapped(text, "  ")
    yield from screen.wrapped(LIMITS, "  ")
    yield ""
    d = decision.determination
    points = [
        *unsized(decision),
        *_pin(decision),
        *chosen_because(decision),
        *_failover(d),
        *_duties(d),
    ]
    yield from screen.listed([*points, *_verdicts(explanation), *_noted(d), *_ignored(explanation)])


def _pin(decision: Decision) -> Iterator[str]:
    """How the call must be sent, and on which terms the route carries it."""
    route = decision.route
    if route is not None:
        yield f"sent to gateway `{escaped(route.gateway)}` as `{escaped(route.address)}`"
        moment = Moment(decision.determination.at, decision.determination.known_at)
        view = Standpoint(decision.snapshot.registry, moment)
        found = {name: route_knowledge(view, route, name).value for name, _ in _TERMS}
        terms = [
            _term(text, value_words(name, escaped(_worded(value, name))))
            for name, text in _TERMS
            if (value := found[name]) is not None
        ]
        yield f"on these terms: {'; '.join(terms)}" if terms else _NO_TERMS


def _worded(value: ClaimValue, name: str) -> str:
    return (
        phrases.counted(value, "day") if isinstance(value, Decimal) else words.claimed(value, name)
    )


def _term(text: str, value: str) -> str:
    return "stored nowhere" if value == words.NOWHERE else text.format(value)


def _failover(d: Determination) -> Iterator[str]:
    others = d.chain[1:]
    if others:
        shown = phrases.names(escaped(route) for route in others[:3])
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""  # noqa: PLR2004 - as above
        yield f"should that route fail, only these may take over, in this order: {shown}{more}"


def _duties(d: Determination) -> Iterator[str]:
    """What must be done to the call, and which obligations want it."""
    wanted: dict[str, list[str]] = {}
    for duty in d.obligations:
        for name, value in duty.set:
            said = str(value).lower() if isinstance(value, bool) else str(value)
            sources = wanted.setdefault(escaped(f"{name}: {said}"), [])
            sources.append(escaped(f"{duty.policy}/{duty.obligation}"))
    for setting, sources in wanted.items():
        yield f"the call must carry `{setting}` ({', '.join(sources)})"


def _verdicts(explanation: Explanation) -> Iterator[str]:
    """How the rules in force came out on the chosen route, counted."""
    chosen = explanation.determination.route
    rules = [
        r.verdict for route in explanation.routes if route.route == chosen for r in route.rules
    ]
    enforced = [v.verdict for v in rules if v.mode is Mode.ENFORCE]
    watched = sum(v.mode is Mode.MONITOR and v.verdict is not _IDLE for v in rules)
    idle = sum(v.verdict is _IDLE for v in rules)
    met, waived = enforced.count(Verdict.PASS), enforced.count(Verdict.EXCEPTED)
    parts = [
        (met, "applies and is met", "apply and are met"),
        (waived, "is waived", "are waived"),
        (idle, "does not apply", "do not apply"),
        (watched, "is only watched", "are only watched"),
    ]
    if idle == len(rules):
        yield f"none of the {phrases.counted(idle, 'rule')} is about such a request"
        return
    said = [f"{n} {one if n == 1 else many}" for n, one, many in parts if n]
    yield f"of {phrases.counted(len(rules), 'rule')} {', '.join(said)}"


def _ignored(explanation: Explanation) -> Iterator[str]:
    """What is recorded about the chosen route and does not count for rules only watched."""
    chosen = explanation.determination.route
    found = [each for r in explanation.routes if r.route == chosen for each in r.no_help]
    for said in dict.fromkeys(map(no_help_words, found)):
        yield f"recorded, but no help there: {said}"


def _noted(d: Determination) -> Iterator[str]:
    watched = [f"{escaped(v.policy)}/{escaped(v.rule)}" for v in d.monitor]
    if watched:
        yield f"watched but not enforced, and not known to be met: {phrases.names(watched)}"
    for warning in d.warnings:
        yield f"warning: `{escaped(warning.about)}`: {escaped(warning.message)}"
