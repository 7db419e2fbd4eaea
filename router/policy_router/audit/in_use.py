"""Which of thousands of routes a report is about first: those of the organisation itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from policy_router.audit.matrix import reachable_routes
from policy_router.audit.record import Kind
from policy_router.audit.recorded import Call, calls_in
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.nearness import named

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


ASKED_ABOUT: Final = "api"
"""The point at which decisions are only asked for: nothing is sent from there."""

_READ: Final = {"id", "point", "admitted", "observed"}
_ERRORS: Final = 400
"""HTTP statuses from here on are errors."""


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

    `requested`: names that its scenarios and suites ask for, and routes that calls were sent by;
    `files`: names of its own documents.
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
    names = {*own.requested, *named(snapshot)}
    routes = snapshot.registry.routes
    return tuple(
        i for i in reach if not names.isdisjoint((i, routes[i].model)) or _is_own(snapshot, i, own)
    )


def sent_routes(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The routes by which recorded calls were sent, and not those that are known to have failed.

    A call that was denied, one that somebody only asked about, and one whose upstream gave no
    answer or an error: each was tried, and is not in use for that.
    """
    for call in calls_in(r for r in records if _is_of_a_call(r)):
        if call.route is not None and call.first["point"] != ASKED_ABOUT and not _failed(call):
            yield call.route


def _is_of_a_call(record: dict[str, Any]) -> bool:
    """Whether a record is of a call, and has what is read of it: nobody checked the log."""
    kind, attempt = record.get("kind"), record.get("attempt")
    if kind == Kind.OUTCOME:
        return {"id", "status"} <= record.keys()
    whole = isinstance(attempt, dict) and "route" in attempt
    return kind == Kind.DECISION and whole and record.keys() >= _READ


def _failed(call: Call) -> bool:
    """Whether its record says so; where none says how it ended, it may have been answered."""
    if call.outcome is None:
        return False
    status = call.outcome["status"]
    return status is None or status >= _ERRORS


def offering_of(snapshot: Snapshot, route: str) -> str:
    """The offering of a route: its gateway where that is asked about first, else its provider."""
    found = snapshot.registry.routes[route]
    return found.gateway if found.gateway in ASKED_FIRST else found.provider


def _is_own(snapshot: Snapshot, route: str, own: Own) -> bool:
    return snapshot.registry.routes[route].span.file in own.files


def _asked_first(snapshot: Snapshot, reach: Collection[str]) -> tuple[str, ...]:
    return tuple(i for i in reach if offering_of(snapshot, i) in ASKED_FIRST)
