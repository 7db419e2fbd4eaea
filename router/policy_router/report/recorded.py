"""Recorded calls, for readers and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from policy_router.audit.recorded import Call, Data, Tally
from policy_router.domain.decision import Verdict
from policy_router.report import phrases
from policy_router.report.recorded_reasons import why
from policy_router.report.screen import Screen
from policy_router.report.statement import grounds_of
from policy_router.report.tables import Column, csv_table, table
from policy_router.report.told import told_lines
from policy_router.report.visible import escaped

_SHORT_ID: Final = 8
_COLUMNS: Final = (
    Column("Call"),
    Column("When (UTC)"),
    Column("Caller", fits=True),
    Column("Asked for", fits=True),
    Column("Sent by, or why not", fits=True),
    Column("Ending"),
)
_NAMES: Final = ("id", "at", "caller", "model", "route", "reason", "ending")


def calls_lines(calls: Sequence[Call], screen: Screen) -> Iterator[str]:
    """A table of calls."""
    if not calls:
        yield "No call in the log is like that."
        return
    yield from table(_COLUMNS, [_row(call) for call in calls], screen)


def _row(call: Call) -> tuple[str, ...]:
    return (
        escaped(call.first["id"][:_SHORT_ID]),
        f"{call.at:%Y-%m-%d %H:%M:%S}",
        escaped(call.first["caller"] or "nobody known"),
        escaped(call.model or "not read"),
        escaped(call.route or why(call.reason)),
        escaped(call.ending.replace("_", " ")),
    )


def calls_csv(calls: Sequence[Call]) -> str:
    """One line for each call."""
    return csv_table(_NAMES, [[_text(_plain(call)[name]) for name in _NAMES] for call in calls])


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _plain(call: Call) -> dict[str, Any]:
    return {
        "id": call.first["id"],
        "at": call.first["recorded_at"],
        "caller": call.first["caller"],
        "model": call.model,
        "route": call.route,
        "reason": call.reason,
        "ending": call.ending,
    }


def calls_json(calls: Sequence[Call]) -> str:
    """The same for programs."""
    return json.dumps([_plain(call) for call in calls], indent=2)


def call_json(call: Call) -> str:
    """Every record of one call, as it was kept."""
    return json.dumps(call.records, indent=2)


# ---- one call ----


def call_lines(call: Call, screen: Screen) -> Iterator[str]:
    """Everything that was recorded of one call."""
    first = call.first
    yield screen.bold(f"Call {escaped(first['id'])}")
    whom = escaped(first["caller"] or "nobody who is known")
    yield f"{call.at:%Y-%m-%d %H:%M:%S} UTC, of {whom}, through {escaped(first['point'])}"
    if first.get("subject") is not None:
        yield f"about the person {escaped(first['subject'])}"
    if first["observed"]:
        yield "only observed: it passed whatever was decided"
    for record in call.decisions:
        yield ""
        yield from _attempt_lines(record, screen)
    yield ""
    yield from screen.wrapped(ending_words(call))
    yield from _facts_lines(first, screen)


def attempt_title(record: Data) -> str:
    """Which attempt a record is of, and what became of it."""
    attempt, decision = record["attempt"], record["decision"]
    title = f"Attempt {attempt['number']}"
    if record["admitted"] and decision is None:
        return f"{title}: a list of models, as the gateway gives it"
    if record["admitted"]:
        return f"{title}: sent by {escaped(str(attempt['route']))}"
    code = record["refused"] or (decision and decision["reason"])
    return f"{title}: refused: {escaped(why(code))}"


def _attempt_lines(record: Data, screen: Screen) -> Iterator[str]:
    attempt, decision = record["attempt"], record["decision"]
    yield screen.bold(attempt_title(record))
    for passed in attempt["passed_over"]:
        route = escaped(passed["route"])
        yield f"  passed over: {route}, which cannot carry it: {escaped(why(passed['refused']))}"
    if decision is not None:
        yield from _decision_lines(decision, screen)
        if record["admitted"]:
            yield from screen.wrapped(rests_on_words(record), "  ")
    yield from told_lines(record.get("told"), screen)


def rests_on_words(record: Data) -> str:
    """What the permission in a record rests on."""
    if record.get("rests_on") is None:
        return (
            "rests on what the version that recorded it did not say: `policy-router replay "
            f"--decision {escaped(record['id'][:_SHORT_ID])}` finds it"
        )
    return f"rests on {grounds_words(record['rests_on'])}"


def grounds_words(used: Data) -> str:
    """What a permission rests on, by id, as records have it."""
    law = used["secondary_readings_of_law"]
    read = f", secondary readings of law {phrases.names(map(escaped, law))}" if law else ""
    return grounds_of(used["agreements"], used["exceptions"], used["signoffs"]) + read


def _decision_lines(decision: Data, screen: Screen) -> Iterator[str]:
    digests = decision["digests"]
    policies, registry = (
        phrases.short_digest(escaped(digests[n])) for n in ("policies", "registry")
    )
    yield f"  decided at {escaped(decision['at'])} from policies {policies}, registry {registry}"
    for detail in (*decision["details"], *decision["warnings"]):
        said = f"{detail['about']}: {detail['message']}"
        yield from screen.wrapped(escaped(said), f"  {screen.bullet} ")
    for candidate in decision["candidates"]:
        for lack in candidate["unsuitable"]:
            said = f"{candidate['route']}: {lack}"
            yield from screen.wrapped(escaped(said), f"  {screen.bullet} ")
    if decision["missing"]:
        yield from screen.wrapped(f"facts missing: {escaped(', '.join(decision['missing']))}", "  ")
    if rows := verdict_rows(decision):
        columns = (Column("Route"), Column("Rule", fits=True), Column("Verdict", fits=True))
        yield from (f"  {line}" for line in table(columns, rows, screen))


def verdict_rows(decision: Data) -> list[tuple[str, str, str]]:
    """Every verdict of a recorded decision: route, rule, and what it said."""
    return [
        (
            escaped(candidate["route"]),
            escaped(f"{verdict['policy']}/{verdict['rule']}"),
            phrases.verdict(Verdict(verdict["verdict"])),
        )
        for candidate in decision["candidates"]
        for verdict in candidate["verdicts"]
    ]


def ending_words(call: Call) -> str:
    """How a call ended, in a sentence."""
    if call.outcome is None:
        if call.ending == "refused":
            return "Nothing was sent."
        return "How it ended is not recorded: it is under way, or the program ended before it did."
    status = call.outcome["status"]
    answer = "no answer came" if status is None else f"HTTP {status}"
    said = call.outcome["attestation"]
    told = "" if said is None else f"; whose answer it is: {said['standing']}"
    named = call.outcome.get("answer_id")
    known = "" if named is None else f"; upstream's id of it: {escaped(named)}"
    twice = "; it went out twice, on a connection given up first" * ("resent" in call.outcome)
    return f"It ended: {call.ending.replace('_', ' ')}, {answer}{told}{known}{twice}."


def fact_rows(record: Data) -> list[tuple[str, str]]:
    """The facts of a recorded call: name, and value in words."""
    facts = record["facts"]
    if facts is None:
        return []
    told = {name: ", ".join(s["members"]) for name, s in facts["sets"].items() if s["members"]}
    told |= {name: phrases.scalar(value) for name, value in facts["scalars"].items()}
    by = dict.fromkeys(facts["declared"], " (declared only)")
    return [(name, f"{escaped(value)}{by.get(name, '')}") for name, value in told.items()]


def _facts_lines(record: Data, screen: Screen) -> Iterator[str]:
    if record["facts"] is None:
        return
    yield ""
    yield screen.bold("Facts")
    for name, value in fact_rows(record):
        yield from screen.wrapped(value, f"  {escaped(name):<22}")


# ---- many calls ----


def tally_lines(found: Tally, screen: Screen) -> Iterator[str]:
    """Counts of calls, the most first."""
    if found.begin is None or found.end is None:
        yield "There is no call in the log of that time."
        return
    calls = phrases.counted(found.calls, "call")
    refused = found.calls - found.permitted
    span = f"from {found.begin:%Y-%m-%d %H:%M} to {found.end:%Y-%m-%d %H:%M} UTC"
    before = undecided(found.never_decided)
    yield from screen.wrapped(
        f"{calls} {span}: {found.permitted:,} permitted, {refused:,} refused{before}."
    )
    endings = Counter({name.replace("_", " "): n for name, n in found.endings.items()})
    reasons = Counter({why(name): n for name, n in found.reasons.items()})
    for title, counts in (
        ("Ending", endings),
        ("Why refused", reasons),
        ("Caller", found.callers),
        ("Sent by", found.routes),
    ):
        if counts:
            yield ""
            rows = [(escaped(name), f"{n:,}") for name, n in _most_first(counts)]
            yield from table((Column(title, fits=True), Column("Calls", right=True)), rows, screen)


def undecided(calls: int) -> str:
    """How many of the calls that were refused no policy had a word on, if any."""
    return f", {calls:,} of them before anything was decided" if calls else ""


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def tally_json(found: Tally) -> str:
    """The same for programs."""
    data = {
        "calls": found.calls,
        "permitted": found.permitted,
        "never_decided": found.never_decided,
        "begin": None if found.begin is None else found.begin.isoformat(),
        "end": None if found.end is None else found.end.isoformat(),
        "endings": dict(_most_first(found.endings)),
        "reasons": dict(_most_first(found.reasons)),
        "callers": dict(_most_first(found.callers)),
        "routes": dict(_most_first(found.routes)),
    }
    return json.dumps(data, indent=2)
