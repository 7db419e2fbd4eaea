"""Values put to shapes: one walk refuses what is not listed and notes what the rest holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from policy_router.wire.inline import Inline
from policy_router.wire.json_strict import sayable
from policy_router.wire.media import TOKENS, modality_of
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.schema_refs import refers_elsewhere
from policy_router.wire.shapes import (
    BY_TYPE,
    Choice,
    Either,
    Flag,
    Free,
    Inert,
    Left,
    Many,
    Never,
    Number,
    Record,
    Shape,
    Spelled,
    Table,
    Tagged,
    any_text,
)

Place = str | tuple["Place", str | int]
"""Where a value is, in published names and positions only; put into words where it is refused."""


@dataclass(slots=True)
class Noted:
    """What is seen in a value on the way through it.

    `inlines`: what tokens in it stand for; `media`: those of them that stand where content in
    base64 does. `held`: the modalities of what is no text, and `TOKENS`. `left`: names that are to
    be left out, each with the record they may stand in.
    """

    inlines: Mapping[str, Inline] = field(default_factory=dict)
    media: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    left: list[tuple[dict[str, Any], frozenset[str]]] = field(default_factory=list)

    def leave_out(self) -> None:
        """Take out what is to be left out."""
        for record, names in self.left:
            for name in names:
                record.pop(name, None)


Check = Callable[[Any, Place, Noted], None]
"""Refuses a value unless it has a shape, and notes what it holds."""


def check_of(shape: Shape) -> Check:
    """The check of values of `shape`; in a record null stands for absent.

    It is made once for a shape, as bodies have thousands of values.
    """
    return _MAKES[type(shape)](shape)


def _inert(_: Inert) -> Check:
    def check(value: Any, place: Place, _: Noted) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(value, str):
            raise _unlike(place, "text")

    return check


def _free(shape: Free) -> Check:
    def check(value: Any, place: Place, _: Noted) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(value, dict):
            raise _unlike(place, "an object")
        if shape.schema and refers_elsewhere(value):
            raise _danger(_ELSEWHERE, place)

    return check


_ELSEWHERE: Final = Never(
    RefusalCode.THIRD_PARTY,
    "refers to a schema elsewhere, which whoever checks by it may fetch",
    "put all of it under `$defs` and refer to that by `#/$defs/...`; of `$schema` the addresses of "
    "draft-06, draft-07, 2019-09 and 2020-12 at json-schema.org are known",
)


def _flag(shape: Flag) -> Check:
    def check(value: Any, place: Place, _: Noted) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(value, bool):
            raise _unlike(place, "true or false")
        if shape.otherwise is not None and value is not shape.only:
            raise _danger(shape.otherwise, place)

    return check


def _never(shape: Never) -> Check:
    def check(_: Any, place: Place, __: Noted) -> None:  # noqa: ANN401 - any JSON
        raise _danger(shape, place)

    return check


def _left(shape: Left) -> Check:
    def check(_: Any, place: Place, __: Noted) -> None:  # noqa: ANN401 - any JSON
        if shape.otherwise is not None:
            raise _danger(shape.otherwise, place)

    return check


def _number(shape: Number) -> Check:
    kinds = (int,) if shape.whole else (int, float)

    def check(value: Any, place: Place, noted: Noted) -> None:  # noqa: ANN401 - any JSON
        if type(value) not in kinds:
            raise _unlike(place, "a whole number" if shape.whole else "a number")
        if shape.least is not None and value < shape.least:
            raise _unlike(place, f"{shape.least} or more")
        if shape.most is not None and value > shape.most:
            raise _unlike(place, f"{shape.most} or less")
        if shape.token:
            noted.held.add(TOKENS)

    return check


def _choice(shape: Choice) -> Check:
    def check(value: Any, place: Place, _: Noted) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(value, str) or value not in shape.values:
            raise _unspoken(shape, value, place, _listed(shape.values))

    return check


def _spelled(shape: Spelled) -> Check:
    matches, medium = shape.pattern.fullmatch, shape.medium
    in_bytes, of = re.compile(shape.pattern.pattern.encode()), shape.of

    def check(value: Any, place: Place, noted: Noted) -> None:  # noqa: ANN401 - any JSON
        inline = noted.inlines.get(value) if noted.inlines and type(value) is str else None
        if inline is not None and of is not None and inline.matches(in_bytes, of):
            noted.media.add(value)
        elif not isinstance(value, str) or matches(value) is None:
            raise _unspoken(shape, value, place, shape.meaning)
        if medium is not None:
            noted.held.add(modality_of(value) if medium == BY_TYPE else medium)

    return check


_WHOLE: Final = frozenset({int})


def _many(shape: Many) -> Check:
    item, plain = check_of(shape.item), any_text(shape.item)
    number = shape.item.number if isinstance(shape.item, Either) else shape.item
    numbers = isinstance(number, Number)

    def check(value: Any, place: Place, noted: Noted) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(value, list):
            raise _unlike(place, "a list")
        if numbers and set(map(type, value)) == _WHOLE:
            item(min(value), place, noted)  # of thousands of them each is between these two
            item(max(value), place, noted)
            return
        for position, member in enumerate(value):
            if not (plain and type(member) is str):
                item(member, (place, position), noted)

    return check


def _either(shape: Either) -> Check:
    text, nested = check_of(shape.text), check_of(shape.nested)
    number = nested if shape.number is None else check_of(shape.number)

    def check(value: Any, place: Place, noted: Noted) -> None:  # noqa: ANN401 - any JSON
        if isinstance(value, str):
            text(value, place, noted)
        elif isinstance(value, int | float):
            number(value, place, noted)
        else:
            nested(value, place, noted)

    return check


def _table(shape: Table) -> Check:
    inner, matches = check_of(shape.value), shape.name.fullmatch

    def check(value: Any, place: Place, noted: Noted) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(value, dict):
            raise _unlike(place, "an object")
        for name, member in value.items():
            if not matches(name):
                raise _unclassified(place, name)
            inner(member, (place, name), noted)

    return check


def _record(shape: Record) -> Check:
    fields = {name: check_of(inner) for name, inner in shape.fields.items()}
    plain = frozenset(name for name, inner in shape.fields.items() if any_text(inner))
    left = frozenset(name for name, inner in shape.fields.items() if isinstance(inner, Left))
    required = shape.required

    def check(value: Any, place: Place, noted: Noted) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(value, dict):
            raise _unlike(place, "an object")
        for name, member in value.items():
            if type(member) is str and name in plain:
                continue
            inner = fields.get(name)
            if inner is None:
                raise _unclassified(place, name)
            if member is not None:
                inner(member, (place, name), noted)
        for name in required:
            if value.get(name) is None:
                raise _missing(place, min(n for n in required if value.get(n) is None))
        if left and not left.isdisjoint(value):
            noted.left.append((value, left))

    return check


def _tagged(shape: Tagged) -> Check:
    tag, default = shape.tag, shape.default
    variants = {name: check_of(variant) for name, variant in shape.variants.items()}

    def check(value: Any, place: Place, noted: Noted) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(value, dict):
            raise _unlike(place, "an object")
        said = value.get(tag, default)
        variant = variants.get(said) if isinstance(said, str) else None
        if variant is None:
            raise Refused(
                RefusalCode.NOT_CLASSIFIED,
                f"no policy has looked at what `{_said((place, tag))}` says",
                f"known are: {_listed(variants)}",
                _said(place),
            )
        variant(value, place, noted)

    return check


_MAKES: Final[Mapping[type[Shape], Callable[[Any], Check]]] = {
    Inert: _inert,
    Free: _free,
    Left: _left,
    Choice: _choice,
    Spelled: _spelled,
    Number: _number,
    Flag: _flag,
    Never: _never,
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


def _unspoken(shape: Choice | Spelled, value: Any, place: Place, wanted: str) -> Refused:  # noqa: ANN401 - any JSON
    if isinstance(value, str) and shape.otherwise is not None:
        return _danger(shape.otherwise, place)
    return _unlike(place, wanted)


def _missing(place: Place, name: str) -> Refused:
    where = _said((place, name))
    return _invalid(where, f"`{where}` is missing")


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
