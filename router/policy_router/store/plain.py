"""Values of the domain as plain data and back: numbers, texts and lists, nothing that can run.

Every distinct value has a place in a table, after those it is made of. What is written are runs
of values of one class that lie side by side, so that a whole run is read at once. A text may go on
from values that are known already: it refers to their places and does not write them again.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from itertools import chain, count
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

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
_Row = str | tuple[int, ...]
"""A text, or places in the table."""


class NotPlain(ValueError):
    """Text that is not what `packed` wrote."""


class Table(NamedTuple):
    """A value as text, and all that it is made of, in order of their places; itself last.

    Of values that are equal one has the place of them all.
    """

    text: str
    values: _Values


def table(value: object, known: _Values = ()) -> Table:
    """`value` as a table that goes on from the values `known`, found again by what they *are*.

    Raises `TypeError` if it holds what no class named here does.
    """
    packing = _Packing(known)
    packing.add(value)
    text = json.dumps(packing.runs, separators=(",", ":"), ensure_ascii=True)
    return Table(text, packing.values)


def packed(value: object, known: _Values = ()) -> str:
    """The text of a table."""
    return table(value, known).text


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


_Layer = list[tuple["_Form", Mapping[int, object]]]
"""Values by their identity, in parts of which each is written alike."""


class _Packing:
    """A table while it is being filled. Equal values of different types are told apart."""

    def __init__(self, known: _Values) -> None:
        self.runs: list[_Run] = []
        self.values = [*known]
        self._at = {id(value): place for place, value in enumerate(known)}
        self._places: dict[str, dict[_Row, int]] = {}

    def add(self, value: object) -> None:
        """Add a value after all that it is made of.

        It has to stay alive as long as this: what it is made of is known again by its identity.
        """
        for layer in reversed(self._layers(value)):
            for form, each in layer:
                values = [v for i, v in each.items() if i not in self._at]
                if values:
                    self._add_run(form, values)

    def _layers(self, value: object) -> list[_Layer]:
        """`value`, what it is made of, what that is made of, and so on.

        What lies in several of these is made of nothing that does not lie in a later one, too.
        """
        layers: list[_Layer] = []
        layer = {id(value): value}
        while layer:
            layers.append(_by_form(layer))
            parts = [*chain.from_iterable(form.inside(each.values()) for form, each in layers[-1])]
            layer = dict(zip(map(id, parts), parts, strict=True))
            for known in layer.keys() & self._at:
                del layer[known]
        return layers

    def _add_run(self, form: _Form, values: Sequence[object]) -> None:
        """Add values of one class, of which equal ones may have been added before."""
        rows = form.rows(values, self._at)
        places = self._places.setdefault(form.name, {})
        found = dict(zip(rows, values, strict=True))
        new = [row for row in found if row not in places]
        places.update(zip(new, count(len(self.values))))
        self.values += map(found.__getitem__, new)
        self._at.update(zip(map(id, values), map(places.__getitem__, rows), strict=True))
        if new:
            self.runs.append([form.name, form.written(new)])


class _Form:
    """How values of a class are written: here as text."""

    def __init__(self, name: str, write: Callable[[Any], Any]) -> None:
        self.name = name
        self._write = write

    def inside(self, values: Iterable[object]) -> Iterable[object]:
        """What such values are made of."""
        del values
        return ()

    def rows(self, values: Iterable[object], at: Mapping[int, int]) -> list[_Row]:
        """What tells each from others of its class; `at`: places of what they are made of."""
        del at
        return [*map(self._write, values)]

    def written(self, rows: list[_Row]) -> list[Any]:
        """Such rows as they stand in a run."""
        return rows


class _Several(_Form):
    """Values that are written as the places of other values."""

    def inside(self, values: Iterable[object]) -> Iterable[object]:
        return chain.from_iterable(map(self._write, values))

    def rows(self, values: Iterable[object], at: Mapping[int, int]) -> list[_Row]:
        return [tuple(map(at.__getitem__, map(id, self._write(value)))) for value in values]


class _Record(_Several):
    """Instances of a class, written as one list of places for each field."""

    def rows(self, values: Iterable[object], at: Mapping[int, int]) -> list[_Row]:
        columns = zip(*map(self._write, values), strict=True)
        return [*zip(*(map(at.__getitem__, map(id, column)) for column in columns), strict=True)]

    def written(self, rows: list[_Row]) -> list[Any]:
        return [*zip(*rows, strict=True)]


def _by_form(values: Mapping[int, object]) -> _Layer:
    """Values by their identity, those apart that are written in different ways."""
    found: dict[type, dict[int, object]] = defaultdict(dict)
    for i, value in values.items():
        found[type(value)][i] = value
    return [(_form(cls), each) for cls, each in found.items()]


def _form(cls: type) -> _Form:
    """How values of a class are written; those of a class that is nobody's name as of its base."""
    form = _FORMS.get(cls) or next((f for c, f in _BASES.items() if issubclass(cls, c)), None)
    if form is None:
        raise TypeError(cls.__name__)
    return form


def _parts(cls: type[Any]) -> Callable[[Any], Iterable[object]]:
    """How the values of the fields of an instance are read, all at once."""
    names = [f.name for f in fields(cls)]
    if len(names) == 1:
        return lambda value: (getattr(value, names[0]),)
    return attrgetter(*names)


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


_BASES: Final[Mapping[type, _Form]] = {
    tuple: _Several("tuple", iter),
    str: _Form("text", str),
    frozenset: _Several("set", sorted),
    Mapping: _Several("map", lambda value: chain.from_iterable(value.items())),
}
_FORMS: Final[Mapping[type, _Form]] = {
    **_BASES,
    **dict.fromkeys((type(None), bool), _Form("constant", str)),
    **{c: _Form(c.__name__, str) for c in (int, Decimal)},
    **{c: _Form(c.__name__, c.isoformat) for c in (datetime, date, time)},
    type(Path()): _Form("path", str),
    **{c: _Record(c.__name__, _parts(c)) for c in CLASSES if is_dataclass(c)},
    **{c: _Form(c.__name__, attrgetter("value")) for c in CLASSES if issubclass(c, Enum)},
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
