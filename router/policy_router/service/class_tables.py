"""What was found about classes of calls, as tables that are joined to the calls.

They hold no nulls: on the way to Spark these would become numbers that are none.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from policy_router.audit.proposal import query
from policy_router.audit.proposal.judging import FREE, Price, Side, Verdict
from policy_router.audit.proposal.query import Numbered
from policy_router.engine.offers import Ratio


def numbered(
    table: pa.Table, numbers: array[int], of_classes: Sequence[tuple[Ratio, ...] | None]
) -> Numbered:
    """The classes of a table, with the number of each and where its calls turn."""
    turns = [of_classes[number] for number in numbers]
    most = max((len(each) for each in turns if each is not None), default=0)
    columns: dict[str, pa.Array] = {
        query.NUMBER: pa.array(numbers, pa.int64()),
        query.ROW: pa.array(range(len(numbers)), pa.int64()),
        "exact": pa.array([each is None for each in turns], pa.bool_()),
    }
    for n in range(most):
        for place, name in enumerate((f"into_{n}", f"out_{n}")):
            values = [each[n][place] if each and n < len(each) else place for each in turns]
            columns[name] = pa.array(values, pa.int64())
    for name, values in columns.items():
        table = table.append_column(name, values)
    return Numbered(ibis.memtable(table), most)


_TEXTS: Final = ("kind", "because", "was_route", "was_reason", "now_route", "now_reason")


def verdict_table(found: Mapping[Verdict, int]) -> ir.Table:
    """What becomes of calls, and their prices on both sides."""
    rows = [_verdict_row(verdict, number) for verdict, number in found.items()]
    prices = [f"{side}_{name}" for side in ("was", "now") for name in ("input", "output", "call")]
    schema = pa.schema(
        [("verdict", pa.int64()), ("priced", pa.bool_())]
        + [(name, pa.string()) for name in _TEXTS]
        + [(name, pa.int64()) for name in prices]
    )
    return ibis.memtable(pa.Table.from_pylist(rows, schema=schema))


def _verdict_row(verdict: Verdict, number: int) -> dict[str, Any]:
    was, now = verdict.was, verdict.now
    priced = was.price is not None and now.price is not None
    return {
        "verdict": number,
        "priced": priced,
        "kind": verdict.kind.value,
        "because": "; ".join(verdict.causes),
        **_side("was", was, priced=priced),
        **_side("now", now, priced=priced),
    }


def _side(name: str, side: Side, *, priced: bool) -> dict[str, Any]:
    price = side.price if priced and side.price is not None else FREE
    return {
        f"{name}_route": side.route or "",
        f"{name}_reason": side.reason or "",
        **{f"{name}_{part}": getattr(price, part) for part in Price.__slots__},
    }


def cause_table(found: Mapping[Verdict, int]) -> ir.Table:
    """Each cause of each verdict."""
    rows = [
        {"verdict": number, "cause": cause, "alone": len(verdict.causes) == 1}
        for verdict, number in found.items()
        for cause in verdict.causes
    ]
    schema = pa.schema([("verdict", pa.int64()), ("cause", pa.string()), ("alone", pa.bool_())])
    return ibis.memtable(pa.Table.from_pylist(rows, schema=schema))
