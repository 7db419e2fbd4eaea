"""From checked documents to the registry: references resolved, instants and evidence filled in."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from policy_router.domain.diagnostic import Diagnostic
from policy_router.domain.registry import Registry
from policy_router.language.canonical import canonical, digest
from policy_router.language.catalogue import Catalogue
from policy_router.registry.build.contracts import agreements, signoffs
from policy_router.registry.build.law import adequacy, territories
from policy_router.registry.build.places import gateways, models, providers, routes
from policy_router.registry.build.verifications import verified

REGISTRY_KINDS = (
    "gateway",
    "provider",
    "model",
    "route",
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
    hops = (
        gateways(catalogue, today, problems),
        providers(catalogue, today, problems),
        routes(catalogue, today, problems),
    )
    verified(catalogue, today, problems, hops)
    registry = Registry(
        gateways=MappingProxyType(hops[0]),
        providers=MappingProxyType(hops[1]),
        models=MappingProxyType(models(catalogue, today, problems)),
        routes=MappingProxyType(hops[2]),
        territories=MappingProxyType(territories(catalogue, today, problems)),
        adequacy=adequacy(catalogue, today, problems),
        agreements=agreements(catalogue, today, problems),
        signoffs=signoffs(catalogue, today, problems),
        digest=digest(canonical(d) for d in catalogue.documents if d.kind in REGISTRY_KINDS),
    )
    return registry, tuple(problems)
