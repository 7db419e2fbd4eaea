"""What a proposal would do to many calls, in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policy_router.audit.proposal.judging import Kind
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Digests

CHANGED: Final = tuple(kind.value for kind in Kind if kind is not Kind.SAME)
"""What becomes of calls that are decided otherwise."""

_PARTS_OF_MICRO: Final = 1_000_000
"""Costs are counted in as many parts of a millionth of a US dollar, and rounded at the end."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """Calls of which the same is said. Costs in millionths of a US dollar.

    `unpriced`: calls of which the cost is not known on some side; they are in neither cost.
    `alone`: calls for which nothing else is a cause.
    """

    of: str | None
    kind: Kind
    calls: int
    unpriced: int
    cost_was: int
    cost_now: int
    alone: int = 0

    @property
    def difference(self) -> int:
        """How much more it would cost."""
        return self.cost_now - self.cost_was


@dataclass(frozen=True, slots=True)
class Example:
    """Calls that change alike: how many, the facts of one of them, what became of it and why."""

    kind: Kind
    calls: int
    facts: Row
    was: str
    now: str
    because: tuple[str, ...]
    first_id: str | None


@dataclass(frozen=True, slots=True)
class Aside:
    """Rows that are not decided. `code`: why, empty where nothing is wrong with them."""

    code: str
    message: str
    rows: int
    first_id: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a proposal would do. `unknown`: columns that policies read and the table lacks.

    `classes`, `cells`: how many were decided for all calls.
    """

    moment: Moment
    old: Digests
    new: Digests
    rows: int
    unknown: tuple[str, ...]
    classes: int
    cells: int
    set_aside: tuple[Aside, ...]
    by_kind: tuple[Counted, ...]
    by_cause: tuple[Counted, ...]
    by_tenant: tuple[Counted, ...]
    examples: tuple[Example, ...]

    @property
    def decided(self) -> int:
        """Calls that were decided."""
        return sum(each.calls for each in self.by_kind)

    @property
    def changed(self) -> int:
        """Calls that would be decided otherwise."""
        return sum(each.calls for each in self.by_kind if each.kind is not Kind.SAME)

    @property
    def in_doubt(self) -> int:
        """Rows that cannot be decided."""
        return sum(aside.rows for aside in self.set_aside if aside.code)


def counted(rows: list[dict[str, Any]], of: str | None) -> Iterator[Counted]:
    """Rows of a table as counts. `of`: the column that says of what."""
    for row in rows:
        yield Counted(
            of=None if of is None else row[of],
            kind=Kind(row["kind"]),
            calls=row["calls"],
            unpriced=row["unpriced"],
            cost_was=_micro(row["cost_was"]),
            cost_now=_micro(row["cost_now"]),
            alone=row.get("alone", 0),
        )


def _micro(parts: Any) -> int:  # noqa: ANN401 - a whole number, whatever type an engine gives it
    """Parts of a millionth as whole ones, the nearest; half of one counts as one."""
    return (int(parts) + _PARTS_OF_MICRO // 2) // _PARTS_OF_MICRO


def example(row: Row, facts: Row) -> Example:
    """A row of the table of examples."""
    return Example(
        kind=Kind(row["kind"]),
        calls=row["calls"],
        facts=facts,
        was=row["was_route"] or row["was_reason"],
        now=row["now_route"] or row["now_reason"],
        because=tuple(filter(None, row["because"].split("; "))),
        first_id=row["first_id"],
    )
