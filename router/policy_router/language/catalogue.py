"""All documents of a load by kind and id: each once, and every name that is taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from policy_router.domain.diagnostic import Diagnostic, Span
from policy_router.domain.registry import Registry
from policy_router.domain.route import Gateway, Model, Provider, Route
from policy_router.language.canonical import fingerprint
from policy_router.language.grammar.body import DocumentBody
from policy_router.language.grammar.places import ModelBody, ProviderBody
from policy_router.language.mistakes import problem
from policy_router.language.parsing import B, Header, Parsed, Reading

_ONE_NAMESPACE = ("route", "model", "alias")
"""A request asks for any of these by its id alone."""


@dataclass(frozen=True, slots=True)
class Known:
    """Documents that were read and found sound before, and what they say.

    `fingerprints`: of each, by kind and id.
    """

    registry: Registry
    fingerprints: Mapping[str, Mapping[str, str]]

    def names(self) -> dict[str, dict[str, Span]]:
        """Where each document stands, by kind and id."""
        of_kind: dict[str, Mapping[str, Gateway | Provider | Model | Route]] = {
            "gateway": self.registry.gateways,
            "provider": self.registry.providers,
            "model": self.registry.models,
            "route": self.registry.routes,
        }
        return {
            kind: {name: found.span for name, found in documents.items()}
            for kind, documents in of_kind.items()
        }


NOTHING_KNOWN: Final = Known(Registry({}, {}, {}, {}, {}), {})


@dataclass(frozen=True)
class Catalogue:
    """The sound documents, each once, and the names of all, sound or not.

    Names of documents that are not sound count: what refers to them is not wrong. `rests`: see
    `Reading`. `known`: what was found sound before; its documents are not among `documents`, but
    their names are among `names`.
    """

    documents: tuple[Parsed[DocumentBody], ...]
    rests: tuple[Parsed[DocumentBody], ...]
    names: Mapping[str, Mapping[str, Span]]
    known: Known = NOTHING_KNOWN

    def of(self, shape: type[B]) -> tuple[Parsed[B], ...]:
        """The sound documents of one shape, by id."""
        return self._by_shape.get(shape, ())  # type: ignore[return-value]

    def rests_of(self, shape: type[B]) -> tuple[Parsed[B], ...]:
        """The rests of documents of one shape."""
        return tuple(p for p in self.rests if isinstance(p.body, shape))  # type: ignore[misc]

    @cached_property
    def _by_shape(self) -> dict[type[DocumentBody], tuple[Parsed[DocumentBody], ...]]:
        found: dict[type[DocumentBody], list[Parsed[DocumentBody]]] = defaultdict(list)
        for document in self.documents:
            found[type(document.body)].append(document)
        return {shape: tuple(parsed) for shape, parsed in found.items()}

    def ids(self, *kinds: str) -> Collection[str]:
        """The ids of every document of these kinds."""
        return [name for kind in kinds for name in self.names.get(kind, {})]

    @cached_property
    def fingerprints(self) -> Mapping[tuple[str, str], str]:
        """The fingerprint of every sound document, by kind and id."""
        return {(p.kind, p.id): fingerprint(p) for p in self.documents}

    @cached_property
    def makers(self) -> frozenset[str]:
        """The makers that some model document names."""
        said = (p.body.maker for p in self.of(ModelBody))
        before = (model.maker for model in self.known.registry.models.values())
        return frozenset(maker for maker in (*said, *before) if maker)

    @cached_property
    def operators(self) -> frozenset[str]:
        """The companies that some provider document names as its operator."""
        said = (p.body.operator for p in self.of(ProviderBody))
        before = (provider.operator for provider in self.known.registry.providers.values())
        return frozenset(operator for operator in (*said, *before) if operator)

    def has(self, name: str, *kinds: str) -> bool:
        """Whether there is a document of one of these kinds with this id."""
        return any(name in self.names.get(kind, ()) for kind in kinds)


def catalogue(
    reading: Reading, known: Known = NOTHING_KNOWN
) -> tuple[Catalogue, tuple[Diagnostic, ...]]:
    """Every document once; two that differ under one id, or share a name, are errors."""
    before = known.names()
    documents, problems = _distinct(reading.parsed, known, before)
    names = _names(reading.headers, before)
    return Catalogue(documents, reading.rests, names, known), (*problems, *_clashes(names))


def _distinct(
    parsed: tuple[Parsed[DocumentBody], ...],
    known: Known,
    before: Mapping[str, Mapping[str, Span]],
) -> tuple[tuple[Parsed[DocumentBody], ...], list[Diagnostic]]:
    groups: dict[tuple[str, str], list[Parsed[DocumentBody]]] = defaultdict(list)
    for document in parsed:
        groups[document.kind, document.id].append(document)
    problems: list[Diagnostic] = []
    found: list[Parsed[DocumentBody]] = []
    for (kind, name), group in sorted(groups.items()):
        group.sort(key=lambda p: p.span)
        first = known.fingerprints.get(kind, {}).get(name)
        if first is None:
            found.append(group[0])
            others, place = group[1:], group[0].span
            first = fingerprint(group[0]) if others else ""
        else:
            others, place = group, before[kind][name]
        different = [p for p in others if fingerprint(p) != first]
        problems += [_twice(f"{kind} `{name}`", p.span, place) for p in different]
    return tuple(found), problems


def _twice(what: str, span: Span, other: Span) -> Diagnostic:
    message = f"{what} is described twice, and differently"
    related = (("the other one", other),)
    return problem("PRJ401", message, span, "keep one of them", related)


def _names(
    headers: tuple[Header, ...], before: Mapping[str, dict[str, Span]]
) -> dict[str, dict[str, Span]]:
    names: dict[str, dict[str, Span]] = defaultdict(dict, before)
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
