"""How text becomes text of a certain form, a word of a closed choice, a country or a currency.

A converter takes text (a document's scalar) or what already has the type (a program's value or
JSON's), and raises a refusal that carries the code and the words of its diagnostic.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum
from typing import Annotated, Final, TypeVar

from pydantic import (
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from policy_router.language.country_names import COUNTRY_NAMES
from policy_router.language.grammar.codes import (
    ANYWHERE,
    COUNTRIES,
    CURRENCIES,
    MEANT_COUNTRY,
    ZONES,
)
from policy_router.language.grammar.forms import (
    DOCUMENT_NUMBER,
    ID,
    NO_ADDRESS,
    TAG,
    WEB_PAGE,
)
from policy_router.language.grammar.refusals import refusal, unknown, wrong
from policy_router.language.scalars import readings
from policy_router.language.suggest import nearest
from policy_router.language.text import quoted

T = TypeVar("T")

NAMED: Final = "x-named"
"""Key of a stand-in in a schema: the definition of that name is put in its place."""


class _Written:
    """Annotation: the key may be missing, but where it stands, null is an error."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        written = handler(schema)
        choices = [s for s in written.get("anyOf", ()) if s != {"type": "null"}]
        return choices[0] if len(choices) == 1 else written

    @staticmethod
    def _check(value: object) -> object:
        if value is None:
            raise refusal("SCH104", "nothing is written here", "write a value or delete the key")
        return value


class _OneOrSeveral:
    """Annotation of a tuple: a single mapping stands for a list of one."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._as_list, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}

    @staticmethod
    def _as_list(value: object) -> object:
        return [value] if isinstance(value, dict) else value


class ConvertedOnce:
    """Annotation: the very same data, met again right after, is not converted anew.

    What stands in the defaults of a list comes with each of its members.
    """

    def __init__(self) -> None:
        nothing = object()
        self._last: tuple[object, object] = (nothing, nothing)

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._convert, handler(source))

    def _convert(self, value: object, convert: ValidatorFunctionWrapHandler) -> object:
        data, converted = self._last
        if data is not value:
            converted = convert(value)
            self._last = value, converted
        return converted


class OneOf:
    """Annotation: text that is one of `choices`, or a member of the StrEnum of that name."""

    def __init__(self, choices: Collection[str] | type[StrEnum], what: str = "value") -> None:
        self._choices = {str(choice): choice for choice in choices}
        self._what = what

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._convert)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "enum": list(self._choices)}

    def _convert(self, value: object) -> str:
        if not isinstance(value, str):
            raise wrong(f"a {self._what}", value)
        found = self._choices.get(value)
        if found is None:
            raise unknown(self._what, value, self._choices)
        return found


class Shaped:
    """Annotation: text of a certain form, given as a regular expression."""

    def __init__(self, what: str, shape: str, advice: str) -> None:
        self._what, self._shape, self._advice = what, re.compile(shape), advice

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._convert)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": f"^{self._shape.pattern}$"}

    def _convert(self, value: object) -> str:
        if not isinstance(value, str) or not self._shape.fullmatch(value):
            raise wrong(self._what, value, self._advice if isinstance(value, str) else None)
        return str(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise wrong("text", value)
    if not value.strip():
        raise refusal("SCH105", "text is empty")
    return str(value)


def country(value: object) -> str:
    """An ISO 3166-1 alpha-2 code."""
    if not isinstance(value, str):
        raise wrong("a country code", value)
    if value in COUNTRIES:
        return str(value)
    advice = country_hint(value) or _COUNTRY_ADVICE
    if nearest(value, ZONES, likeness=1):
        advice = "a zone is its documented members: list their codes, or write `null`"
    raise refusal("SCH102", f"unknown country {quoted(value)}", advice)


def country_hint(word: str) -> str | None:
    """Which country code `word` was meant to be, as advice; None if it is like none.

    A word of two letters is a code or another one for it, a longer one the name of a country.
    """
    meant: str | None = MEANT_COUNTRY.get(word.upper(), word.upper())
    if meant not in COUNTRIES:
        name = nearest(word, COUNTRY_NAMES, likeness=_OF_NAMES) if len(word) > _CODE else None
        meant = COUNTRY_NAMES[name] if name else None
    if meant is None:
        return None
    shown = meant if readings(meant) is None else f'"{meant}"'
    return f"did you mean `{shown}`?"


def _place(value: object) -> str:
    return ANYWHERE if value == ANYWHERE else country(value)


_OF_NAMES: Final = 0.8
"""Names of countries are much like each other: `Iran` is no misspelt `Ireland`."""
_CODE: Final = 2
"""Letters of a country's code: words as short are like too many."""
_COUNTRY_ADVICE: Final = "use codes of ISO 3166-1, such as `DE`"
_LETTERS: Final = "letters, digits and `. _ : / @ + ~ -`"

Maybe = Annotated[T | None, _Written()]
"""A key that may be left out, but says something where it stands."""
OneOrSeveral = Annotated[tuple[T, ...], _OneOrSeveral()]
"""A mapping, or a list of such mappings."""

Text = Annotated[str, PlainValidator(_text), WithJsonSchema({"type": "string", "minLength": 1})]
Id = Annotated[str, Shaped("an id", ID, f"an id is made of {_LETTERS}")]
Glob = Annotated[
    str,
    Shaped(
        "an id or a pattern",
        r"[A-Za-z0-9*][A-Za-z0-9._:/@+~*-]*",
        f"an id is made of {_LETTERS}; `*` stands for any text",
    ),
]
Tag = Annotated[
    str,
    Shaped("a name", TAG, "a name is made of letters, digits and `. _ -`"),
]
Variable = Annotated[
    str,
    Shaped(
        "the name of an environment variable",
        r"[A-Za-z_][A-Za-z0-9_]*",
        "name the variable; a key itself never stands in a document",
    ),
]
WebAddress = Annotated[
    str, Shaped("an address", r"https?://[^\s/@]+(?:/[^\s@]*)?", "write `https://host/path`")
]
Reference = Annotated[
    str,
    Shaped(
        "an address or a reference of a document",
        rf"(?:{WEB_PAGE}|{DOCUMENT_NUMBER}|{NO_ADDRESS})",
        "write `https://host/path`, or the number or title of the document",
    ),
]
"""Where something was read or is filed; an address of a page, not of a program or a local file."""
Parameter = Annotated[
    str,
    Shaped("a parameter of the call", r"[a-z_][a-z0-9_]*", "write its name, such as `store`"),
]
OpperTag = Annotated[
    str,
    Shaped(
        "the key of a tag", r"[a-z][a-z0-9_]{0,62}", "it is made of small letters, digits and `_`"
    ),
]
Sha256 = Annotated[
    str, Shaped("a SHA-256", r"[0-9a-f]{64}", "write its 64 hexadecimal digits in lower case")
]
Country = Annotated[str, PlainValidator(country), WithJsonSchema({NAMED: "Country"})]
Place = Annotated[str, PlainValidator(_place), WithJsonSchema({NAMED: "Place"})]
"""A country, or `GLOBAL` for anywhere."""
Currency = Annotated[
    str, OneOf(sorted(CURRENCIES), "currency"), WithJsonSchema({NAMED: "Currency"})
]

DEFINITIONS: Final[dict[str, JsonSchemaValue]] = {
    "Country": {"type": "string", "enum": sorted(COUNTRIES)},
    "Place": {"type": "string", "enum": [ANYWHERE, *sorted(COUNTRIES)]},
    "Currency": {"type": "string", "enum": sorted(CURRENCIES)},
}
"""Definitions that stand-ins name."""
