"""Requests of which every word is plainly one of the language.

The grammar can say of any request what is wrong with it, and takes longer to be loaded than most
requests to be decided. What is recognised here says the same there; the rest is for the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, assert_never

from policy_router.domain.vocabulary import FACTS, REQUESTED_MODEL, FactKind, FactSpec
from policy_router.language.grammar.codes import COUNTRIES
from policy_router.language.grammar.forms import COUNT, ID, LONGEST_NUMBER, TAG

Form = Callable[[str], object]
"""What is true of a word of a form."""


class _InDoubt(Exception):
    """The grammar has to look at it."""


@dataclass(frozen=True, slots=True)
class PlainTokens:
    """Sizes of a call."""

    input: int | None = None
    output: int | None = None


@dataclass(frozen=True, slots=True)
class PlainRequest:
    """A request as the grammar's `RequestBody` has it."""

    data: tuple[str, ...] | None = None
    subjects: tuple[str, ...] | None = None
    subject_location: tuple[str, ...] | None = None
    regime: tuple[str, ...] | None = None
    purpose: str | None = None
    lawful_basis: str | None = None
    special_condition: str | None = None
    decision_effect: str | None = None
    tenant: str | None = None
    project: str | None = None
    environment: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    caller: str | None = None
    endpoint: str | None = None
    features: tuple[str, ...] = ()
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()
    server_tools: tuple[str, ...] = ()
    stateful: bool = False
    streaming: bool = False
    tokens: PlainTokens | None = None


def plain_request(data: Mapping[str, Any]) -> PlainRequest | None:
    """The request that `data` states; None if anything about it is in doubt."""
    try:
        return PlainRequest(**{key: _READERS[key](value) for key, value in data.items()})
    except (_InDoubt, KeyError):
        return None


def _word(value: object, form: Form) -> str:
    if isinstance(value, str) and form(value):
        return str(value)
    raise _InDoubt


def _words(value: object, form: Form) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(_word(word, form) for word in value)
    raise _InDoubt


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    return _word(value, {"true", "false"}.__contains__) == "true"


def _count(value: object) -> int:
    if type(value) is int and value >= 0:
        return value
    return int(_word(value, _is_count))


def _is_count(text: str) -> bool:
    return len(text) <= LONGEST_NUMBER and _DIGITS(text) is not None


def _labels(value: object) -> dict[str, str]:
    return {_word(key, _TAG): _word(text, str.strip) for key, text in _items(value)}


def _tokens(value: object) -> PlainTokens:
    return PlainTokens(**{key: _METERS[key](count) for key, count in _items(value)})


def _items(value: object) -> Iterable[tuple[Any, object]]:
    if isinstance(value, dict):
        return value.items()
    raise _InDoubt


def _form(spec: FactSpec) -> Form:
    if spec.values:
        return frozenset(spec.values).__contains__
    return _FORMS.get(spec.name, _TAG)


def _reader(spec: FactSpec) -> Callable[[object], object]:
    form = _form(spec)
    match spec.kind:
        case FactKind.SET:
            return lambda value: _words(value, form)
        case FactKind.NAME:
            return lambda value: _word(value, form)
        case FactKind.FLAG:
            return _flag
        case FactKind.NUMBER:
            return _count
        case _:
            assert_never(spec.kind)


_TOKENS: Final = "tokens."
_DIGITS: Final = re.compile(COUNT).fullmatch
_TAG: Final[Form] = re.compile(TAG).fullmatch
_ID: Final[Form] = re.compile(ID).fullmatch
_FORMS: Final[Mapping[str, Form]] = {
    "subject_location": COUNTRIES.__contains__,
    **dict.fromkeys((REQUESTED_MODEL, "caller", "endpoint"), _ID),
}
_METERS: Final[Mapping[str, Callable[[object], Any]]] = {
    spec.name.removeprefix(_TOKENS): _reader(spec)
    for spec in FACTS.values()
    if spec.name.startswith(_TOKENS)
}
_READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    **{spec.name: _reader(spec) for spec in FACTS.values() if "." not in spec.name},
    "model": _reader(FACTS[REQUESTED_MODEL]),
    "labels": _labels,
    "tokens": _tokens,
}
"""How the value under each key of a request is read."""
