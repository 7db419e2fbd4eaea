"""Shapes of JSON: what an operation may say, place by place. What is not listed is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from policy_router.wire.json_strict import sayable
from policy_router.wire.refusal import RefusalCode, Refused


@dataclass(frozen=True, slots=True)
class Inert:
    """Any text. `why` says why no text here can choose who gets the call or what is kept."""

    why: str


@dataclass(frozen=True, slots=True)
class Free:
    """Any JSON object. `why` as in `Inert`."""

    why: str


@dataclass(frozen=True, slots=True)
class Never:
    """What must not be said: `code` says which danger, `why` what it would do."""

    code: RefusalCode
    why: str
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these texts; `otherwise`: the danger in all others, if it is one."""

    values: frozenset[str]
    otherwise: Never | None = None


@dataclass(frozen=True, slots=True)
class Spelled:
    """Text of a strict form: `pattern` matches all of it, `meaning` names it; `why` as above."""

    pattern: re.Pattern[str]
    meaning: str
    why: str
    otherwise: Never | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number; `whole`: without a fraction. `least`, `most`: bounds, themselves allowed."""

    whole: bool = False
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false; `only`: and the other is the danger `otherwise`."""

    only: bool | None = None
    otherwise: Never | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    item: Shape


@dataclass(frozen=True, slots=True)
class Table:
    """An object whose names all match `name`, with values of one shape."""

    name: re.Pattern[str]
    value: Shape


@dataclass(frozen=True, slots=True)
class Record:
    """An object with these names and no others; `required` must be there."""

    fields: Mapping[str, Shape]
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tagged:
    """An object whose shape depends on the value of its name `tag`; `default`: without it."""

    tag: str
    variants: Mapping[str, Record | Never]
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Either:
    """Text of one shape, or a list or object of another; `number`: or a number."""

    text: Inert | Choice | Spelled
    nested: Many | Record | Tagged | Free
    number: Number | None = None


Leaf = Inert | Free | Choice | Spelled | Number | Flag | Never
Nest = Many | Table | Record | Tagged | Either
Shape = Leaf | Nest


def check(shape: Shape, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON
    """Refuse `value` unless it has `shape`; in a record null stands for absent.

    `path` says where the value is, in published names and positions only.
    """
    _CHECKS[type(shape)](shape, value, path)


def chosen(shape: Either, value: Any) -> Shape:  # noqa: ANN401 - any JSON
    """The shape that `value` is to have."""
    if isinstance(value, str):
        return shape.text
    if shape.number is not None and isinstance(value, int | float):
        return shape.number
    return shape.nested


def _inert(_: Inert, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON
    _expect(isinstance(value, str), path, "text")


def _free(_: Free, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON
    _expect(isinstance(value, dict), path, "an object")


def _flag(shape: Flag, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON
    _expect(isinstance(value, bool), path, "true or false")
    if shape.otherwise is not None and value is not shape.only:
        _never(shape.otherwise, path)


def _refuse(shape: Never, _: Any, path: str) -> None:  # noqa: ANN401 - any JSON
    _never(shape, path)


def _number(shape: Number, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON
    kinds = (int,) if shape.whole else (int, float)
    if type(value) not in kinds:
        _expect(False, path, "a whole number" if shape.whole else "a number")
    if shape.least is not None and value < shape.least:
        _expect(False, path, f"{shape.least} or more")
    if shape.most is not None and value > shape.most:
        _expect(False, path, f"{shape.most} or less")


def _text(shape: Choice | Spelled, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON
    if isinstance(value, str) and _is_among(shape, value):
        return
    if isinstance(value, str) and shape.otherwise is not None:
        _never(shape.otherwise, path)
    _expect(False, path, _listed(shape.values) if isinstance(shape, Choice) else shape.meaning)


def _is_among(shape: Choice | Spelled, value: str) -> bool:
    if isinstance(shape, Choice):
        return value in shape.values
    return shape.pattern.fullmatch(value) is not None


def _many(shape: Many, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON
    _expect(isinstance(value, list), path, "a list")
    for position, member in enumerate(value):
        check(shape.item, member, f"{path}[{position}]")


def _either(shape: Either, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON
    check(chosen(shape, value), value, path)


def _table(shape: Table, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON
    _expect(isinstance(value, dict), path, "an object")
    for name, member in value.items():
        if not shape.name.fullmatch(name):
            raise _unclassified(path, name)
        check(shape.value, member, f"{path}.{name}")


def _record(shape: Record, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON
    _expect(isinstance(value, dict), path, "an object")
    for name, member in value.items():
        field = shape.fields.get(name)
        if field is None:
            raise _unclassified(path, name)
        if member is not None:
            check(field, member, _under(path, name))
    for name in sorted(shape.required):
        if value.get(name) is None:
            raise _invalid(_under(path, name), f"`{_under(path, name)}` is missing")


def _tagged(shape: Tagged, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON
    _expect(isinstance(value, dict), path, "an object")
    said = value.get(shape.tag, shape.default)
    variant = shape.variants.get(said) if isinstance(said, str) else None
    if variant is None:
        raise Refused(
            RefusalCode.NOT_CLASSIFIED,
            f"no policy has looked at what `{_under(path, shape.tag)}` says",
            f"known are: {_listed(shape.variants)}",
            path,
        )
    check(variant, value, path)


# A table, as bodies have thousands of values, and one kind after the other takes twice as long.
_CHECKS: Final[Mapping[type[Shape], Callable[[Any, Any, str], None]]] = {
    Inert: _inert,
    Free: _free,
    Choice: _text,
    Spelled: _text,
    Number: _number,
    Flag: _flag,
    Never: _refuse,
    Many: _many,
    Table: _table,
    Record: _record,
    Tagged: _tagged,
    Either: _either,
}


def _never(shape: Never, path: str) -> NoReturn:
    raise Refused(shape.code, f"`{path}` {shape.why}", shape.advice or f"leave out `{path}`", path)


def _unclassified(path: str, name: str) -> Refused:
    where = f" in `{path}`" if path else ""
    return Refused(
        RefusalCode.NOT_CLASSIFIED,
        f"no policy has looked at {sayable(name)}{where}",
        "leave it out: what is not known to be harmless is not sent",
        path,
    )


def _expect(holds: object, path: str, wanted: str) -> None:
    if not holds:
        raise _invalid(path, f"`{path or 'the body'}` must be {wanted}")


def _invalid(path: str, message: str) -> Refused:
    return Refused(RefusalCode.INVALID_PARAMETER, message, parameter=path)


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _listed(values: Sequence[str] | frozenset[str] | Mapping[str, object]) -> str:
    return ", ".join(f"`{value}`" for value in sorted(values))
