"""The baseline after a day with a profiler: the same answers from slots, locals and grouping."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from bench.rows import Call, Row

_PRICE = attrgetter("price")


@dataclass(slots=True)
class Slotted:
    """What the loop reads of a row, in slots: the interpreter reads those fastest."""

    id: str
    price: int
    contract: bool
    untrained: bool
    short_storage: bool
    eu_basis: bool
    uk_basis: bool
    in_eea: bool
    zero: bool
    closed: bool
    quiet: bool
    certified: bool
    ga: bool
    unread: bool


def slotted(row: Row) -> Slotted:
    """`row` in slots."""
    return Slotted(**{name: getattr(row, name) for name in Slotted.__slots__})


def choose(rows: list[Slotted], call: Call) -> str | None:
    """The permitted route with the lowest price."""
    personal, eu, uk, special, secret, confidential, payment, clinic = call
    found = [
        r
        for r in rows
        if (not personal or (r.contract and r.untrained and r.short_storage))
        and (not eu or r.eu_basis)
        and (not uk or r.uk_basis)
        and (not special or (r.in_eea and r.zero))
        and (not secret or r.closed)
        and (not confidential or r.quiet)
        and (not payment or r.certified)
        and (not clinic or (r.ga and r.unread))
    ]
    return min(found, key=_PRICE).id if found else None
