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
    *(detection.Detection, organisation.Enforcement, organisation.Serving),
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
_Row = tuple[Any, ...]
"""The name of a class, and a text or places in the table."""


class NotPlain(ValueError):
    """Text that is not what `packed` wrote."""


def packed(value: object, known: _Values = ()) -> str:
    """`value` as text that goes on from the values `known`, found again by what they *are*.

    Raises `TypeError` if it holds what no class named here does.
    """
    packing = _Packing(known)
    packing.places((value,))
    return json.dumps(packing.runs(), separators=(",", ":"), ensure_ascii=True)


def unpacked(text: str, known: _Values = ()) -> list[object]:
    """The values `known` and those that `packed` wrote, the value itself last.

    Raises `NotPlain` if the text is anything else. That the values are of the classes which their
    fields name is for `Shapes` to say.
    """
    try:
        values = [*known]
        for name, run in json.loads(text):
            values += _MAKERS[name](values, run)
    except Exception as error:
        raise NotPlain(str(error)) from error
    if len(values) == len(known):
        raise NotPlain(text)
    return values


class _Packing:
    """A table while it is being filled. Equal values of different types are told apart."""

    def __init__(self, known: _Values) -> None:
        self._first = len(known)
        self._rows: list[_Row] = []
        self._depths = [0] * len(known)
        self._seen = {id(value): place for place, value in enumerate(known)}
        self._places: dict[_Row, int] = {}

    def places(self, values: Iterable[object]) -> list[int]:
        """The places of values in the table; those that are new are added.

        They have to stay alive as long as this: they are known again by their identity.
        """
        seen = self._seen
        return [seen[i] if (i := id(value)) in seen else self._place(value) for value in values]

    def _place(self, value: object) -> int:
        """The place of a value that was not seen before, though an equal one may have been."""
        cls = type(value)
        if cls in _WRITERS:
            row = _WRITERS[cls](value)
        elif cls in _PARTS:
            row = (cls.__name__, *self.places(_PARTS[cls](value)))
        else:
            row = self._several(value)
        found = self._places.get(row)
        if found is None:
            found = self._added(row)
        self._seen[id(value)] = found
        return found

    def _added(self, row: _Row) -> int:
        found = self._places[row] = len(self._depths)
        of_text = row[0] in _OF_TEXT
        deepest = 0 if of_text else max(map(self._depths.__getitem__, row[1:]), default=0)
        self._depths.append(1 + deepest)
        self._rows.append(row)
        return found

    def _several(self, value: object) -> _Row:
        """What a collection is made of, or text of a class that is nobody's name."""
        match value:
            case tuple():
                return "tuple", *self.places(value)
            case str():
                return "text", str(value)
            case frozenset():
                return "set", *self.places(sorted(value))
            case Mapping():
                return "map", *self.places(part for pair in value.items() for part in pair)
            case _:
                raise TypeError(type(value).__name__)

    def runs(self) -> list[_Run]:
        """The table in runs, deeper values behind those they are made of."""
        first, rows = self._first, self._rows
        of_run: dict[tuple[int, str], list[int]] = {}
        for place, row in enumerate(rows, first):
            of_run.setdefault((self._depths[place], row[0]), []).append(place)
        in_order = sorted(of_run.items())
        moved = [*range(len(self._depths))]
        for new, old in enumerate((place for _, run in in_order for place in run), first):
            moved[old] = new
        return [
            [name, _run(name, [rows[place - first][1:] for place in run], moved)]
            for (_, name), run in in_order
        ]


def _parts(cls: type[Any]) -> Callable[[Any], Iterable[object]]:
    """How the values of the fields of an instance are read, all at once."""
    names = [f.name for f in fields(cls)]
    if len(names) == 1:
        return lambda value: (getattr(value, names[0]),)
    return attrgetter(*names)


def _run(name: str, rows: list[_Row], moved: Sequence[int]) -> _Run:
    """The contents of a run; `moved`: where the values of the table have gone."""
    if name in _OF_TEXT:
        return [text for (text,) in rows]
    placed = [[*map(moved.__getitem__, row)] for row in rows]
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
_WRITERS: Final[Mapping[type[Any], Callable[[Any], _Row]]] = {
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
