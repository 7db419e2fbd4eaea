"""A decision on one screen: what, why, what instead, where to read."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from policy_router.domain.decision import Detail, Determination, Reason
from policy_router.domain.request import RequestFacts
from policy_router.engine.explanation import (
    Alternative,
    Change,
    Explanation,
    RouteExplanation,
    RuleExplanation,
)
from policy_router.report import phrases
from policy_router.report.reasons import (
    blocking,
    nearest,
    rule_name,
    shortfall_words,
    source_of,
)
from policy_router.report.screen import Screen, Style
from policy_router.report.statement import LIMITS, caveats, statement
from policy_router.report.visible import escaped

MOST_REASONS: Final = 3
_LINES_OF_A_REASON: Final = 2
_MOST_ALTERNATIVES: Final = 2


def decision_lines(facts: RequestFacts, explanation: Explanation, screen: Screen) -> list[str]:
    """The decision for a reader; a refusal fits 24 lines of 100 columns."""
    body = _permission if explanation.determination.permitted else _refusal
    return [
        *_headline(explanation.determination, screen),
        *_asked(facts, explanation.determination, screen),
        *body(explanation, screen),
    ]


def _headline(d: Determination, screen: Screen) -> list[str]:
    wanted = f"`{escaped(d.requested)}`" if d.requested else "any model"
    if d.reason is None:
        through = f"{wanted} {screen.arrow} `{escaped(d.route or '')}`"
        stand_in = " (stands in for it)" if d.substituted else ""
        return [f"{screen.styled('PERMITTED', Style.GOOD)}  {screen.bold(through)}{stand_in}"]
    refused = screen.styled("REFUSED", Style.BAD)
    return [f"{refused}  {screen.bold(wanted)}: {phrases.headline(d.reason)}"]


def _asked(facts: RequestFacts, d: Determination, screen: Screen) -> list[str]:
    known = "" if d.known_at is None else f", as known at {phrases.instant(d.known_at)}"
    said = escaped(phrases.asked(facts)) or "nothing is said about the request"
    return screen.wrapped(f"{said} {_dash(screen)} {phrases.instant(d.at)}{known}", "  ")[:2]


def _dash(screen: Screen) -> str:
    return "·" if screen.unicode else "|"


# ---- permitted ----------------------------------------------------------------------------------


def _permission(explanation: Explanation, screen: Screen) -> Iterator[str]:
    d = explanation.determination
    yield ""
    yield from screen.wrapped(statement(explanation), "  ")
    for text in caveats(explanation):
        yield from screen.wrapped(text, "  ")
    yield from screen.wrapped(LIMITS, "  ")
    points = [*_failover(d), *_duties(d), *_watched(d), *_warnings(d)]
    if points:
        yield ""
        yield from screen.listed(points)


def _failover(d: Determination) -> Iterator[str]:
    if len(d.chain) > 1:
        others = [escaped(route) for route in d.chain[1:4]]
        more = f" and {len(d.chain) - 4} more" if len(d.chain) > 4 else ""  # noqa: PLR2004 - 3 shown
        yield f"if that route fails, only these may take over: {phrases.names(others)}{more}"


def _duties(d: Determination) -> Iterator[str]:
    for duty in d.obligations:
        for name, wanted in duty.set:
            shown = str(wanted).lower() if isinstance(wanted, bool) else str(wanted)
            yield (
                f"the call must carry `{escaped(name)}: {escaped(shown)}` "
                f"({escaped(duty.policy)}/{escaped(duty.obligation)})"
            )


def _watched(d: Determination) -> Iterator[str]:
    found = [f"{escaped(v.policy)}/{escaped(v.rule)}" for v in d.monitor]
    if found:
        yield f"watched, not enforced, and not met or not known: {phrases.names(found)}"


def _warnings(d: Determination) -> Iterator[str]:
    for warning in d.warnings:
        yield f"warning, `{escaped(warning.about)}`: {escaped(warning.message)}"


# ---- refused ------------------------------------------------------------------------------------


def _refusal(explanation: Explanation, screen: Screen) -> Iterator[str]:
    d = explanation.determination
    route = nearest(explanation)
    if d.details:
        yield from _details(d, screen)
    if route is not None and d.reason in _STOPPED_BY_ROUTES:
        yield from _stopped(route, explanation, screen)
        yield from _remedies(route, screen)
    yield from _instead(explanation.alternatives, screen)
    yield from _reading(route, screen)


_STOPPED_BY_ROUTES: Final = frozenset(
    {Reason.NO_COMPLIANT_ROUTE, Reason.FACTS_MISSING, Reason.UNSUITABLE}
)


def _details(d: Determination, screen: Screen) -> Iterator[str]:
    yield ""
    shown = d.details[:MOST_REASONS]
    yield screen.bold(_of("Why", len(shown), len(d.details)))
    for number, detail in enumerate(shown, start=1):
        yield from screen.wrapped(_detail(d, detail), f"  {number}. ")[:_LINES_OF_A_REASON]


def _detail(d: Determination, detail: Detail) -> str:
    if detail.about in d.missing:
        return f"{escaped(detail.message)}; state it with `{flag(detail.about)}`"
    return f"`{escaped(detail.about)}`: {escaped(detail.message)}"


def flag(fact: str) -> str:
    """The command line's option for a fact of a request."""
    if fact.startswith("labels."):
        return f"--label {fact.removeprefix('labels.')}=..."
    special = {
        "requested.model": "--model",
        "tokens.input": "--tokens-in",
        "tokens.output": "--tokens-out",
        "features": "--feature",
        "server_tools": "--server-tool",
        "input_modalities": "--input-modality",
        "output_modalities": "--output-modality",
    }
    return special.get(fact, f"--{fact.replace('_', '-')}")


def _of(title: str, shown: int, all_of_them: int) -> str:
    return title if shown == all_of_them else f"{title} ({shown} of {all_of_them})"


def _stopped(route: RouteExplanation, explanation: Explanation, screen: Screen) -> Iterator[str]:
    rules = blocking(route)
    if not rules and not route.unsuitable:
        return
    yield ""
    shown = rules[:MOST_REASONS]
    title = _of("Why", max(len(shown), 1), max(len(rules), 1))
    among = len(explanation.routes)
    of_many = f", the nearest of {among} routes" if among > 1 else ""
    yield f"{screen.bold(title)}: what stops `{escaped(route.route)}`{of_many}"
    for number, lack in enumerate(route.unsuitable[:MOST_REASONS], start=1):
        yield from screen.wrapped(escaped(lack), f"  {number}. ")[:_LINES_OF_A_REASON]
    for number, rule in enumerate(shown, start=1):
        yield from _reason(number, rule, screen)


def _reason(number: int, rule: RuleExplanation, screen: Screen) -> Iterator[str]:
    title = escaped(rule.title or rule_name(rule))
    state = phrases.verdict(rule.verdict.verdict)
    yield from screen.wrapped(f"{title}: {state} ({source_of(rule)})", f"  {number}. ")[:1]
    said = " | ".join(shortfall_words(rule))
    lines = screen.wrapped(said, "     ")
    yield from clipped(lines, _LINES_OF_A_REASON, screen)


def clipped(lines: list[str], most: int, screen: Screen) -> list[str]:
    """At most `most` lines; the last says that there was more."""
    if len(lines) <= most:
        return lines
    more = " …" if screen.unicode else " ..."
    last = lines[most - 1]
    room = screen.width - len(more)
    return [
        *lines[: most - 1],
        (last[:room].rsplit(" ", 1)[0] if len(last) > room else last) + more,
    ]


def _remedies(route: RouteExplanation, screen: Screen) -> Iterator[str]:
    if not route.remedies:
        return
    yield ""
    yield screen.bold("What would change it")
    remedy = route.remedies[0]
    yield from clipped(screen.wrapped(remedy_words(remedy), "  "), 3, screen)
    if len(route.remedies) > 1:
        others = phrases.counted(len(route.remedies) - 1, "other way", "other ways")
        yield f"  {others}: see `explain`"


def remedy_words(remedy: tuple[Change, ...]) -> str:
    """A set of changes as one sentence."""
    return "; and ".join(escaped(change.text) for change in remedy)


def _instead(alternatives: tuple[Alternative, ...], screen: Screen) -> Iterator[str]:
    if not alternatives:
        return
    yield ""
    yield screen.bold("What may be used instead")
    for alternative in alternatives[:_MOST_ALTERNATIVES]:
        yield from screen.wrapped(alternative_words(alternative), "  ")


def alternative_words(alternative: Alternative) -> str:
    """A permitted route, whose it is, what it costs and how much more or less that is."""
    own = ", the organisation's own route" if alternative.own else ""
    price = _pair(alternative.input_price, alternative.output_price)
    against = _pair(alternative.input_difference, alternative.output_difference, sign="+")
    difference = f" ({against})" if "not known" not in against else ""
    return f"`{escaped(alternative.route)}`{own}: {price} USD per 1M tokens in / out{difference}"


def _pair(first: Decimal | None, second: Decimal | None, sign: str = "") -> str:
    return f"{_amount(first, sign)} / {_amount(second, sign)}"


def _amount(amount: Decimal | None, sign: str) -> str:
    return "not known" if amount is None else format(amount, f"{sign}.2f")


def _reading(route: RouteExplanation | None, screen: Screen) -> Iterator[str]:
    rules = blocking(route)[:MOST_REASONS] if route else []
    places = dict.fromkeys(escaped(f"{r.span.file}:{r.span.line}") for r in rules)
    yield ""
    where = f"{', '.join(places)}; " if places else ""
    yield from screen.wrapped(
        f"{where}everything at length: `explain` with the same request", "Read: "
    )
