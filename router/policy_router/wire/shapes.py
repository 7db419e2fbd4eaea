"""Shapes of JSON: what an operation may say, place by place. What is not listed is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from policy_router.wire.inline import Inline
from policy_router.wire.refusal import RefusalCode

BY_TYPE: Final = "by its media type"
"""Of which modality content is, where its media type says so."""


@dataclass(frozen=True, slots=True)
class Inert:
    """Any text. `why` says why no text here can choose who gets the call or what is kept."""

    why: str


@dataclass(frozen=True, slots=True)
class Free:
    """Any JSON object. `why` as in `Inert`. `schema`: a JSON Schema, all of which stands in it."""

    why: str
    schema: bool = False


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
    the text is the media type of content beside it. `of`: characters, any number of which stand at
    the end, if it may be long; only padding (`=`) may follow them.
    """

    pattern: re.Pattern[str]
    meaning: str
    why: str
    otherwise: Never | None = None
    medium: str | None = None
    of: bytes | None = None


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


def any_text(shape: Shape) -> bool:
    """Whether any text at all has `shape`, and is language: most of a body is such."""
    return isinstance(shape, Inert) or (isinstance(shape, Either) and any_text(shape.text))


def chosen(shape: Either, value: Any) -> Shape:  # noqa: ANN401 - any JSON
    """The shape that `value` is to have."""
    if type(value) is str or isinstance(value, Inline):
        return shape.text
    if shape.number is not None and isinstance(value, int | float):
        return shape.number
    return shape.nested
