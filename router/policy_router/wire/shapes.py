"""Shapes of JSON: what an operation may say, place by place. What is not listed is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from policy_router.wire.json_strict import sayable
from policy_router.wire.refusal import RefusalCode, Refused

BY_TYPE: Final = "by its media type"
"""Of which modality content is, where its media type says so."""


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
class Left:
    """Anything, which is left out of what is sent. `why` says why nobody misses it.

    `otherwise`: the danger in it unless it is null, where there is one.
    """

    why: str
    otherwise: Never | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these texts; `otherwise`: the danger in all others, if it is one."""

    values: frozenset[str]
    otherwise: Never | None = None


@dataclass(frozen=True, slots=True)
class Spelled:
    """Text of a strict form: `pattern` matches all of it, `meaning` names it; `why` as above.

    `medium`: the modality of what stands there, if it is content that is no text; `BY_TYPE` where
    the text is the media type of content beside it.
    """

    pattern: re.Pattern[str]
    meaning: str
    why: str
    otherwise: Never | None = None
    medium: str | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number; `whole`: without a fraction. `least`, `most`: bounds, themselves allowed.

    `token`: whether it stands for a part of a text.
    """

    whole: bool = False
    least: int | None = None
    most: int | None = None
    token: bool = False


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


Leaf = Inert | Free | Left | Choice | Spelled | Number | Flag | Never
Nest = Many | Table | Record | Tagged | Either
Shape = Leaf | Nest


Place = str | tuple["Place", str | int]
"""Where a value is, in published names and positions only; put into words where it is refused."""


def check(shape: Shape, value: Any, path: Place) -> None:  # noqa: ANN401 - any JSON
    """Refuse `value` unless it has `shape`; in a record null stands for absent."""
    _CHECKS[type(shape)](shape, value, path)


def chosen(shape: Either, value: Any) -> Shape:  # noqa: ANN401 - any JSON
    """The shape that `value` is to have."""
    if isinstance(value, str):
        return shape.text
    if shape.number is not None and isinstance(value, int | float):
        return shape.number
    return shape.nested


def _inert(_: Inert, value: Any, place: Place) -> None:  # noqa: ANN401 - any JSON
    if not isinstance(value, str):
        raise _unlike(place, "text")


def _free(_: Free, value: Any, place: Place) -> None:  # noqa: ANN401 - any JSON
    if not isinstance(value, dict):
        raise _unlike(place, "an object")


def _flag(shape: Flag, value: Any, place: Place) -> None:  # noqa: ANN401 - any JSON
    if not isinstance(value, bool):
        raise _unlike(place, "true or false")
    if shape.otherwise is not None and value is not shape.only:
        raise _danger(shape.otherwise, place)


def _refuse(shape: Never, _: Any, place: Place) -> None:  # noqa: ANN401 - any JSON
    raise _danger(shape, place)


def _left(shape: Left, _: Any, place: Place) -> None:  # noqa: ANN401 - any JSON
    if shape.otherwise is not None:
        raise _danger(shape.otherwise, place)


def _number(shape: Number, value: Any, place: Place) -> None:  # noqa: ANN401 - any JSON
    kinds = (int,) if shape.whole else (int, float)
    if type(value) not in kinds:
        raise _unlike(place, "a whole number" if shape.whole else "a number")
    if shape.least is not None and value < shape.least:
        raise _unlike(place, f"{shape.least} or more")
    if shape.most is not None and value > shape.most:
        raise _unlike(place, f"{shape.most} or less")


def _text(shape: Choice | Spelled, value: Any, place: Place) -> None:  # noqa: ANN401 - any JSON
    if isinstance(value, str) and _is_among(shape, value):
        return
    if isinstance(value, str) and shape.otherwise is not None:
        raise _danger(shape.otherwise, place)
    raise _unlike(place, _listed(shape.values) if isinstance(shape, Choice) else shape.meaning)


def _is_among(shape: Choice | Spelled, value: str) -> bool:
    if isinstance(shape, Choice):
        return value in shape.values
    return shape.pattern.fullmatch(value) is not None


def _many(shape: Many, value: Any, place: Place) -> None:  # noqa: ANN401 - any JSON
    if not isinstance(value, list):
        raise _unlike(place, "a list")
    item = shape.item
    check_item = _CHECKS[type(item)]
    for position, member in enumerate(value):
        check_item(item, member, (place, position))


def _either(shape: Either, value: Any, place: Place) -> None:  # noqa: ANN401 - any JSON
    check(chosen(shape, value), value, place)


def _table(shape: Table, value: Any, place: Place) -> None:  # noqa: ANN401 - any JSON
    if not isinstance(value, dict):
        raise _unlike(place, "an object")
    for name, member in value.items():
        if not shape.name.fullmatch(name):
            raise _unclassified(place, name)
        check(shape.value, member, (place, name))


def _record(shape: Record, value: Any, place: Place) -> None:  # noqa: ANN401 - any JSON
    if not isinstance(value, dict):
        raise _unlike(place, "an object")
    fields = shape.fields
    for name, member in value.items():
        field = fields.get(name)
        if field is None:
            raise _unclassified(place, name)
        if member is not None:
            _CHECKS[type(field)](field, member, (place, name))
    missing = [name for name in shape.required if value.get(name) is None]
    if missing:
        where = _said((place, min(missing)))
        raise _invalid(where, f"`{where}` is missing")


def _tagged(shape: Tagged, value: Any, place: Place) -> None:  # noqa: ANN401 - any JSON
    if not isinstance(value, dict):
        raise _unlike(place, "an object")
    said = value.get(shape.tag, shape.default)
    variant = shape.variants.get(said) if isinstance(said, str) else None
    if variant is None:
        raise Refused(
            RefusalCode.NOT_CLASSIFIED,
            f"no policy has looked at what `{_said((place, shape.tag))}` says",
            f"known are: {_listed(shape.variants)}",
            _said(place),
        )
    check(variant, value, place)


# A table, as bodies have thousands of values, and one kind after the other takes twice as long.
_CHECKS: Final[Mapping[type[Shape], Callable[[Any, Any, Place], None]]] = {
    Inert: _inert,
    Free: _free,
    Left: _left,
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


def _said(place: Place) -> str:
    """A place in words: `messages[0].content`."""
    words = ""
    while not isinstance(place, str):
        place, inner = place
        words = f"[{inner}]{words}" if isinstance(inner, int) else f".{inner}{words}"
    return f"{place}{words}" if place else words.removeprefix(".")


def _danger(shape: Never, place: Place) -> Refused:
    path = _said(place)
    return Refused(shape.code, f"`{path}` {shape.why}", shape.advice or f"leave out `{path}`", path)


def _unclassified(place: Place, name: str) -> Refused:
    path = _said(place)
    where = f" in `{path}`" if path else ""
    return Refused(
        RefusalCode.NOT_CLASSIFIED,
        f"no policy has looked at {sayable(name)}{where}",
        "leave it out: what is not known to be harmless is not sent",
        path,
    )


def _unlike(place: Place, wanted: str) -> Refused:
    path = _said(place)
    return _invalid(path, f"`{path or 'the body'}` must be {wanted}")


def _invalid(path: str, message: str) -> Refused:
    return Refused(RefusalCode.INVALID_PARAMETER, message, parameter=path)


def _listed(values: Sequence[str] | frozenset[str] | Mapping[str, object]) -> str:
    return ", ".join(f"`{value}`" for value in sorted(values))
