"""What a change of documents means, for readers and for programs: which decisions, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from policy_router.audit.causes import Cause, Effect
from policy_router.audit.outlooks import Outlook
from policy_router.audit.turns import Turned, Turns
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.render import instant
from policy_router.report import phrases
from policy_router.report.changes import difference_data, difference_lines
from policy_router.report.differing import difference_words
from policy_router.report.grounds import Ends, ends_of, grounds_words
from policy_router.report.screen import Screen
from policy_router.report.statement import LIMITS
from policy_router.report.tables import Column, table
from policy_router.report.visible import escaped

_COLUMNS: Final = (
    Column("Scenarios", fits=True),
    Column("Routes", fits=True),
    Column("Was", fits=True),
    Column("Is", fits=True),
    Column("What did it", fits=True),
)
_MOST_ROUTES: Final = 3
_ALL: Final = "`--most N`, or `--format json`"
_TITLES: Final = {
    Effect.OPENED: "What this opens",
    Effect.SHUT: "What this shuts",
    Effect.GROUNDS: "Permitted as before, by other exceptions or sign-offs",
    Effect.OBLIGATIONS: "Permitted as before, with other obligations",
    Effect.REASON: "Refused as before, for another reason or by other rules",
}


def turns_lines(found: Turns, most: int, screen: Screen, *, detail: bool) -> Iterator[str]:
    """What changes for whom and what did it, then the documents; `detail` names every route."""
    yield from screen.wrapped(_summary(found))
    ends = ends_of(found.old), ends_of(found.new)
    for effect, title in _TITLES.items():
        rows = [_row(t, ends, detail=detail) for t in found.turned if t.turn.effect is effect]
        if rows:
            yield from ("", screen.bold(title), *table(_COLUMNS, rows[:most], screen))
        if len(rows) > most:
            yield f"{phrases.counted(len(rows) - most, 'further row')}: {_ALL}"
    yield from difference_lines(found.differences, most, screen, _ALL)
    yield from ("", *screen.wrapped(LIMITS))


def _summary(found: Turns) -> str:
    old, new = _digests(found.old), _digests(found.new)
    if not found.differences:
        return f"The documents say the same ({new})."
    amounts = dict.fromkeys(Effect, 0)
    for turned in found.turned:
        amounts[turned.turn.effect] += len(turned.scenarios) * len(turned.routes)
    return (
        f"From {old} to {new}: {phrases.counted(len(found.differences), 'change')}. On "
        f"{phrases.instant(found.moment.at)}, of every scenario on every route within reach, "
        f"{phrases.counted(amounts[Effect.OPENED], 'combination')} more would be permitted and "
        f"{amounts[Effect.SHUT]:,} no longer; {amounts[Effect.GROUNDS]:,} would rest on other "
        f"exceptions or sign-offs, {amounts[Effect.OBLIGATIONS]:,} would have other obligations, "
        f"and {amounts[Effect.REASON]:,} would be refused for another reason or by other rules."
    )


def _digests(snapshot: Snapshot) -> str:
    policies, registry = snapshot.digests.policies, snapshot.digests.registry
    return f"policies {phrases.short_digest(policies)}, registry {phrases.short_digest(registry)}"


def _row(turned: Turned, ends: tuple[Ends, Ends], *, detail: bool) -> tuple[str, ...]:
    return (
        escaped(", ".join(turned.scenarios)),
        _routes(turned.routes, detail=detail),
        _outlook(turned.turn.before, turned.turn.after, ends[0]),
        _outlook(turned.turn.after, turned.turn.before, ends[1]),
        cause_words(turned.cause),
    )


def _routes(routes: Sequence[str], *, detail: bool) -> str:
    """How many, and which: all where they are few or wanted."""
    shown = routes if detail else routes[:_MOST_ROUTES]
    more = len(routes) - len(shown)
    said = ", ".join(map(escaped, shown)) + (f" and {more:,} more" if more else "")
    return said if len(routes) == 1 else f"{len(routes):,}: {said}"


def _outlook(found: Outlook | None, other: Outlook | None, ends: Ends) -> str:
    """What is decided; of the rules in the way those that are not so in the `other` decision."""
    if found is None:
        return "not on file"
    if found.reason is not None:
        known = () if other is None else other.rules
        apart = (each for each in found.rules if each not in known)
        rules = [f"`{escaped(name)}` {phrases.verdict(said)}" for name, said in apart]
        return "; ".join((f"refused: {phrases.headline(found.reason)}", *rules))
    duties = ", ".join(f"`{escaped(name)}`" for name, _ in found.duties)
    by = grounds_words(found.exceptions, found.signoffs, ends)
    return " ".join(filter(None, ("permitted", by, f"with {duties}" if duties else "")))


def cause_words(cause: Cause) -> str:
    """What did it: one thing, each of several, or several together."""
    if cause.together:
        return f"together: {'; '.join(map(difference_words, cause.together))}"
    said = [difference_words(d) for d in cause.alone]
    return said[0] if len(said) == 1 else f"each alone: {'; '.join(said)}"


# ---- for programs -------------------------------------------------------------------------------


def turns_json(found: Turns) -> str:
    """Every change of a decision with its cause, and every difference, as one line of JSON."""
    moment = found.moment
    data = {
        "at": instant(moment.at),
        "known_at": instant(moment.known_at) if moment.known_at else None,
        "old": _digest_data(found.old),
        "new": _digest_data(found.new),
        "scenarios": [s.id for s in found.scenarios],
        "changes": [_turned(t) for t in found.turned],
        "differences": [difference_data(d) for d in found.differences],
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _digest_data(snapshot: Snapshot) -> dict[str, str]:
    return {"policies": snapshot.digests.policies, "registry": snapshot.digests.registry}


def _turned(turned: Turned) -> dict[str, Any]:
    return {
        "effect": turned.turn.effect.value,
        "scenarios": list(turned.scenarios),
        "routes": list(turned.routes),
        "before": _outlook_data(turned.turn.before),
        "after": _outlook_data(turned.turn.after),
        "alone": [difference_data(d) for d in turned.cause.alone],
        "together": [difference_data(d) for d in turned.cause.together],
    }


def _outlook_data(found: Outlook | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "outcome": found.outcome.value,
        "reason": None if found.reason is None else found.reason.value,
        "rules": [{"rule": name, "verdict": said.value} for name, said in found.rules],
        "exceptions": list(found.exceptions),
        "signoffs": list(found.signoffs),
        "obligations": [{"obligation": name, "set": dict(sets)} for name, sets in found.duties],
    }
