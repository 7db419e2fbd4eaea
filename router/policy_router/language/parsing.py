"""Documents as checked values of their kind, each still knowing where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, TypeVar

from pydantic import ValidationError

from policy_router.domain.diagnostic import Diagnostic, Span
from policy_router.language.grammar.body import LANGUAGE, DocumentBody
from policy_router.language.grammar.kinds import KINDS
from policy_router.language.lists import list_kind, members, outline, remembered
from policy_router.language.mistakes import mistakes, problem
from policy_router.language.nodes import (
    NOTHING,
    Data,
    Document,
    Unquoted,
    node_span,
    plain_data,
    value_span,
)
from policy_router.language.origins import Places
from policy_router.language.rests import without
from policy_router.language.suggest import did_you_mean
from policy_router.language.text import quoted

B = TypeVar("B", bound=DocumentBody)

_LANGUAGE: Final = str(LANGUAGE)


@dataclass(frozen=True)
class Parsed(Generic[B]):
    """A document with the right shape. `data`: the same as plain text, for its digest."""

    places: Places
    data: dict[str, Data]
    body: B

    @property
    def kind(self) -> str:
        """The document's kind."""
        return str(self.data["kind"])

    @property
    def id(self) -> str:
        """The document's id."""
        return self.body.id

    @cached_property
    def span(self) -> Span:
        """Where the document's id stands."""
        return self.at("id")

    def at(self, *path: str | int) -> Span:
        """Where the value at `path` stands."""
        return self.places.at(*path)

    def key_at(self, *path: str | int) -> Span:
        """Where the key at `path` stands."""
        return self.places.key_at(*path)


@dataclass(frozen=True, slots=True)
class Header:
    """What a document calls itself; known even where the rest of it is wrong."""

    kind: str
    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Reading:
    """All documents that were read: the sound ones, the headers of all, and every problem.

    `rests`: what is left of the others without what is wrong with their shape. What was taken out
    may have been what mattered, so rests are only judged, each on its own, for further problems.
    """

    parsed: tuple[Parsed[DocumentBody], ...]
    rests: tuple[Parsed[DocumentBody], ...]
    headers: tuple[Header, ...]
    diagnostics: tuple[Diagnostic, ...]


def parse(documents: Iterable[Document]) -> Reading:
    """Check every document against the shape of its kind."""
    parsed: list[Parsed[DocumentBody]] = []
    rests: list[Parsed[DocumentBody]] = []
    headers: list[Header] = []
    diagnostics: list[Diagnostic] = []
    for document, shared in _each(documents, diagnostics):
        data = _data(document, shared)
        headers += _header(document, data)
        outcome = _checked(document, data, diagnostics)
        if isinstance(outcome, Parsed):
            parsed.append(outcome)
        elif outcome is not None:
            rests += _rest(document, outcome)
    return Reading(tuple(parsed), tuple(rests), tuple(headers), tuple(diagnostics))


def _each(
    documents: Iterable[Document], diagnostics: list[Diagnostic]
) -> Iterator[tuple[Document, Mapping[int, Data]]]:
    """Every document, with the members of a list in its place, and the data those share."""
    for document in documents:
        kind = list_kind(document)
        if kind is None:
            yield document, NOTHING
        elif isinstance(_checked(document, outline(document, kind), diagnostics), Parsed):
            shared = remembered(document)
            yield from ((member, shared) for member in members(document, kind))


def _data(document: Document, shared: Mapping[int, Data] = NOTHING) -> dict[str, Data]:
    entries = document.root.entries
    # members of a list have no parameters of calls, the only values that may be truths or numbers
    unquoted = Unquoted if shared is NOTHING else str
    return {key: plain_data(entry.value, shared, unquoted) for key, entry in entries.items()}


def _header(document: Document, data: dict[str, Data]) -> list[Header]:
    kind, name = data.get("kind"), data.get("id")
    if not isinstance(kind, str) or not isinstance(name, str):
        return []
    where = node_span(document, document.root.entries["id"].value)
    return [Header(str(kind), str(name), where)]


def _checked(
    document: Document, data: dict[str, Data], diagnostics: list[Diagnostic]
) -> Parsed[DocumentBody] | ValidationError | None:
    """A document with the shape of its kind, or what is wrong; None if its kind is not known."""
    strange = _strange(document, data)
    if strange is not None:
        diagnostics.append(strange)
        return None
    outcome = _shaped(document, data)
    if not isinstance(outcome, Parsed):
        diagnostics += mistakes(outcome, _shape(data), Places(document))
    return outcome


def _shape(data: dict[str, Data]) -> type[DocumentBody]:
    return KINDS[str(data["kind"])]


def _shaped(document: Document, data: dict[str, Data]) -> Parsed[DocumentBody] | ValidationError:
    try:
        return Parsed(Places(document), data, _shape(data).model_validate(data))
    except ValidationError as error:
        return error


def _rest(document: Document, error: ValidationError) -> Iterator[Parsed[DocumentBody]]:
    """What is left of a document, if anything; what lacks a part that it needs goes whole."""
    left = without(document, [details["loc"] for details in error.errors()])
    if left is None:
        return
    outcome = _shaped(left, _data(left))
    if isinstance(outcome, Parsed):
        yield outcome
    else:
        yield from _rest(left, outcome)


def _strange(document: Document, data: dict[str, Data]) -> Diagnostic | None:
    """Why the shape of a document is not known: no kind, an unknown one, another language."""
    kind, language = data.get("kind"), data.get("language")
    if not isinstance(kind, str) or kind not in KINDS:
        return _no_kind(document, data)
    if isinstance(language, str) and language != _LANGUAGE:
        message = f"unknown language version {quoted(language)}"
        span = value_span(document, ("language",))
        return problem("SCH109", message, span, f"this release reads version {_LANGUAGE}")
    return None


def _no_kind(document: Document, data: dict[str, Data]) -> Diagnostic:
    span = value_span(document, ("kind",))
    if "kind" not in data:
        return problem("SCH103", "missing key `kind`", span, "say what the document is")
    kind = data["kind"]
    advice = did_you_mean(kind, KINDS) if isinstance(kind, str) else None
    return problem("SCH108", f"unknown kind {quoted(str(kind))}", span, advice)
