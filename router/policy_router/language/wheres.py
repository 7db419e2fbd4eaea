"""A predicate on routes that somebody types: the matcher words of policies, as one YAML mapping."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from policy_router.domain.diagnostic import Diagnostic, DocumentErrors
from policy_router.domain.policy import Predicate
from policy_router.domain.registry import Registry
from policy_router.domain.vocabulary import AttributeKind, attribute
from policy_router.language.document import read_documents
from policy_router.language.mistakes import problem
from policy_router.language.nodes import plain_data
from policy_router.language.origins import Places
from policy_router.language.predicates import Reader
from policy_router.language.subjects import Side
from policy_router.language.text import quoted

_NO_MAPPING: Final = {"DOC005", "DOC006"}
"""The codes of what is empty, and of what is something else."""
_EXAMPLE: Final = "{training: prohibited}"
_COMPARED: Final = re.compile(r"([a-z][a-z0-9_.]*)\s*(==?|!=|<=|>=|<|>|:)\s*([^\s{}\[\],:]+)")
_BOUNDS: Final = {"<": "below", ">": "above", "<=": "at_most", ">=": "at_least"}
_INSIDE: Final = {AttributeKind.COUNTRIES: "within", AttributeKind.TAGS: "includes_any"}
_COUNTED: Final = {AttributeKind.NUMBER, AttributeKind.MONEY}


def route_predicate(text: str, registry: Registry, name: str) -> Predicate:
    """The predicate that `text` writes, such as `{training: prohibited}`.

    `name`: what messages call the text. Raises `DocumentErrors` for what is no predicate on a
    route, and for names that nothing in the registry has: they would find nothing.
    """
    documents, unreadable = read_documents(name, text.encode())
    problems: list[Diagnostic] = [_said_of_predicate(d, text, registry) for d in unreadable]
    if problems:
        raise DocumentErrors(tuple(problems))
    if len(documents) != 1:
        message = "one mapping is wanted, and there are several"
        raise DocumentErrors((problem("SCH104", message, Places(documents[1]).at()),))
    places = Places(documents[0])
    if "kind" in documents[0].root.entries:
        message = "this is a document, not a predicate"
        raise DocumentErrors((problem("SCH101", message, places.key_at("kind")),))
    reader = Reader(Side.ROUTE, _names(registry), places, problems)
    predicate = reader.predicate(plain_data(documents[0].root), ())
    if problems:
        raise DocumentErrors(tuple(problems))
    return predicate


def _said_of_predicate(found: Diagnostic, text: str, registry: Registry) -> Diagnostic:
    """What is no mapping is no predicate; how it would be written, if that can be told."""
    if found.code not in _NO_MAPPING:
        return found
    written = _meant(text) or _EXAMPLE
    try:
        route_predicate(written, registry, found.span.file)
    except DocumentErrors:
        written = _EXAMPLE
    message = f"{quoted(text)} is no predicate: a mapping of attributes to what they must be"
    advice = f"write `{found.span.file} '{written}'`, as a rule's `require` does"
    return replace(found, message=message, help=advice)


def _meant(text: str) -> str | None:
    """The predicate that a comparison as programming languages write it means, perhaps."""
    found = _COMPARED.fullmatch(text.strip())
    spec = None if found is None else attribute(found[1])
    if found is None or spec is None:
        return None
    name, sign, value = found.groups()
    wanted = value if sign not in _BOUNDS else f"{{{_BOUNDS[sign]}: {value}}}"
    if spec.kind in _INSIDE and sign not in _BOUNDS:
        wanted = f"{{{_INSIDE[spec.kind]}: [{value}]}}"
    elif spec.kind in _COUNTED and sign not in _BOUNDS:
        wanted = f"{{at_most: {value}}}"
    written = f"{{{name}: {wanted}}}"
    return f"{{not: {written}}}" if sign == "!=" else written


def _names(registry: Registry) -> dict[str, Collection[str]]:
    """The names that predicates can compare with."""
    return {
        "territory": registry.territories.keys(),
        "route": registry.routes.keys(),
        "model": registry.models.keys(),
        "provider": registry.providers.keys(),
        "gateway": registry.gateways.keys(),
        "maker": {m.maker for m in registry.models.values() if m.maker},
    }
