"""Which of thousands of routes a report is about first: those of the organisation itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from policy_router.audit.matrix import reachable_routes
from policy_router.domain.snapshot import Snapshot

ASKED_FIRST: Final = (
    "openai-api",
    "openai-api-eu-residency",
    "openai-api-us-residency",
    "azure-openai-datazone-eu",
    "azure-openai-regional",
    "azure-openai-global",
    "aws-bedrock-regional",
    "aws-bedrock-eu-cris",
    "google-vertex-ai-eu",
    "google-gemini-api-paid",
    "anthropic-api",
    "mistral-api",
    "mistral-api-eu",
    "opper",
    "openrouter",
    "openrouter-eu",
    "ovhcloud-ai-endpoints",
    "ionos-ai-model-hub",
    "scaleway-generative-apis",
    "stackit-model-serving",
    "nebius-token-factory",
    "aleph-alpha",
    "groq-cloud",
    "together-ai",
    "fireworks-ai",
    "deepinfra-api",
    "cohere-api",
    "cloudflare-workers-ai",
)
"""The offerings that organisations in Europe ask about first: providers, and gateways."""


class Why(StrEnum):
    """Why a report is about these routes first."""

    CHOSEN = "chosen"
    IN_USE = "in_use"
    IN_REACH = "in_reach"
    ASKED_FIRST = "asked_first"


@dataclass(frozen=True, slots=True)
class First:
    """The routes a report is about first, in order, why these, and how many are within reach."""

    routes: tuple[str, ...]
    why: Why
    of: int


@dataclass(frozen=True, slots=True)
class Own:
    """What a project has beside its snapshot.

    `requested`: names that its scenarios, suites and recorded decisions ask for; `files`: names of
    its own documents.
    """

    requested: frozenset[str]
    files: frozenset[str]


def routes_first(snapshot: Snapshot, own: Own | None) -> First:
    """The routes in use of a project, all within its reach if there are none.

    Without a project (`own` None) no route is anybody's: those of the offerings `ASKED_FIRST`.
    """
    reach = reachable_routes(snapshot)
    if own is None:
        return First(_asked_first(snapshot, reach), Why.ASKED_FIRST, len(reach))
    used = routes_in_use(snapshot, reach, own)
    return First(used or reach, Why.IN_USE if used else Why.IN_REACH, len(reach))


def routes_in_use(snapshot: Snapshot, reach: Iterable[str], own: Own) -> tuple[str, ...]:
    """Those of `reach` that a project names or describes.

    Named: the route or its model, by its exact name and not by a pattern, in an alias, a
    substitution, an exception, an agreement, a sign-off or `own.requested`. Described: by a
    document of the project itself.
    """
    named = {*own.requested, *_named(snapshot)}
    routes = snapshot.registry.routes
    return tuple(
        i for i in reach if not named.isdisjoint((i, routes[i].model)) or _is_own(snapshot, i, own)
    )


def recorded_routes(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The routes that recorded decisions chose."""
    for record in records:
        decision = record.get("decision")
        if isinstance(decision, dict) and isinstance(decision.get("route"), str):
            yield decision["route"]


def offering_of(snapshot: Snapshot, route: str) -> str:
    """The offering of a route: its gateway where that is asked about first, else its provider."""
    found = snapshot.registry.routes[route]
    return found.gateway if found.gateway in ASKED_FIRST else found.provider


def _named(snapshot: Snapshot) -> Iterator[str]:
    policies, registry = snapshot.policies, snapshot.registry
    for alias in policies.aliases:
        yield from alias.models
    for substitution in policies.substitutions:
        yield substitution.model
    for exception in policies.exceptions:
        yield from exception.routes
    for agreement in registry.agreements:
        yield from (*agreement.models, *agreement.routes)
    for signoff in registry.signoffs:
        yield from signoff.routes


def _is_own(snapshot: Snapshot, route: str, own: Own) -> bool:
    return snapshot.registry.routes[route].span.file in own.files


def _asked_first(snapshot: Snapshot, reach: Collection[str]) -> tuple[str, ...]:
    return tuple(i for i in reach if offering_of(snapshot, i) in ASKED_FIRST)
