"""A proposal put to many calls: each class of calls is decided once, by both sides."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends import BaseBackend

from policy_router.audit.proposal import encoding, query
from policy_router.audit.proposal.columns import missing_columns
from policy_router.audit.proposal.found import CHANGED, Found, counted, example
from policy_router.audit.proposal.judging import Judge, Verdict
from policy_router.audit.proposal.query import Judged, Numbered
from policy_router.audit.proposal.reading import Call, call_in, sized
from policy_router.domain.unreplayable import Unreplayable
from policy_router.engine.offers import Ratio
from policy_router.service.class_tables import cause_table, numbered, verdict_table
from policy_router.service.coding import Coding, too_many
from policy_router.store.calls import kept

_BATCH: Final = 10_000
_OFTEN: Final = 1_000
MOST_CLASSES: Final = 1_000_000
MOST_TURNS: Final = 24
"""Turning points of a class that are compared with: where there are more, each size is a cell."""
_LARGEST: Final = 2**31
"""Of the numbers in a turning point: a product with any count of tokens fits into 64 bits."""

Progress = Callable[[str, int], None]
"""Told what is being done, and how much of it is."""


class Proposal:
    """A proposal and the calls it is put to. Raises `Unreplayable` for a table that lacks columns.

    `unknown`: a fact without a column is unknown for every call, instead of an error.
    """

    def __init__(self, connection: BaseBackend, source: ir.Table, judge: Judge, progress: Progress,
        *, unknown: bool) -> None:  # fmt: skip
        self._connection, self._judge, self._progress = connection, judge, progress
        self.unknown = missing_columns(source.columns, judge.facts_noticed)
        if self.unknown and not unknown:
            names = ", ".join(f"`{name}`" for name in self.unknown)
            advice = "say with `--unknown` that these facts are not known of any call"
            raise Unreplayable("RPL501", f"policies read what is no column: {names}", advice)
        progress("reading", 0)
        self._coding = Coding(judge, source)
        self._parts = encoding.parts(self._coding.columns, self._coding.bounds)
        self._keys = encoding.keys_of(self._parts)
        rows = encoding.rows(source, self._coding.columns, self._coding.bounds)
        self._rows = kept(connection, rows)
        self._classes_found: pa.Table = None
        self._turns: list[tuple[Ratio, ...] | None] = []
        self._examples: list[int] = []

    def found(self, most: int) -> Found:
        """What would become of all calls; `most` of the classes that change are named."""
        aside = _fetched(encoding.set_aside(self._rows))
        classes = self._classes()
        self._progress("grouping", len(self._turns))
        self._in_cells = query.in_cells(self._rows, self._keys, classes)
        grouped = kept(self._connection, query.groups(self._in_cells))
        self._judged, cells = self._cells(grouped)
        self._progress("counting", cells)
        told = query.told(grouped, self._judged)
        by_kind = tuple(counted(_fetched(query.counted(told, "kind")), None))
        by_cause = _fetched(query.by_cause(told, self._judged))
        by_tenant = _fetched(query.counted(told, "tenant_name", "kind"))
        examples = _fetched(query.largest(told, CHANGED, most))
        old, new = self._judge.digests
        return Found(
            moment=self._judge.moment,
            old=old,
            new=new,
            rows=sum(each.calls for each in by_kind) + sum(row["calls"] for row in aside),
            unknown=self.unknown,
            classes=len(self._turns),
            cells=cells,
            set_aside=tuple(map(self._coding.aside, aside)),
            by_kind=by_kind,
            by_cause=tuple(counted(by_cause, "cause")),
            by_tenant=tuple(counted(by_tenant, "tenant_name")),
            examples=tuple(example(row, self._facts(row)) for row in examples),
        )

    def write_changed(self, file: str) -> None:
        """Write every call that changes as Parquet, once `found` was asked for."""
        self._connection.to_parquet(
            query.changed_calls(self._in_cells, self._judged, CHANGED), file
        )

    # ---- classes ----

    def _classes(self) -> Numbered:
        """Every class with a number, and where the size of its calls picks another route."""
        table = query.classes(self._rows, self._keys).limit(MOST_CLASSES + 1).to_pyarrow()
        if table.num_rows > MOST_CLASSES:
            raise too_many(f"there are more than {MOST_CLASSES:,} kinds of calls")
        numbers: array[int] = array("q")
        known: dict[Hashable, int] = {}
        for row in _each(table):
            call = self._call(row)
            numbers.append(known.setdefault(self._judge.alike(call), len(known)))
            if numbers[-1] == len(self._turns):
                self._examples.append(len(numbers) - 1)
                self._turns.append(self._turning(call))
            self._tell("looking at kinds of calls", len(numbers))
        self._classes_found = table
        return numbered(table, numbers, self._turns)

    def _call(self, row: dict[str, Any]) -> Call:
        said = self._coding.said(row, self._parts)
        return sized(call_in(said), *query.unpacked(row["size"]))

    def _turning(self, call: Call) -> tuple[Ratio, ...] | None:
        found = self._judge.turning(call)
        if found is None or len(found) > MOST_TURNS:
            return None
        return found if all(max(ratio) < _LARGEST for ratio in found) else None

    # ---- cells ----

    def _cells(self, grouped: ir.Table) -> tuple[Judged, int]:
        of_cells = {name: array("q") for name in (query.NUMBER, query.CELL, "verdict")}
        verdicts: dict[Verdict, int] = {}
        for row in _each(query.cells(grouped).to_pyarrow()):
            call = self._call(self._class_row(row[query.ROW]) | {"size": row["size"]})
            number = verdicts.setdefault(self._judge.verdict(call), len(verdicts))
            of_cells[query.NUMBER].append(row[query.NUMBER])
            of_cells[query.CELL].append(row[query.CELL])
            of_cells["verdict"].append(number)
            self._tell("deciding", len(of_cells["verdict"]))
        table = pa.table({name: pa.array(values, pa.int64()) for name, values in of_cells.items()})
        return Judged(
            ibis.memtable(table), verdict_table(verdicts), cause_table(verdicts)
        ), table.num_rows

    def _class_row(self, number: int) -> dict[str, Any]:
        (row,) = self._classes_found.slice(number, 1).to_pylist()
        return dict(row)

    def _facts(self, row: dict[str, Any]) -> dict[str, Any]:
        """The facts that tell a class from others, but for the size of its calls."""
        of = self._class_row(self._examples[row[query.NUMBER]])
        return self._coding.telling(of, self._parts)

    def _tell(self, doing: str, done: int) -> None:
        if done % _OFTEN == 0:
            self._progress(doing, done)


def _fetched(expression: ir.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = expression.to_pyarrow().to_pylist()
    return found


def _each(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows, of which no more than a few are held as objects."""
    for batch in table.to_batches(max_chunksize=_BATCH):
        yield from batch.to_pylist()
