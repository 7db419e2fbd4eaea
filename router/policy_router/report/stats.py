"""Counts of the registry, for readers and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from policy_router.audit.matrix import Standing
from policy_router.audit.stats import ScenarioCount, Stats
from policy_router.domain.claim import SourceKind
from policy_router.engine.render import instant
from policy_router.report import phrases
from policy_router.report.screen import Screen
from policy_router.report.statement import LIMITS, facts_of
from policy_router.report.tables import Column, csv_table, table
from policy_router.report.unsized import unsized_among, unsized_line
from policy_router.report.visible import escaped

_SCENARIOS: Final = (
    Column("Scenario"),
    Column("Permitted", right=True),
    Column("Refused", right=True),
    Column("Not known", right=True),
    Column("Refused because of", fits=True),
    Column("Not known because of", fits=True),
)
_COUNTS: Final = (Column("What", fits=True), Column("How many", right=True))
_TITLES: Final = ("group", "name", "count")
_MOST: Final = 12
_FEW: Final = 3

Counts = Sequence[tuple[str, int]]


def stats_lines(stats: Stats, screen: Screen) -> Iterator[str]:
    """How much is recorded and what may go where, for a reader."""
    yield from screen.wrapped(_summary(stats))
    yield from ("", screen.bold("What may go where"))
    yield from table(_SCENARIOS, [_scenario_row(s) for s in stats.scenarios], screen)
    if line := unsized_line(stats.snapshot.registry, stats.permitted):
        yield from screen.wrapped(line)
    sources = [(phrases.source_kind(SourceKind(name)), count) for name, count in stats.sources]
    parts: list[tuple[str, Counts]] = [
        ("Claims by kind of source", sources),
        ("Routes by gateway", stats.gateways),
        ("Routes by provider", stats.providers),
    ]
    for title, counts in parts:
        yield from ("", screen.bold(title))
        rows = [(escaped(name), f"{count:,}") for name, count in counts[:_MOST]]
        yield from table(_COUNTS, rows, screen)
        if len(counts) > _MOST:
            yield f"{len(counts) - _MOST:,} more: `--format csv`"
    yield from ("", *screen.wrapped(LIMITS))


def _summary(stats: Stats) -> str:
    at = facts_of(stats.moment.at, stats.moment.known_at, stats.snapshot.digests)
    elsewhere = f" and {stats.elsewhere:,} elsewhere" if stats.elsewhere else ""
    claims = sum(count for _, count in stats.sources)
    return (
        f"{phrases.counted(stats.routes, 'route')} within reach{elsewhere}, to "
        f"{phrases.counted(stats.models, 'model')}; a card was read for {stats.cards:,} of them, "
        f"and a price for {stats.priced:,} of the routes. Of {stats.described:,} some source says "
        f"how the provider handles data, of the other {stats.routes - stats.described:,} none. "
        f"{phrases.counted(claims, 'claim')} about them: "
        f"{stats.verified:,} verified by a person, {stats.unstated:,} say that their source does "
        f"not say. Facts of {at}."
    )


def _scenario_row(s: ScenarioCount) -> tuple[str, ...]:
    facts = [(f"the request's {name}", count) for name, count in s.facts]
    failed = [(phrases.title_of(name), count) for name, count in s.failed]
    failed += [(phrases.obligation(name), count) for name, count in s.obligations]
    return (
        escaped(s.scenario),
        *(f"{s.standings[standing]:,}" for standing in Standing),
        _often(sorted(failed, key=lambda cause: -cause[1])),
        _often([(phrases.title_of(name), count) for name, count in (*s.unknown, *facts)]),
    )


def _often(counts: Counts) -> str:
    """The most frequent causes, with how many routes each stops."""
    shown = ", ".join(f"{escaped(name)} ({count:,})" for name, count in counts[:_FEW])
    return f"{shown}, ..." if len(counts) > _FEW else shown


def stats_csv(stats: Stats) -> str:
    """Every count, one row each."""
    return csv_table(_TITLES, [(g, name, str(count)) for g, name, count in _all(stats)])


def _all(stats: Stats) -> Iterator[tuple[str, str, int]]:
    groups = {"gateway": stats.gateways, "provider": stats.providers, "source": stats.sources}
    for group, counts in groups.items():
        yield from ((group, name, count) for name, count in counts)
    for s in stats.scenarios:
        yield from ((s.scenario, standing.value, s.standings[standing]) for standing in Standing)
        refused = (*s.obligations, *s.failed)
        yield from ((f"{s.scenario} refused because of", *item) for item in refused)
        yield from ((f"{s.scenario} unknown because of", *item) for item in (*s.unknown, *s.facts))


def stats_json(stats: Stats) -> str:
    """Every count, as one line of JSON."""
    moment = stats.moment
    data = {
        "at": instant(moment.at),
        "known_at": instant(moment.known_at) if moment.known_at else None,
        "registry": stats.snapshot.digests.registry,
        "routes": stats.routes,
        "not_within_reach": stats.elsewhere,
        "models": stats.models,
        "cards": stats.cards,
        "priced": stats.priced,
        "described": stats.described,
        "verified": stats.verified,
        "source_does_not_say": stats.unstated,
        "gateways": dict(stats.gateways),
        "providers": dict(stats.providers),
        "sources": dict(stats.sources),
        "permitted_somewhere": len(stats.permitted),
        "permitted_without_context_window": unsized_among(stats.snapshot.registry, stats.permitted),
        "scenarios": {
            s.scenario: {
                **{standing.value: s.standings[standing] for standing in Standing},
                "refused_because_of": {**dict(s.obligations), **dict(s.failed)},
                "unknown_because_of": {**dict(s.unknown), **dict(s.facts)},
            }
            for s in stats.scenarios
        },
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
