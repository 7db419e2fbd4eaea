"""A predicate on routes that somebody types: the matcher words of policies, as one YAML mapping."""

from __future__ import annotations

from collections.abc import Collection

from policy_router.domain.diagnostic import Diagnostic, DocumentErrors
from policy_router.domain.policy import Predicate
from policy_router.domain.registry import Registry
from policy_router.language.document import read_documents
from policy_router.language.mistakes import problem
from policy_router.language.nodes import plain_data
from policy_router.language.origins import Places
from policy_router.language.predicates import Reader
from policy_router.language.subjects import Side


def route_predicate(text: str, registry: Registry, name: str) -> Predicate:
    """The predicate that `text` writes, such as `{training: prohibited}`.

    `name`: what messages call the text. Raises `DocumentErrors` for what is no predicate on a
    route, and for names that nothing in the registry has: they would find nothing.
    """
    documents, unreadable = read_documents(name, text.encode())
    problems: list[Diagnostic] = list(unreadable)
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
