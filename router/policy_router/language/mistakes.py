"""The errors of a validation, in our words and with their places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from policy_router.domain.codes import CODES
from policy_router.domain.diagnostic import Diagnostic, Severity, Span
from policy_router.language.grammar.refusals import described, listed
from policy_router.language.origins import Locator, Path
from policy_router.language.suggest import did_you_mean, nearest
from policy_router.language.text import quoted

_EXPECTED: Final[Mapping[str, str]] = {
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
}
_VALUE: Final = "value"
"""What a claim says; of a set part of it may be said instead (`at_least`)."""
_UNKNOWN_KEY: Final = "extra_forbidden"
_FEW_KEYS: Final = 12


def mistakes(
    error: ValidationError, shape: type[BaseModel], places: Locator
) -> tuple[Diagnostic, ...]:
    """Every problem that `error` holds about a value that should have had `shape`."""
    found = error.errors(include_url=False)
    misspelt = {
        (*path[:-1], nearest(str(path[-1]), _keys_at(path[:-1], shape)))
        for path in (details["loc"] for details in found if details["type"] == _UNKNOWN_KEY)
    }
    return tuple(
        _diagnostic(details, shape, places) for details in found if not _echo(details, misspelt)
    )


def _echo(details: ErrorDetails, misspelt: Collection[tuple[object, ...]]) -> bool:
    """Whether a problem only follows from another one that is reported itself.

    A list is short because members of it are wrong, or a key is missing because it is misspelt.
    """
    if details["type"] == "missing":
        return details["loc"] in misspelt
    return details["type"] == "too_short" and bool(details["input"])


def problem(
    code: str,
    message: str,
    span: Span,
    advice: str | None = None,
    related: tuple[tuple[str, Span], ...] = (),
) -> Diagnostic:
    """An error; advice goes on its own line, `related` are other places that matter."""
    return Diagnostic(code, Severity.ERROR, message, span, advice, related)


def warning(code: str, message: str, span: Span, advice: str | None = None) -> Diagnostic:
    """Something that is allowed but probably not meant."""
    return Diagnostic(code, Severity.WARNING, message, span, advice)


def _diagnostic(details: ErrorDetails, shape: type[BaseModel], places: Locator) -> Diagnostic:
    path, kind = details["loc"], details["type"]
    if kind in CODES:
        context = details["ctx"]
        return problem(kind, context["message"], places.at(*path), context["help"] or None)
    if kind == _UNKNOWN_KEY:
        return _unknown_key(path, shape, places)
    if kind == "missing":
        advice = _purpose(path, shape)
        return problem("SCH103", f"missing key `{path[-1]}`", places.at(*path[:-1]), advice)
    if kind == "too_short":
        return problem("SCH105", "list is empty", places.at(*path), "name at least one")
    expected = _EXPECTED[kind]
    message = f"expected {expected}, found {described(details['input'])}"
    advice = _how_to_write(path, shape, details["input"], several=expected == "a list")
    return problem("SCH104", message, places.at(*path), advice)


def _how_to_write(
    path: Path, shape: type[BaseModel], found: object, *, several: bool
) -> str | None:
    """How to write what should be a list (`several`) or a mapping; None where that is not known."""
    one = str(found) if isinstance(found, str) and several else None
    for body in sorted(_shapes_of(path, shape), key=lambda body: body.__name__):
        keys = [key for key, field in _fields(body).items() if field.is_required()]
        value = [_VALUE] if _VALUE in _fields(body) else []
        said = ", ".join(f"{key}: …" for key in dict.fromkeys([*value, *keys]))
        one = f"{{{said}}}" if said else None
    return f"write `{f'[{one}]' if several else one}`" if one else None


def _shapes_of(path: Path, shape: type[BaseModel]) -> set[type[BaseModel]]:
    """Shapes of the mapping at `path`, or of the members of the list there; none of other values.

    A part of a path that is no key of a shape is a place in a list, or a name that authors give.
    """
    *before, last = path
    fields = _fields_under(_shapes_at(tuple(before), shape), last)
    if not fields:
        return _shapes_of(tuple(before), shape)
    return {s for field in fields for s in shapes_in(field.annotation)}


def _unknown_key(path: Path, shape: type[BaseModel], places: Locator) -> Diagnostic:
    word, known = str(path[-1]), sorted(_keys_at(path[:-1], shape))
    advice = did_you_mean(word, known)
    if advice is None and 0 < len(known) <= _FEW_KEYS:
        advice = f"the keys here are {listed(known)}"
    return problem("SCH101", f"unknown key {quoted(word)}", places.key_at(*path), advice)


def _purpose(path: Path, shape: type[BaseModel]) -> str | None:
    """What the key at `path` is for, if its description says so."""
    fields = _fields_under(_shapes_at(path[:-1], shape), path[-1])
    return next((field.description for field in fields if field.description), None)


def _keys_at(path: Path, shape: type[BaseModel]) -> set[str]:
    """Keys that a mapping at `path` may have."""
    return {key for s in _shapes_at(path, shape) for key in _fields(s)}


def _shapes_at(path: Path, shape: type[BaseModel]) -> set[type[BaseModel]]:
    """Shapes that a mapping at `path` may have; parts that are no field lie between fields."""
    shapes = {shape}
    for part in path:
        fields = _fields_under(shapes, part)
        shapes = {s for field in fields for s in shapes_in(field.annotation)} or shapes
    return shapes


def _fields_under(shapes: Iterable[type[BaseModel]], part: str | int) -> list[FieldInfo]:
    return [fields[str(part)] for fields in map(_fields, shapes) if part in fields]


def _fields(shape: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a shape by the keys that authors write."""
    return {field.alias or name: field for name, field in shape.model_fields.items()}


def shapes_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any type form
    """Every shape of a mapping that a type names, such as the members of a list of mappings."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from shapes_in(part)
