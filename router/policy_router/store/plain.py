"""Values of the domain as plain data and back: numbers, texts and lists, nothing that can run.

Every distinct value has a place in a table, after those it is made of. What is written are runs
of values of one class that lie side by side, so that a whole run is read at once. A text may go on
from values that are known already: it refers to their places and does not write them again.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from policy_router.domain import (
    claim,
    contract,
    detection,
    diagnostic,
    organisation,
    policy,
    price,
    registry,
    request,
    route,
    snapshot,
    territory,
    vocabulary,
)
from policy_router.store import described

CLASSES: Final[tuple[type[Any], ...]] = (
    *(claim.Basis, claim.Claim, claim.Evidence, claim.EvidenceDemand, claim.Listing),
    *(claim.Members, claim.SourceKind, claim.Validity),
    *(contract.Agreement, contract.Clause, contract.Mechanism, contract.Signoff),
    *(detection.Detection, organisation.Enforcement),
    *(diagnostic.Diagnostic, diagnostic.Severity, diagnostic.Span),
    *(organisation.Approver, organisation.Caller, organisation.Expectation),
    *(
        described.Project,
        described.LogPlace,
        organisation.Scenario,
        organisation.Suite,
        organisation.SuiteCase,
    ),
    *(policy.Alias, policy.All, policy.AnyOf, policy.Matcher, policy.Mode, policy.Not),
    *(policy.Obligation, policy.Policy, policy.PolicyException, policy.PolicySet),
    *(policy.Preference, policy.Rule, policy.Substitution, policy.Test),
    *(price.PriceTable, price.PriceTier, price.Rate, price.Window),
    *(registry.Registry, request.RequestFacts, request.SetFact),
    *(route.Gateway, route.GatewayType, route.KeySource, route.LifecycleEvent, route.Model),
    *(route.Provider, route.Route, snapshot.Snapshot),
    *(territory.Adequacy, territory.Confirmation, territory.Membership, territory.Scope),
    *(territory.Suspension, territory.Territory, vocabulary.Regime),
)
"""The only classes that can be written and read back."""

_Run = list[Any]
"""Values of one class, as they are written."""
_Values = Sequence[object]


class NotPlain(ValueError):
    """Text that is not what `packed` wrote."""


def packed(value: object, known: _Values = ()) -> str:
    """`value` as text that goes on from the values `known`, found again by what they *are*.

    Raises `TypeError` if it holds what no class named here does.
    """
    packing = _Packing(known)
    packing.place(value)
    return json.dumps(packing.runs(), separators=(",", ":"), ensure_ascii=True)


def unpacked(text: str, known: _Values = ()) -> list[object]:
    """The values `known` and those that `packed` wrote, the value itself last.

    Raises `NotPlain` if the text is anything else.
    """
    try:
        values = [*known]
        for name, run in json.loads(text):
            values += _MAKERS[name](values, run)
    except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise NotPlain(str(error)) from error
    if len(values) == len(known):
        raise NotPlain(text)
    return values


class _Packing:
    """A table while it is being filled. Equal values of different types are told apart."""

    def __init__(self, known: _Values) -> None:
        self._first = len(known)
        self._rows: list[tuple[Any, ...]] = []
        self._depths: list[int] = []
        self._seen = {id(value): place for place, value in enumerate(known)}
        self._places: dict[tuple[Any, ...], int] = {}

    def place(self, value: object) -> int:
        """The place of a value in the table; it is added if it is new.

        `value` has to stay alive as long as this: it is known again by its identity.
        """
        found = self._seen.get(id(value))
        if found is None:
            found = self._seen[id(value)] = self._added(self._row(value))
        return found

    def _added(self, row: tuple[Any, ...]) -> int:
        found = self._places.get(row)
        if found is None:
            found = self._places[row] = self._first + len(self._rows)
            self._depths.append(1 if row[0] in _OF_TEXT else 1 + self._deepest(row[1:]))
            self._rows.append(row)
        return found

    def _deepest(self, places: Iterable[int]) -> int:
        first, depths = self._first, self._depths
        return max((depths[place - first] for place in places if place >= first), default=0)

    def _row(self, value: object) -> tuple[Any, ...]:
        """What a value is made of: a text, or the places of other values."""
        write = _WRITERS.get(type(value))
        if write is not None:
            return write(value)
        parts = _PARTS.get(type(value))
        if parts is not None:
            return type(value).__name__, *map(self.place, parts(value))
        return self._several(value)

    def _several(self, value: object) -> tuple[Any, ...]:
        match value:
            case str():
                return "text", str(value)
            case tuple():
                return "tuple", *map(self.place, value)
            case frozenset():
                return "set", *map(self.place, sorted(value))
            case Mapping():
                return "map", *(self.place(part) for pair in value.items() for part in pair)
            case _:
                raise TypeError(type(value).__name__)

    def runs(self) -> list[_Run]:
        """The table in runs, deeper values behind those they are made of."""
        depths, rows = self._depths, self._rows
        order = sorted(range(len(rows)), key=lambda n: (depths[n], rows[n][0], n))
        moved = {self._first + n: self._first + place for place, n in enumerate(order)}
        return [
            [name, _run(name, [rows[n][1:] for n in run], moved)]
            for (_, name), run in groupby(order, key=lambda n: (depths[n], rows[n][0]))
        ]


def _parts(cls: type[Any]) -> Callable[[Any], Iterable[object]]:
    """How the values of the fields of an instance are read, all at once."""
    names = [f.name for f in fields(cls)]
    if len(names) == 1:
        return lambda value: (getattr(value, names[0]),)
    return attrgetter(*names)


def _run(name: str, rows: list[tuple[Any, ...]], moved: Mapping[int, int]) -> _Run:
    """The contents of a run; `moved`: where the values of the table have gone."""
    if name in _OF_TEXT:
        return [text for (text,) in rows]
    placed = [[moved.get(place, place) for place in row] for row in rows]
    return [*zip(*placed, strict=True)] if name in _RECORDS else placed


def _texts(_: _Values, run: _Run) -> _Run:
    if any(type(text) is not str for text in run):
        raise TypeError
    return run


def _rows(values: _Values, run: _Run) -> Iterable[Iterable[object]]:
    """The values of which those of a run are made."""
    if any(row and min(row) < 0 for row in run):
        raise IndexError
    return (map(values.__getitem__, row) for row in run)


def _maps(values: _Values, run: _Run) -> list[object]:
    rows = map(list, _rows(values, run))
    pairs = (zip(row[::2], row[1::2], strict=True) for row in rows)
    return [MappingProxyType(dict(pair)) for pair in pairs]


def _records(cls: type[Any]) -> Callable[[_Values, _Run], list[object]]:
    """Read instances of a class from one list for each field.

    Their slots are filled as `__init__` would, for all instances at once, in a third of the time.
    """
    slots = [cls.__dict__[f.name].__set__ for f in fields(cls)]

    def made(values: _Values, run: _Run) -> list[object]:
        (count,) = {len(column) for column in run}
        found: list[object] = [object.__new__(cls) for _ in range(count)]
        for fill, column in zip(slots, _rows(values, run), strict=True):
            deque(map(fill, found, column), maxlen=0)
        return found

    return made


def _of_text(make: Callable[[str], object]) -> Callable[[_Values, _Run], list[object]]:
    return lambda values, run: [*map(make, _texts(values, run))]


_PARTS: Final[Mapping[type[Any], Callable[[Any], Iterable[object]]]] = {
    c: _parts(c) for c in CLASSES if is_dataclass(c)
}
_WRITERS: Final[Mapping[type[Any], Callable[[Any], tuple[str, str]]]] = {
    type(None): lambda _: ("constant", "None"),
    bool: lambda value: ("constant", str(value)),
    str: lambda value: ("text", value),
    int: lambda value: ("int", str(value)),
    Decimal: lambda value: ("Decimal", str(value)),
    **{c: lambda value: (type(value).__name__, value.isoformat()) for c in (datetime, date, time)},
    type(Path()): lambda value: ("path", str(value)),
    **{c: lambda v: (type(v).__name__, v.value) for c in CLASSES if issubclass(c, Enum)},
}
_RECORDS: Final = {c.__name__: _records(c) for c in CLASSES if is_dataclass(c)}
_OF_TEXT: Final = {
    "constant": _of_text({"None": None, "True": True, "False": False}.__getitem__),
    "text": _texts,
    "int": _of_text(int),
    "Decimal": _of_text(Decimal),
    "datetime": _of_text(datetime.fromisoformat),
    "date": _of_text(date.fromisoformat),
    "time": _of_text(time.fromisoformat),
    "path": _of_text(Path),
    **{c.__name__: _of_text(c) for c in CLASSES if not is_dataclass(c)},
}
_MAKERS: Final[dict[str, Callable[[_Values, _Run], list[object]]]] = {
    **_OF_TEXT,
    **_RECORDS,
    "tuple": lambda values, run: [tuple(row) for row in _rows(values, run)],
    "set": lambda values, run: [frozenset(row) for row in _rows(values, run)],
    "map": _maps,
}
