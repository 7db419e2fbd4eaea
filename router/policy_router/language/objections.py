"""What is wrong with a single scalar, whatever it stands for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from policy_router.domain.diagnostic import Diagnostic, Severity
from policy_router.language.nodes import Scalar
from policy_router.language.scalars import Kind, Reading, readings
from policy_router.language.text import FORBIDDEN, character_name, quoted


class Objection(NamedTuple):
    """Code, message and advice of an error whose place is known elsewhere."""

    code: str
    message: str
    advice: str


TWO_READINGS: Final = "DOC020"
_NORWAY: Final = "NO"

DIRECTIVE: Final = Objection("DOC016", "directive that is not read here", "delete the line")
TAG: Final = Objection("DOC015", "explicit tag", "delete the tag")


def objection(scalar: Scalar) -> Objection | None:
    """Why `scalar` is refused, None when it is not."""
    if not scalar.plain:
        return _escaped(scalar.text)
    both = readings(scalar.text)
    if both is None:
        return None
    if is_merge(scalar):
        return Objection("DOC017", "merge key `<<` is not supported", "write the keys out")
    return _two_readings(scalar.text, *both)


def without_idle(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """`diagnostics` without advice to quote a value that is refused in quotes as well."""
    found = list(diagnostics)
    refused = {d.span for d in found if d.severity is Severity.ERROR and d.code != TWO_READINGS}
    return [d for d in found if d.code != TWO_READINGS or d.span not in refused]


def is_merge(scalar: Scalar) -> bool:
    """The sign of YAML 1.1 to copy keys from another mapping."""
    return scalar.plain and scalar.text == "<<"


def _escaped(text: str) -> Objection | None:
    found = FORBIDDEN.search(text)
    if found is None:
        return None
    name = character_name(found[0])
    return Objection("DOC004", f"character {name} may not appear in a document", "delete it")


def _two_readings(text: str, old: Reading, new: Reading) -> Objection:
    if Kind.BOUNDLESS in (old.kind, new.kind):
        message = f"{quoted(text)} is infinite, no number, or too long a number"
        return Objection("DOC021", message, "write an ordinary number, or quote the text")
    message = f"{quoted(text)} is read as {old} by some programs and as {new} by others"
    return Objection(TWO_READINGS, message, _advice(text, old, new))


def _advice(text: str, old: Reading, new: Reading) -> str:
    """Quote it, or write as everybody reads it what either version sees in it but text."""
    meant = {str(r): _spelt(r) for r in (old, new) if r.kind in (Kind.NUMBER, Kind.BOOLEAN)}
    others = [f", or `{spelling}` for {words}" for words, spelling in meant.items()]
    what = "Norway or the text" if text == _NORWAY else "the text"
    return f'write `"{text}"`, in quotes, for {what}' + "".join(others)


def _spelt(reading: Reading) -> str:
    """The one form that both versions read as `reading`."""
    return str(reading).removeprefix("the number ")
