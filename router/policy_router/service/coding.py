"""The deciding columns of a table of calls, their values numbered by what makes a difference."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import ibis.expr.types as ir

from policy_router.audit.proposal import encoding
from policy_router.audit.proposal.columns import WITHHELD, Column, Form, column_name, read_columns
from policy_router.audit.proposal.encoding import Coded, Part
from policy_router.audit.proposal.found import Aside
from policy_router.audit.proposal.judging import Judge
from policy_router.audit.proposal.reading import SetAside, call_in, words
from policy_router.domain.request import SetFact
from policy_router.domain.unreplayable import Unreplayable
from policy_router.engine.classes import Bounds

MOST_WORDS: Final = 1_000_000
"""Different values of one column that are looked at."""


class Coding:
    """The deciding columns of a table with their values numbered, and the sizes that matter."""

    def __init__(self, judge: Judge, source: ir.Table) -> None:
        self._judge = judge
        self._faults = list(_FAULTS)
        self._standing: dict[str, list[Any]] = {}
        self._several: set[tuple[str, int]] = set()
        (extent,) = encoding.extent(source).to_pyarrow().to_pylist()
        self.bounds = _within(judge.bounds, extent)
        read = read_columns(source.columns, judge.facts_read, judge.facts_noticed)
        plain = (column for column in read if column.form is not Form.COUNT)
        self.columns = tuple(self._coded(source, column) for column in plain)

    def said(self, row: Mapping[str, Any], parts: Sequence[Part]) -> dict[str, Any]:
        """What stands in the deciding columns of a class: one value of each that it may be."""
        return {name: self._standing[name][code] for name, code in self._codes(row, parts)}

    def telling(self, row: Mapping[str, Any], parts: Sequence[Part]) -> dict[str, Any]:
        """The same, without what may be one value or another and makes no difference here."""
        said, codes = self.said(row, parts), self._codes(row, parts)
        return {name: said[name] for name, code in codes if (name, code) not in self._several}

    def _codes(self, row: Mapping[str, Any], parts: Sequence[Part]) -> list[tuple[str, int]]:
        return [
            (part.name, row[f"key_{part.key}"] // part.unit % part.base)
            for part in parts
            if part.name in self._standing
        ]

    def aside(self, row: Mapping[str, Any]) -> Aside:
        """Rows that are set aside, with their number of a fault in words."""
        code, message = self._faults[row["fault"]]
        return Aside(code, message, row["calls"], row["first_id"])

    def _coded(self, source: ir.Table, column: Column) -> Coded:
        standing: list[Any] = [None]
        self._standing[column.name] = standing
        if column.noticed:
            standing.append(_STATED)
            return Coded(column, None, 1)
        found = encoding.values(source, column).limit(MOST_WORDS + 1).to_pyarrow()["value"]
        if len(found) > MOST_WORDS:
            raise too_many(f"`{column.name}` holds more than {MOST_WORDS:,} different words")
        known: dict[Hashable, int] = {}
        codes = []
        for value in found.drop_null().to_pylist():
            alike = self._alike(column, value)
            if isinstance(alike, SetAside):
                codes.append((value, -self._fault(alike)))
                continue
            code = known.setdefault(alike, len(known) + 1)
            if code == len(standing):
                standing.append(value)
            else:
                self._several.add((column.name, code))
            codes.append((value, code))
        any_too_long = found.null_count > 0
        if all(code == 1 for _, code in codes) and not any_too_long:
            return Coded(column, None, 1)
        return Coded(column, tuple(codes), len(known), any_too_long)

    def _alike(self, column: Column, value: object) -> Hashable:
        """Equal for two values of a column that neither side can tell apart, whatever else holds.

        What is wrong with the value, if it cannot be read.
        """
        if column.name == WITHHELD:
            read = set(map(column_name, self._judge.facts_read))
            value = [name for name in words(value)[0] if name in read]
        try:
            call = call_in({column.name: value})
        except SetAside as fault:
            return fault
        if not column.is_open:
            return tuple(value) if isinstance(value, list) else value
        facts = replace(call.facts, seen=False)
        sets = {n: SetFact(said.members, settled=False) for n, said in facts.sets.items()}
        return tuple(
            self._judge.alike(replace(call, facts=each))
            for each in (facts, replace(facts, sets=sets))
        )

    def _fault(self, fault: SetAside) -> int:
        said = (fault.code, fault.message)
        if said not in self._faults:
            self._faults.append(said)
        return self._faults.index(said)


_STATED: Final = "stated"
_FAULTS: Final = (
    ("", ""),
    ("", "further attempts of calls that have a row already"),
    ("RPL508", "refused before anything was known of them"),
    ("RPL505", f"a text of more than {encoding.LONGEST} characters"),
    ("RPL506", "a number of tokens that is no count"),
)
"""By the numbers that `query` gives them."""


def too_many(message: str) -> Unreplayable:
    """That there is more of something than fits into memory."""
    advice = "take fewer calls: a part of the time, or a part of the tenants"
    return Unreplayable("RPL509", message, advice)


def _within(bounds: Bounds, extent: dict[str, int | None]) -> Bounds:
    """The bounds that lie among the sizes there are: no others can tell two calls apart."""
    named = (("input", bounds.input), ("output", bounds.output), ("both", bounds.both))
    return Bounds(
        *(
            frozenset(b for b in found if _lies(b, extent[f"{name}_min"], extent[f"{name}_max"]))
            for name, found in named
        )
    )


def _lies(bound: int, least: int | None, most: int | None) -> bool:
    return least is not None and most is not None and least < bound <= most
