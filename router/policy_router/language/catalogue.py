"""All documents of a load by kind and id: each once, and every name that is taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from policy_router.domain.diagnostic import Diagnostic, Span
from policy_router.language.canonical import canonical
from policy_router.language.grammar.body import DocumentBody
from policy_router.language.mistakes import problem
from policy_router.language.parsing import B, Header, Parsed, Reading

_ONE_NAMESPACE = ("route", "model", "alias")
"""A request asks for any of these by its id alone."""


@dataclass(frozen=True)
class Catalogue:
    """The sound documents, each once, and the names of all, sound or not.

    Names of documents that are not sound count: what refers to them is not wrong.
    """

    documents: tuple[Parsed[DocumentBody], ...]
    names: Mapping[str, Mapping[str, Span]]

    def of(self, shape: type[B]) -> tuple[Parsed[B], ...]:
        """The sound documents of one shape, by id."""
        return self._by_shape.get(shape, ())  # type: ignore[return-value]

    @cached_property
    def _by_shape(self) -> dict[type[DocumentBody], tuple[Parsed[DocumentBody], ...]]:
        found: dict[type[DocumentBody], list[Parsed[DocumentBody]]] = defaultdict(list)
        for document in self.documents:
            found[type(document.body)].append(document)
        return {shape: tuple(parsed) for shape, parsed in found.items()}

    def ids(self, *kinds: str) -> Collection[str]:
        """The ids of every document of these kinds."""
        return [name for kind in kinds for name in self.names.get(kind, {})]

    def has(self, name: str, *kinds: str) -> bool:
        """Whether there is a document of one of these kinds with this id."""
        return any(name in self.names.get(kind, {}) for kind in kinds)


def catalogue(reading: Reading) -> tuple[Catalogue, tuple[Diagnostic, ...]]:
    """Every document once; two that differ under one id, or share a name, are errors."""
    documents, problems = _distinct(reading.parsed)
    names = _names(reading.headers)
    return Catalogue(documents, names), (*problems, *_clashes(names))


def _distinct(
    parsed: tuple[Parsed[DocumentBody], ...],
) -> tuple[tuple[Parsed[DocumentBody], ...], list[Diagnostic]]:
    groups: dict[tuple[str, str], list[Parsed[DocumentBody]]] = defaultdict(list)
    for document in parsed:
        groups[document.kind, document.id].append(document)
    problems: list[Diagnostic] = []
    for (kind, name), group in groups.items():
        group.sort(key=lambda p: p.span)
        first = canonical(group[0]) if len(group) > 1 else ""
        different = [p for p in group[1:] if canonical(p) != first]
        problems += [_twice(f"{kind} `{name}`", p.span, group[0].span) for p in different]
    return tuple(group[0] for _, group in sorted(groups.items())), problems


def _twice(what: str, span: Span, other: Span) -> Diagnostic:
    message = f"{what} is described twice, and differently"
    related = (("the other one", other),)
    return problem("PRJ401", message, span, "keep one of them", related)


def _names(headers: tuple[Header, ...]) -> dict[str, dict[str, Span]]:
    names: dict[str, dict[str, Span]] = defaultdict(dict)
    for header in headers:
        known = names[header.kind].setdefault(header.id, header.span)
        names[header.kind][header.id] = min(known, header.span)
    return names


def _clashes(names: Mapping[str, Mapping[str, Span]]) -> list[Diagnostic]:
    taken: dict[str, tuple[str, Span]] = {}
    problems: list[Diagnostic] = []
    for kind in _ONE_NAMESPACE:
        for name, span in names.get(kind, {}).items():
            if name not in taken:
                taken[name] = (kind, span)
                continue
            other, place = taken[name]
            message = f"`{name}` is the name of two things, {other} and {kind}"
            related = ((f"the {other}", place),)
            advice = "routes, models and aliases share one set of names"
            problems.append(problem("PRJ402", message, span, advice, related))
    return problems
