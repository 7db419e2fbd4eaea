"""Whether values that were read back are of the classes that their fields name.

Many are looked at side by side, and each only once, as most occur in many places: that takes a
fraction of the time of looking at one after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import is_dataclass
from functools import cache
from itertools import chain
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

_STANDS_FOR: Final[Mapping[Any, Any]] = {
    None: NoneType,
    Path: type(Path()),
    Mapping: MappingProxyType,
}
"""The class that a value has where a field names another."""


class Shapes:
    """Looks at values; what was found to be right once is not looked at again."""

    def __init__(self) -> None:
        self._seen: dict[Any, dict[int, object]] = {}

    def fit(self, value: object, hint: object) -> bool:
        """Whether `value`, and all that it is made of, is what the type `hint` says."""
        try:
            return self._are_shaped((value,), hint)
        except RecursionError:
            return False

    def _are_shaped(self, values: Iterable[object], hint: object) -> bool:
        allowed, values = _classes(hint), [*values]
        found = set(map(type, values))
        if not found <= allowed.keys():
            return False
        return all(
            self._inside([v for v in values if type(v) is each], each, allowed[each])
            for each in found
            if _is_made_of_others(each)
        )

    def _inside(self, values: Collection[object], of: Any, hint: Any) -> bool:  # noqa: ANN401 - types
        """Whether what is inside these values, all of the class `of`, is what `hint` says."""
        done = self._seen.setdefault(hint, {})
        new = {i: value for value in values if (i := id(value)) not in done}
        done |= new
        columns = _columns(of, get_args(hint), [*new.values()])
        return columns is not None and all(
            self._are_shaped(column, each) for column, each in columns
        )


def _columns(of: Any, inner: Any, values: list[Any]) -> list[tuple[Iterable[object], Any]] | None:  # noqa: ANN401 - types
    """What lies inside values of a class, each part with its type; None if it cannot."""
    if of is MappingProxyType:
        keys, held = chain.from_iterable(values), (value.values() for value in values)
        return [(keys, inner[0]), (chain.from_iterable(held), inner[1])]
    if of is frozenset or (of is tuple and inner[-1] is Ellipsis):
        return [(chain.from_iterable(values), inner[0])]
    if of is tuple:
        if any(len(value) != len(inner) for value in values):
            return None
        return [*zip(zip(*values, strict=True), inner, strict=False)]
    return [(map(attrgetter(name), values), each) for name, each in _fields(of)]


@cache
def _classes(hint: Any) -> Mapping[Any, Any]:  # noqa: ANN401 - types
    """The classes that a type allows, each with the part of the type that says what is inside."""
    options = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    classes = ((get_origin(option) or option, option) for option in options)
    return {_STANDS_FOR.get(each, each): option for each, option in classes}


@cache
def _is_made_of_others(of: type) -> bool:
    return of in {tuple, frozenset, MappingProxyType} or is_dataclass(of)


@cache
def _fields(of: type) -> tuple[tuple[str, object], ...]:
    return tuple(get_type_hints(of).items())
