"""What a proposal would do to many calls, for readers and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from policy_router.audit.proposal.found import Counted, Example, Found
from policy_router.audit.proposal.judging import GONE, NEW, ORDER, Kind
from policy_router.domain.decision import Digests, Reason
from policy_router.engine.render import instant
from policy_router.report import phrases
from policy_router.report.screen import Screen, Style
from policy_router.report.statement import LIMITS
from policy_router.report.tables import Column, table
from policy_router.report.visible import escaped

_WOULD: Final = {
    Kind.NEWLY_REFUSED: "would be refused that are permitted",
    Kind.NEWLY_PERMITTED: "would be permitted that are refused",
    Kind.REROUTED: "would take another route",
    Kind.OTHER_OBLIGATIONS: "would have other obligations on the same route",
    Kind.OTHER_REASON: "would be refused as before, for another reason",
}
_SHORT: Final = {
    Kind.NEWLY_REFUSED: "refused",
    Kind.NEWLY_PERMITTED: "permitted",
    Kind.REROUTED: "another route",
    Kind.OTHER_OBLIGATIONS: "other obligations",
    Kind.OTHER_REASON: "another reason",
}
_STYLES: Final = {Kind.NEWLY_REFUSED: Style.BAD, Kind.NEWLY_PERMITTED: Style.GOOD}
_CAUSES: Final = {
    GONE: "the route is not on file any more",
    NEW: "the route is new on file",
    ORDER: "another route comes first in the order of preference",
}
_ASIDE: Final = (
    Column("Rows", right=True),
    Column("Code"),
    Column("Because", fits=True),
    Column("For example"),
)
_MONEY: Final = (Column("Cost, USD", right=True), Column("Difference", right=True))
_OF_CAUSES: Final = (
    Column("Because of", fits=True),
    Column("Would be"),
    Column("Calls", right=True),
    Column("Of it alone", right=True),
    *_MONEY,
)
_OF_TENANTS: Final = (
    Column("Tenant", fits=True),
    Column("Would be"),
    Column("Calls", right=True),
    *_MONEY,
)
_EXAMPLES: Final = (
    Column("Calls", right=True),
    Column("Such as", fits=True),
    Column("Is", fits=True),
    Column("Would be", fits=True),
    Column("For example"),
)
_DOLLAR: Final = 1_000_000
_LONGEST: Final = 60
_MOST_CAUSES: Final = 3
_ALL: Final = "`--most N`, or `--format json`"


def proposed_lines(found: Found, by: str, most: int, screen: Screen) -> Iterator[str]:
    """How many calls would be decided otherwise, because of what or whose, which, and the cost."""
    yield from screen.wrapped(_summary(found))
    for each in found.by_kind:
        if each.kind is not Kind.SAME:
            said = screen.styled(f"{each.calls:,}", _STYLES.get(each.kind, Style.BOLD))
            text = f"{said} {_WOULD[each.kind]}{_because(found, each.kind)}"
            yield from screen.wrapped(f"{text}; {_cost(each)}", f"  {screen.bullet} ")
    yield from screen.wrapped(_all_costs(found))
    yield from _aside(found, screen)
    rows = _by_tenant(found) if by == "tenant" else _by_cause(found)
    columns = _OF_TENANTS if by == "tenant" else _OF_CAUSES
    title = "Whose calls" if by == "tenant" else "Because of what"
    yield from _part(title, columns, rows, most, screen)
    examples = [_example_row(each) for each in found.examples]
    yield from _part("Which calls, most frequent first", _EXAMPLES, examples, most, screen)
    yield from ("", *screen.wrapped(LIMITS))


def _part(
    title: str, columns: Sequence[Column], rows: list[tuple[str, ...]], most: int, screen: Screen
) -> Iterator[str]:
    if rows:
        yield from ("", screen.bold(title), *table(columns, rows[:most], screen))
    if len(rows) > most:
        yield f"{phrases.counted(len(rows) - most, 'further row')}: {_ALL}"


def _summary(found: Found) -> str:
    old, new = _digests(found.old), _digests(found.new)
    aside = sum(each.rows for each in found.set_aside)
    of = f"Of {phrases.counted(found.decided, 'call')}"
    if aside:
        verb = "is" if aside == 1 else "are"
        doubt = f", {found.in_doubt:,} of them as they cannot be decided" if found.in_doubt else ""
        of = (
            f"Of {phrases.counted(found.rows, 'row')} {aside:,} {verb} set aside{doubt}; of the "
            f"other {found.decided:,}"
        )
    return (
        f"{of}, {found.changed:,} would be decided otherwise on "
        f"{phrases.instant(found.moment.at)}: from {old} to {new}."
    )


def _digests(found: Digests) -> str:
    policies, registry = map(phrases.short_digest, (found.policies, found.registry))
    return f"policies {policies}, registry {registry}"


def _because(found: Found, kind: Kind) -> str:
    causes = sorted(
        (each for each in found.by_cause if each.kind is kind),
        key=lambda each: (-each.calls, each.of or ""),
    )
    if not causes:
        return ""
    said = [f"{cause_words(each.of or '')} ({each.calls:,})" for each in causes[:_MOST_CAUSES]]
    more = len(causes) - len(said)
    return f", because of {', '.join(said)}" + (f" and {more:,} more" if more else "")


def cause_words(cause: str) -> str:
    """What did it: the name of a rule or an obligation, else a reason in words."""
    if cause in _CAUSES:
        return _CAUSES[cause]
    if cause in set(Reason):
        return phrases.headline(Reason(cause))
    return f"`{escaped(cause)}`"


def _all_costs(found: Found) -> str:
    was, now = (sum(getattr(c, f"cost_{side}") for c in found.by_kind) for side in ("was", "now"))
    unpriced = sum(each.unpriced for each in found.by_kind)
    left_out = f"; not counting {unpriced:,} of which it is not known" if unpriced else ""
    return (
        f"What all would cost: {usd(now)} US dollars instead of {usd(was)}, "
        f"{usd(now - was, signed=True)}{left_out}."
    )


def _cost(each: Counted) -> str:
    return f"cost {usd(each.difference, signed=True)} US dollars"


def usd(micro: int, *, signed: bool = False) -> str:
    """Millionths of a US dollar as dollars, with cents; with more places below one dollar."""
    places = Decimal("0.01") if abs(micro) >= _DOLLAR or not micro else Decimal("0.000001")
    amount = (Decimal(micro) / _DOLLAR).quantize(places)
    return f"{amount:+,}" if signed else f"{amount:,}"


def _aside(found: Found, screen: Screen) -> Iterator[str]:
    if found.unknown:
        names = ", ".join(f"`{escaped(name)}`" for name in found.unknown)
        text = f"Not known of any call, as the table has no such column: {names}."
        yield from screen.wrapped(text)
    rows = [
        (f"{aside.rows:,}", aside.code, escaped(aside.message), _short(aside.first_id))
        for aside in found.set_aside
    ]
    if rows:
        count = phrases.counted(sum(aside.rows for aside in found.set_aside), "row")
        yield from ("", screen.bold(f"Set aside: {count} of {found.rows:,}"))
        yield from table(_ASIDE, rows, screen)


def _by_cause(found: Found) -> list[tuple[str, ...]]:
    ordered = sorted(found.by_cause, key=lambda each: (-each.calls, each.of or "", each.kind))
    return [
        (cause_words(c.of or ""), _SHORT[c.kind], f"{c.calls:,}", f"{c.alone:,}", *_money(c))
        for c in ordered
    ]


def _by_tenant(found: Found) -> list[tuple[str, ...]]:
    changed = (each for each in found.by_tenant if each.kind is not Kind.SAME)
    ordered = sorted(changed, key=lambda each: (-each.calls, each.of or "", each.kind))
    return [(_short(c.of) or "-", _SHORT[c.kind], f"{c.calls:,}", *_money(c)) for c in ordered]


def _money(each: Counted) -> tuple[str, str]:
    return usd(each.cost_now), usd(each.difference, signed=True)


def _short(text: str | None) -> str:
    shown = escaped(text or "")
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."


def _example_row(each: Example) -> tuple[str, ...]:
    return (
        f"{each.calls:,}",
        _facts(each.facts),
        _end(each.was),
        _end(each.now),
        _short(each.first_id),
    )


def _facts(facts: Mapping[str, Any]) -> str:
    said = ((name, _value(value)) for name, value in sorted(facts.items()))
    return "; ".join(f"{name} {text}" for name, text in said if text)


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_short(str(each)) for each in value)
    return "" if value is None or value is False else _short(str(value))


def _end(found: str) -> str:
    if found in set(Reason):
        return f"refused: {phrases.headline(Reason(found))}"
    return f"permitted by {escaped(found)}"


# ---- for programs -------------------------------------------------------------------------------


def proposed_json(found: Found) -> str:
    """The same for programs, whole. Costs are in millionths of a US dollar."""
    moment = found.moment
    data = {
        "at": instant(moment.at),
        "known_at": instant(moment.known_at) if moment.known_at else None,
        "old": {"policies": found.old.policies, "registry": found.old.registry},
        "new": {"policies": found.new.policies, "registry": found.new.registry},
        "rows": found.rows,
        "calls": found.decided,
        "changed": found.changed,
        "classes": found.classes,
        "decided": found.cells,
        "unknown_columns": list(found.unknown),
        "set_aside": [
            {"code": a.code or None, "message": a.message, "rows": a.rows, "first_id": a.first_id}
            for a in found.set_aside
        ],
        "by_kind": [_counted_data(each, None) for each in found.by_kind],
        "by_rule": [_counted_data(each, "rule") | {"alone": each.alone} for each in found.by_cause],
        "by_tenant": [_counted_data(each, "tenant") for each in found.by_tenant],
        "examples": [_example_data(each) for each in found.examples],
    }
    return json.dumps(data, indent=2)


def _counted_data(each: Counted, of: str | None) -> dict[str, Any]:
    named = {} if of is None else {of: each.of}
    return named | {
        "kind": each.kind.value,
        "calls": each.calls,
        "cost_not_known": each.unpriced,
        "cost_was": each.cost_was,
        "cost_now": each.cost_now,
        "cost_difference": each.difference,
    }


def _example_data(each: Example) -> dict[str, Any]:
    return {
        "kind": each.kind.value,
        "calls": each.calls,
        "facts": dict(each.facts),
        "was": each.was,
        "now": each.now,
        "because": list(each.because),
        "first_id": each.first_id,
    }
