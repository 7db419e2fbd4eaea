"""A refusal on one screen: why (three reasons at most), what would change it, what instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policy_router.domain.decision import Detail, Determination, Reason
from policy_router.engine.explanation import (
    Alternative,
    Explanation,
    RouteExplanation,
    RuleExplanation,
)
from policy_router.engine.nearness import nearest
from policy_router.report import phrases
from policy_router.report.alternatives import instead_lines
from policy_router.report.no_help import no_help_lines, of_rules
from policy_router.report.pasted import pasted
from policy_router.report.reasons import (
    blocking,
    briefly,
    place_of,
    source_of,
    title,
)
from policy_router.report.screen import Screen, clipped
from policy_router.report.steps import steps_words
from policy_router.report.visible import escaped
from policy_router.service.decision import Decision

MOST_REASONS: Final = 3

_BY_ROUTES: Final = frozenset({Reason.NO_COMPLIANT_ROUTE, Reason.FACTS_MISSING, Reason.UNSUITABLE})
"""Reasons that lie with the routes, so that the nearest of them is worth looking at."""

_ABOUT_THE_CALL: Final = frozenset({Reason.OBLIGATION, Reason.OBLIGATION_CONFLICT})
"""Reasons that lie with the call itself, whatever is changed about routes."""

_NO_ALTERNATIVE: Final = frozenset({Reason.NO_COMPLIANT_ROUTE, Reason.RETIRED, Reason.UNSUITABLE})
"""Reasons for which it is worth saying that nothing else is permitted either."""


@dataclass(frozen=True, slots=True)
class _Room:
    """How much of each part is shown. `changes`: how many steps, and of how many lines each."""

    reason_lines: int
    records: int
    changes: tuple[int, int]
    alternatives: int


_ROOMS: Final = (
    _Room(2, 3, (4, 4), 2),
    _Room(1, 2, (4, 4), 2),
    _Room(1, 1, (4, 3), 1),
    _Room(1, 1, (3, 2), 1),
    _Room(1, 1, (3, 1), 1),
    _Room(1, 0, (1, 1), 1),
)
"""From generous to terse."""

_ALL_OF_IT: Final = _Room(2, 100, (100, 100), 5)
"""Where nobody looks: what is a file does not end at the edge of a screen."""


def refusal_lines(
    decision: Decision,
    explanation: Explanation,
    hints: Sequence[str],
    most: int,
    screen: Screen,
) -> list[str]:
    """Everything below the headline; where a person looks, in at most `most` lines.

    `hints`: what else to say of a refusal that no rule of a route is the reason for.
    """
    if not screen.person:
        return list(_lines(decision, explanation, hints, _ALL_OF_IT, screen))
    lines: list[str] = []
    for room in _ROOMS:
        lines = list(_lines(decision, explanation, hints, room, screen))
        if len([line for line in lines if line]) <= most:
            break
    return fitted(lines, most, screen)


def fitted(lines: list[str], most: int, screen: Screen) -> list[str]:
    """`most` of the lines where a person looks: first without blank ones, then cut."""
    if not screen.person or len(lines) <= most:
        return lines
    return [line for line in lines if line][:most]


def more_lines(words: Sequence[str], screen: Screen) -> list[str]:
    """Where to read on: the command that explains the decision, if there is one."""
    what = "Not legal advice. Every rule and all evidence:"
    if not words:
        return ["", screen.dim(f"{what} `policy-router explain` with the same request.")]
    return ["", screen.dim(what), *pasted(words, screen)]


def _lines(
    decision: Decision,
    explanation: Explanation,
    hints: Sequence[str],
    room: _Room,
    screen: Screen,
) -> Iterator[str]:
    d = explanation.determination
    route = nearest(explanation.nearest) if d.reason in _BY_ROUTES else None
    yield from detail_lines(d, hints, screen)
    if route is not None and (blocking(route) or route.unsuitable):
        yield from _stopped(route, explanation, room, screen)
        yield from no_help_lines(of_rules(route, blocking(route)), room.records, screen)
        yield from change_lines(route, d, room.changes, screen)
    yield from certain_lines(explanation, screen)
    if explanation.alternatives or d.reason in _NO_ALTERNATIVE:
        yield from _instead(decision, explanation.alternatives[: room.alternatives], screen)


# ---- before any rule ------------------------------------------------------------------------


def detail_lines(d: Determination, hints: Sequence[str], screen: Screen) -> Iterator[str]:
    """What stands behind a refusal that no rule of a route is the reason for."""
    points = [*_missing(d)] if d.missing else [_detail(detail) for detail in d.details]
    if d.reason is Reason.OBLIGATION:  # the hints say the same and more
        points = []
    points = [*points[: MOST_REASONS - len(hints)], *hints]
    if not points:
        return
    yield ""
    yield screen.bold("Why")
    for number, point in enumerate(points, start=1):
        yield from clipped(screen.wrapped(point, f"  {number}. "), 2, screen)


def _missing(d: Determination) -> Iterator[str]:
    """The facts that are missing, all in one, and how to state them."""
    flags = ", ".join(flag(fact) for fact in d.missing)
    rules = (rule for said in _needing(d) for rule in said.removeprefix(_NEEDED_BY).split(", "))
    needed = ", ".join(dict.fromkeys(rules))
    by = f" ({_NEEDED_BY}{escaped(needed)})" if needed else ""
    yield f"{phrases.names(map(escaped, d.missing))} must be stated: {escaped(flags)}{by}"


def _needing(d: Determination) -> Iterator[str]:
    """The rules that need a missing fact, in words; none where it only leaves rules open."""
    for detail in d.details:
        yield from detail.message.split(": ")[1:]


def besides(d: Determination) -> str:
    """What to add to changes about routes: that the call is refused for its own sake too."""
    itself = d.reason in _ABOUT_THE_CALL or (d.reason is Reason.FACTS_MISSING and any(_needing(d)))
    return ", besides what `Why` says" if itself else ""


def _detail(detail: Detail) -> str:
    return f"`{escaped(detail.about)}`: {escaped(detail.message)}"


_NEEDED_BY: Final = "needed by "
_FLAGS: Final = {
    "requested.model": "--model",
    "tokens.input": "--tokens-in",
    "tokens.output": "--tokens-out",
    "features": "--feature",
    "server_tools": "--server-tool",
    "input_modalities": "--input-modality",
    "output_modalities": "--output-modality",
}


def flag(fact: str) -> str:
    """The command line's option for a fact of a request."""
    if fact.startswith("labels."):
        return f"--label {fact.removeprefix('labels.')}=..."
    return _FLAGS.get(fact, f"--{fact.replace('_', '-')}")


# ---- by a route ---------------------------------------------------------------------------------


def _stopped(
    route: RouteExplanation, explanation: Explanation, room: _Room, screen: Screen
) -> Iterator[str]:
    rules = blocking(route)
    count = max(len(rules), len(route.unsuitable))
    among = len(explanation.routes)
    of_many = f", the nearest of {phrases.counted(among, 'route')}" if among > 1 else ""
    yield ""
    first = "Even then" if explanation.determination.missing else "Why"
    heading = screen.bold(_of(first, min(count, MOST_REASONS), count))
    yield f"{heading}: what stops `{escaped(route.route)}`{of_many}"
    for number, lack in enumerate(route.unsuitable[:MOST_REASONS], start=1):
        yield from clipped(screen.wrapped(escaped(lack), f"  {number}. "), 2, screen)
    for number, rule in enumerate(rules[:MOST_REASONS], start=1):
        yield from _reason(number, rule, room.reason_lines, screen)


def _of(heading: str, shown: int, all_of_them: int) -> str:
    return heading if shown == all_of_them else f"{heading} ({shown} of {all_of_them} reasons)"


def _reason(number: int, rule: RuleExplanation, most: int, screen: Screen) -> Iterator[str]:
    state = phrases.verdict(rule.verdict.verdict)
    yield from clipped(screen.wrapped(f"{title(rule)}: {state}", f"  {number}. "), 1, screen)
    body = clipped(screen.wrapped(briefly(rule), "     "), most, screen)
    source = source_of(rule)
    where = f"{source}; {place_of(rule)}" if source else place_of(rule)
    if len(f"{body[-1]} [{where}]") <= screen.width:
        yield from [*body[:-1], f"{body[-1]} [{where}]"]
    else:
        yield from [*body, *clipped(screen.wrapped(f"[{where}]", "     "), 1, screen)]


def change_lines(
    route: RouteExplanation, d: Determination, room: tuple[int, int], screen: Screen
) -> Iterator[str]:
    """The first of the smallest sets of changes that would permit the route, as far as it fits.

    `room`: how many of its steps, and where a person looks of how many lines each.
    """
    if not route.blocked:
        return
    if not route.remedies:
        yield ""
        found = phrases.nothing_found(complete=route.complete)
        yield f"{screen.bold('What would change it')}: {found}"
        return
    remedy, others = route.remedies[0], len(route.remedies) - 1
    most, lines = room if screen.person else (len(remedy), 0)
    together = ", all of it together" if len(remedy) > 1 else ""
    also = f" ({phrases.counted(others, 'other way')}: see `explain`)" if others else ""
    yield ""
    yield f"{screen.bold('What would change it')}{besides(d)}{together}{also}"
    for step in steps_words(remedy[:most]):
        said = screen.wrapped(escaped(step), f"  {screen.bullet} ")
        yield from clipped(said, lines, screen)
    if len(remedy) > most:
        yield f"  and {phrases.counted(len(remedy) - most, 'more step')}"


def certain_lines(explanation: Explanation, screen: Screen) -> Iterator[str]:
    """What would permit it, were it certain of the caller; nothing where no fact is in the way."""
    if explanation.certain is not None:
        yield ""
        yield from screen.wrapped(escaped(explanation.certain.text), "Of the caller: ")


def _instead(
    decision: Decision, alternatives: Sequence[Alternative], screen: Screen
) -> Iterator[str]:
    yield ""
    if not alternatives:
        yield f"{screen.bold('What instead')}: nothing, no route within reach may carry it"
        return
    yield screen.bold("What instead")
    yield from instead_lines(decision, alternatives, screen)
