"""Facts of the domain as plain data and back: numbers, texts and lists, nothing that can run.

Every distinct value is written once, in a table, and referred to by its place there; what a value
is made of comes before it. Only the classes named here can be read back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from policy_router.domain.claim import (
    Basis,
    Claim,
    Evidence,
    Listing,
    Members,
    SourceKind,
    Validity,
)
from policy_router.domain.diagnostic import Span
from policy_router.domain.price import PriceTable, PriceTier, Window
from policy_router.domain.registry import Registry
from policy_router.domain.route import (
    Gateway,
    GatewayType,
    KeySource,
    LifecycleEvent,
    Model,
    Provider,
    Route,
)
from policy_router.domain.territory import (
    Adequacy,
    Confirmation,
    Membership,
    Scope,
    Suspension,
    Territory,
)
from policy_router.domain.vocabulary import Regime

CLASSES: Final[tuple[type[Any], ...]] = (
    *(Adequacy, Claim, Evidence, Gateway, KeySource, LifecycleEvent, Listing, Members, Membership),
    *(
        Model,
        PriceTable,
        PriceTier,
        Provider,
        Registry,
        Route,
        Span,
        Suspension,
        Territory,
        Validity,
        Window,
    ),
    *(Basis, Confirmation, GatewayType, Regime, Scope, SourceKind),
)
_LEAVES: Final = {
    type(None): "constant",
    bool: "constant",
    str: "text",
    int: "int",
    Decimal: "decimal",
}
_KNOWN: Final = {cls.__name__: cls for cls in CLASSES}


class NotPlain(ValueError):
    """Text that is not what `packed` wrote."""


def layout() -> str:
    """What the classes look like: text that changes when what is written could not be read."""
    parts = []
    for cls in CLASSES:
        names = [f.name for f in fields(cls)] if is_dataclass(cls) else [str(m) for m in cls]
        parts.append(f"{cls.__name__}({','.join(names)})")
    return ";".join(parts)


def packed(value: object) -> str:
    """`value` as text. Raises `TypeError` if it holds what no class named here does."""
    packing = _Packing()
    packing.place(value)
    return json.dumps(packing.table, separators=(",", ":"), ensure_ascii=True)


class _Packing:
    """A table while it is being filled. Equal values of different types are told apart."""

    def __init__(self) -> None:
        self.table: list[list[object]] = []
        self._places: dict[tuple[str, object], int] = {}

    def place(self, value: object) -> int:
        """The place of a value in the table; it is added if it is new."""
        row = self._row(value)
        key = (str(row[0]), tuple(row[1:]))
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = len(self.table)
            self.table.append(row)
        return found

    def _row(self, value: object) -> list[object]:
        match value:
            case Enum():
                return [type(value).__name__, str(value.value)]
            case None | bool() | str() | int() | Decimal():
                return [_LEAVES[type(value)], str(value)]
            case datetime() | date() | time():
                return [type(value).__name__, value.isoformat()]
            case _:
                return self._whole(value)

    def _whole(self, value: object) -> list[object]:
        """What is made of other values."""
        match value:
            case tuple():
                return ["tuple", *map(self.place, value)]
            case frozenset():
                return ["set", *map(self.place, sorted(value))]
            case Mapping():
                return ["map", *(self.place(part) for pair in value.items() for part in pair)]
            case _ if is_dataclass(value) and type(value) in CLASSES:
                parts = (getattr(value, f.name) for f in fields(value))
                return [type(value).__name__, *map(self.place, parts)]
            case _:
                raise TypeError(type(value).__name__)


def unpacked(text: str) -> object:
    """The value that `packed` wrote. Raises `NotPlain` if the text is anything else."""
    try:
        table = json.loads(text)
        found: list[object] = []
        for row in table:
            found.append(_MAKERS[row[0]](found, row))
        return found[-1]
    except (ArithmeticError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise NotPlain(str(error)) from error


def _constant(_: Sequence[object], row: list[str]) -> object:
    return {"None": None, "True": True, "False": False}[row[1]]


def _text(_: Sequence[object], row: list[str]) -> str:
    if not isinstance(row[1], str):
        raise TypeError(row[0])
    return row[1]


def _parts(found: Sequence[object], row: list[int]) -> list[object]:
    places = row[1:]
    if places and min(places) < 0:
        raise IndexError(row[0])
    return [found[place] for place in places]


def _map(found: Sequence[object], row: list[int]) -> Mapping[object, object]:
    parts = _parts(found, row)
    return MappingProxyType(dict(zip(parts[::2], parts[1::2], strict=True)))


def _maker(cls: type[Any]) -> Callable[[Sequence[object], Any], object]:
    if is_dataclass(cls):
        return lambda found, row: cls(*_parts(found, row))
    return lambda _, row: cls(row[1])


_MAKERS: Final[dict[str, Callable[[Sequence[object], Any], object]]] = {
    "constant": _constant,
    "text": _text,
    "int": lambda _, row: int(_text(_, row)),
    "decimal": lambda _, row: Decimal(_text(_, row)),
    "datetime": lambda _, row: datetime.fromisoformat(row[1]),
    "date": lambda _, row: date.fromisoformat(row[1]),
    "time": lambda _, row: time.fromisoformat(row[1]),
    "tuple": lambda found, row: tuple(_parts(found, row)),
    "set": lambda found, row: frozenset(_parts(found, row)),
    "map": _map,
    **{name: _maker(cls) for name, cls in _KNOWN.items()},
}
