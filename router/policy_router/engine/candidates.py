"""The candidates of a decision: routes on which all rules say the same share their verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import members
from policy_router.domain.decision import Candidate, RuleVerdict, Verdict
from policy_router.domain.policy import Mode
from policy_router.domain.request import RequestFacts
from policy_router.engine.circumstances import Column
from policy_router.engine.wording import shortfalls


def candidates(
    bound: Bound, columns: Sequence[Column], routes: int, suitable: int, facts: RequestFacts
) -> tuple[Candidate, ...]:
    """`routes` with the verdicts of `columns`, or with what they lack for the call; by route."""
    found = [c for alike in _alike(columns, routes & suitable) for c in _judged(bound, *alike)]
    for number in members(routes & ~suitable):
        route = bound.routes[number]
        lacking = shortfalls(bound.snapshot.registry.card(route), facts)
        found.append(Candidate(route.id, permitted=False, unsuitable=lacking, verdicts=()))
    return tuple(sorted(found, key=lambda c: c.route))


Verdicts = tuple[RuleVerdict, ...]


def _alike(columns: Sequence[Column], routes: int) -> list[tuple[int, Verdicts]]:
    """`routes` in sets, each with the verdicts on all of its routes."""
    found: list[tuple[int, Verdicts]] = [(routes, ())] if routes else []
    for column in columns:
        parts = list(verdict_sets(column, routes))
        found = [
            (here, (*before, verdict))
            for bits, before in found
            for part, verdict in parts
            if (here := bits & part)
        ]
    return found


def verdict_sets(column: Column, routes: int) -> Iterator[tuple[int, RuleVerdict]]:
    """One rule's verdicts and the routes of each."""
    rule, rest = column.planned, routes
    for bits, verdict, exception in _verdicts(column, routes):
        here = rest & bits
        if here:
            yield (
                here,
                RuleVerdict(rule.policy.id, rule.rule.id, rule.rule.mode, verdict, exception),
            )
        rest &= ~bits


def _verdicts(column: Column, routes: int) -> Iterator[tuple[int, Verdict, str | None]]:
    """Sets of routes with their verdict; of several about one route the first counts."""
    if not column.applies:
        yield routes, Verdict.NOT_APPLICABLE, None
        return
    yield column.met, Verdict.PASS, None
    for bits, exception in column.excepted:
        yield bits, Verdict.EXCEPTED, exception
    yield column.failed, Verdict.FAIL, None
    yield routes, Verdict.UNKNOWN, None


def _judged(bound: Bound, routes: int, verdicts: Verdicts) -> Iterator[Candidate]:
    permitted = all(v.verdict.allows for v in verdicts if v.mode is Mode.ENFORCE)
    for number in members(routes):
        yield Candidate(bound.routes[number].id, permitted, (), verdicts)
