"""Many calls grouped, joined and counted: one Ibis expression each, for DuckDB and for Spark.

Nothing here knows a policy. What calls are grouped by stands in `encoding`, what became of each
group comes back as tables. Keys are whole numbers, every result is in a total order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Final

import ibis
import ibis.expr.types as ir

from policy_router.audit.proposal.encoding import NOTHING

_SIZE: Final = 2**32
"""Both counts are packed into one whole number: what is not known is 0, all others one more."""
_EXACT: Final = "decimal(18, 0)"
NUMBER, ROW, CELL, SHARED = "class_number", "row_number", "cell", "calls"


def packed(into: int | None, out: int | None) -> int:
    """A size as one whole number."""
    return (0 if into is None else into + 1) * _SIZE + (0 if out is None else out + 1)


def unpacked(size: int) -> tuple[int | None, int | None]:
    """The size in a number that `packed` made."""
    into, out = divmod(size, _SIZE)
    return (into - 1 if into else None), (out - 1 if out else None)


def _sized(table: ir.Table) -> ir.Table:
    """The calls that are not set aside, each with its size as one whole number."""
    kept = table.filter(table.fault == NOTHING)
    into, out = kept.into.cast("int64"), kept.out.cast("int64")
    size = (into.fill_null(-1) + 1) * _SIZE + out.fill_null(-1) + 1
    return kept.mutate(into=into, out=out, size=size)


def classes(table: ir.Table, keys: Sequence[str]) -> ir.Table:
    """The decision classes, with one size that occurs in each."""
    kept = _sized(table)
    return kept.group_by(keys).agg(size=kept.size.min()).order_by(keys)


@dataclass(frozen=True, slots=True)
class Numbered:
    """The classes, numbered. `most`: in how many places the size picks another route, at most."""

    table: ir.Table
    most: int


def groups(cells_of_calls: ir.Table) -> ir.Table:
    """Calls by class, cell and tenant: how many, how large together, and the first by its id."""
    table = cells_of_calls
    return table.group_by(NUMBER, CELL, "tenant_name").agg(
        calls=table.count(),
        into=table.into.fill_null(0).sum().cast("int64"),
        out=table.out.fill_null(0).sum().cast("int64"),
        first_id=table.call_id.min(),
        size=table.size.min(),
        row_number=table[ROW].argmin(table.size),
    )


def in_cells(calls: ir.Table, keys: Sequence[str], found: Numbered) -> ir.Table:
    """Each call with the number of its class and its cell in it."""
    joined = _sized(calls).join(found.table.drop("size"), list(keys))
    cell = ibis.ifelse(joined.exact, joined.size, _cell(joined, found.most))
    return joined.mutate(cell=cell)


def _cell(joined: ir.Table, most: int) -> ir.Value:
    """How many turning points a call lies beyond; those it lies on count half."""
    beyond = []
    for n in range(most):
        into = joined.into.fill_null(0) * joined[f"into_{n}"]
        out = joined.out.fill_null(0) * joined[f"out_{n}"]
        beyond.append(((into >= out).cast("int64") + (into > out).cast("int64")).fill_null(0))
    return reduce(add, beyond, ibis.literal(0, "int64"))


def cells(grouped: ir.Table) -> ir.Table:
    """Every cell of every class, with the facts (by their row) and the size of one call in it."""
    each = grouped.group_by(NUMBER, CELL).agg(
        size=grouped.size.min(), row_number=grouped[ROW].argmin(grouped.size)
    )
    return each.order_by(NUMBER, CELL)


# ---- what became of them ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of each cell (`of_cells`), what verdicts say, and what caused them."""

    of_cells: ir.Table
    verdicts: ir.Table
    causes: ir.Table


def told(grouped: ir.Table, judged: Judged) -> ir.Table:
    """The groups with what became of them; costs in billionths of a thousandth of a US dollar."""
    joined = grouped.join(judged.of_cells, [NUMBER, CELL]).join(judged.verdicts, "verdict")
    return joined.mutate(
        cost_was=_cost(joined, "was"),
        cost_now=_cost(joined, "now"),
        unpriced=ibis.ifelse(joined.priced, 0, joined.calls),
    )


def _cost(joined: ir.Table, side: str) -> ir.Value:
    pairs = (("into", "input"), ("out", "output"), (SHARED, "call"))
    parts = [
        joined[amount].cast(_EXACT) * joined[f"{side}_{price}"].cast(_EXACT)
        for amount, price in pairs
    ]
    return reduce(add, parts)


def counted(table: ir.Table, *by: str) -> ir.Table:
    """Calls and what they cost before and after, by some columns; in the order of these."""
    return (
        table.group_by(*by)
        .agg(
            calls=table.calls.sum().cast("int64"),
            unpriced=table.unpriced.sum().cast("int64"),
            cost_was=table.cost_was.sum(),
            cost_now=table.cost_now.sum(),
            first_id=table.first_id.min(),
        )
        .order_by(*by)
    )


def by_cause(table: ir.Table, judged: Judged) -> ir.Table:
    """The same by what caused it; `alone`: calls for which there is no other cause."""
    joined = table.join(judged.causes, "verdict")
    alone = ibis.ifelse(joined.alone, joined.calls, 0)
    with_alone = joined.mutate(calls_alone=alone)
    by = ("cause", "kind")
    return (
        with_alone.group_by(*by)
        .agg(
            calls=with_alone.calls.sum().cast("int64"),
            alone=with_alone.calls_alone.sum().cast("int64"),
            unpriced=with_alone.unpriced.sum().cast("int64"),
            cost_was=with_alone.cost_was.sum(),
            cost_now=with_alone.cost_now.sum(),
        )
        .order_by(*by)
    )


def largest(table: ir.Table, kinds: Sequence[str], most: int) -> ir.Table:
    """What becomes of most calls that change, the most first, with the first class of each."""
    changed = table.filter(table.kind.isin(kinds))
    each = changed.group_by(*_SAID).agg(
        calls=changed.calls.sum().cast("int64"),
        first_id=changed.first_id.min(),
        class_number=changed[NUMBER].min(),
    )
    return each.order_by(ibis.desc("calls"), *_SAID).limit(most)


_SAID: Final = ("kind", "because", "was_route", "was_reason", "now_route", "now_reason")


def changed_calls(cells_of_calls: ir.Table, judged: Judged, kinds: Sequence[str]) -> ir.Table:
    """Every call that changes, by its id: whose it is, what becomes of it and why."""
    joined = cells_of_calls.join(judged.of_cells, [NUMBER, CELL]).join(judged.verdicts, "verdict")
    found = joined.filter(joined.kind.isin(kinds))
    return found.select(
        id=found.call_id,
        tenant=found.tenant_name,
        kind=found.kind,
        was_route=found.was_route.nullif(""),
        was_reason=found.was_reason.nullif(""),
        now_route=found.now_route.nullif(""),
        now_reason=found.now_reason.nullif(""),
        because=found.because,
        tokens_input=found.into,
        tokens_output=found.out,
    ).order_by("id", "tenant", "kind", "was_route", "now_route", "tokens_input", "tokens_output")
