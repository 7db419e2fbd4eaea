"""Seconds a decision of the plain loops, in processor time."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from time import process_time
from typing import TypeVarTuple

from bench import tuned
from bench.baseline import choose, choose_by_cost
from bench.calls import Asking
from bench.rows import Row

ROUTES_LOOKED_AT = 400_000
"""In one measurement, about."""
FEWEST_CALLS = 20

Ts = TypeVarTuple("Ts")


def looping(rows: list[Row], asked: Sequence[Asking]) -> float:
    """The baseline, any model."""
    return _each(choose, [(rows, a.call) for a in _some(rows, asked)])


def looping_tuned(rows: list[Row], asked: Sequence[Asking]) -> float:
    """The tuned loop, any model."""
    slotted = [tuned.slotted(row) for row in rows]
    return _each(tuned.choose, [(slotted, a.call) for a in _some(rows, asked)])


def looping_by_cost(rows: list[Row], asked: Sequence[Asking]) -> float:
    """The baseline, cheapest at the size of each call."""
    return _each(choose_by_cost, [(rows, a.call, *a.size) for a in _some(rows, asked)])


def looping_named(rows: list[Row], asked: Sequence[Asking]) -> float:
    """The baseline with the routes of each model at hand."""
    of_model: dict[str | None, list[Row]] = {}
    for row in rows:
        of_model.setdefault(row.model, []).append(row)
    return _each(choose, [(of_model.get(a.facts.model, []), a.call) for a in asked])


def _some(rows: list[Row], asked: Sequence[Asking]) -> Sequence[Asking]:
    return asked[: max(FEWEST_CALLS, ROUTES_LOOKED_AT // len(rows))]


def _each(decide: Callable[[*Ts], object], questions: Sequence[tuple[*Ts]]) -> float:
    gc.collect()
    start = process_time()
    for question in questions:
        decide(*question)
    return (process_time() - start) / len(questions)
