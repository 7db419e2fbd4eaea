"""From checked documents to the registry: references resolved, instants and evidence filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from policy_router.domain.diagnostic import Diagnostic
from policy_router.domain.registry import Registry
from policy_router.language.canonical import digest
from policy_router.language.catalogue import Catalogue
from policy_router.registry.build.contracts import agreements, signoffs
from policy_router.registry.build.law import adequacy, territories
from policy_router.registry.build.places import gateways, models, providers, routes
from policy_router.registry.build.rests import judged
from policy_router.registry.build.updates import filled_in, updated_models, updated_routes
from policy_router.registry.build.verifications import verified

T = TypeVar("T")

REGISTRY_KINDS = (
    "gateway",
    "provider",
    "model",
    "route",
    "update",
    "territory",
    "adequacy",
    "suspension",
    "verification",
    "agreement",
    "signoff",
)


def build_registry(catalogue: Catalogue, today: date) -> tuple[Registry, tuple[Diagnostic, ...]]:
    """The registry that the documents describe, and everything that is wrong with it.

    `today`: the UTC day after which nothing can have been read, verified or recorded. With an
    error among the diagnostics the registry must not be used.
    """
    problems: list[Diagnostic] = []
    known = catalogue.known.registry
    cards = {**known.models, **models(catalogue, today, problems)}
    by_id = updated_models(catalogue, today, problems, cards)
    found = {**known.routes, **routes(catalogue, cards, today, problems)}
    found = {name: filled_in(route, cards, by_id) for name, route in found.items()}
    hops = (
        {**known.gateways, **gateways(catalogue, today, problems)},
        {**known.providers, **providers(catalogue, today, problems)},
        updated_routes(catalogue, today, problems, found, by_id),
    )
    verified(catalogue, today, problems, hops)
    problems += judged(catalogue, today) if catalogue.rests else ()
    registry = Registry(
        gateways=_sorted(hops[0]),
        providers=_sorted(hops[1]),
        models=_sorted(by_id),
        routes=_sorted(hops[2]),
        territories=MappingProxyType(territories(catalogue, today, problems)),
        adequacy=adequacy(catalogue, today, problems),
        agreements=agreements(catalogue, today, problems),
        signoffs=signoffs(catalogue, today, problems),
        digest=digest(f for each in fingerprints(catalogue).values() for f in each.values()),
    )
    return registry, tuple(problems)


def fingerprints(catalogue: Catalogue) -> Mapping[str, Mapping[str, str]]:
    """The fingerprint of every document of the registry, by kind and id."""
    found = {kind: dict(each) for kind, each in catalogue.known.fingerprints.items()}
    for (kind, name), said in catalogue.fingerprints.items():
        if kind in REGISTRY_KINDS:
            found.setdefault(kind, {})[name] = said
    return found


def _sorted(found: Mapping[str, T]) -> Mapping[str, T]:
    return MappingProxyType(dict(sorted(found.items())))
