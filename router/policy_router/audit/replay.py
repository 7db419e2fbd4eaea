"""A recorded decision made again from the facts of its record, and how it differs."""

from __future__ import annotations

from decimal import Decimal

from policy_router.audit.record import Record
from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.domain.vocabulary import is_number_fact


class Unreplayable(Exception):
    """A decision that cannot be made again. `code` is one of the LOG codes."""

    def __init__(self, code: str, message: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.advice = advice


def facts_of(data: Record) -> RequestFacts:
    """The facts that a record holds, with what stands in for what it withholds.

    Every policy of the snapshot they were recorded with judges them as it did the facts of the
    call. Raises `KeyError` for a record that lacks any of it.
    """
    base, standing = data["without_declared"], data["stand_ins"]
    scalars = {name: _value(name, value) for name, value in data["scalars"].items()}
    return RequestFacts(
        model=standing.get("model", data["model"]),
        sets={
            name: SetFact(frozenset(said["members"]), said["settled"])
            for name, said in data["sets"].items()
        },
        scalars={name: standing.get(name, value) for name, value in scalars.items()},
        declared=tuple(data["declared"]),
        base=None if base is None else facts_of(base),
        seen=data["seen"],
    )


def _value(name: str, value: str | bool) -> FactValue:
    return Decimal(value) if is_number_fact(name) else value
