"""What the commands of `registry` look at: the documents, the routes in reach and the instant."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import click

from policy_router.audit.matrix import reachable_routes
from policy_router.audit.severity import mildest_first
from policy_router.audit.sheet import Sheet, sheet
from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.requests import instant_options
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.registry.hops import hops_of
from policy_router.report.hints import near_names
from policy_router.report.phrases import names
from policy_router.report.places import place
from policy_router.report.visible import escaped
from policy_router.service.pdp import PDP, utc_now

DEFAULT_PACK: Final = "gdpr"
_SOME_ROUTES: Final = 3


@dataclass(frozen=True, slots=True)
class Registered:
    """The documents in force, and the instant to look from. `chosen`: which documents those are."""

    chosen: Chosen
    pdp: PDP
    moment: Moment

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot in force."""
        return self.pdp.snapshot

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios of the project, or those that are shipped."""
        return mildest_first(self.pdp.loaded.scenarios.values())

    @property
    def routes(self) -> tuple[str, ...]:
        """The ids of the routes within reach."""
        return reachable_routes(self.snapshot)


def registry_options(*packs: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Add the options that choose documents and instants; the command gets a `Registered`.

    `packs`: those in force where there is neither a project nor a policy.
    """

    def decorate(command: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(command)
        def run(
            chosen: Chosen,
            at: datetime | None,
            known_at: datetime | None,
            **options: Any,  # noqa: ANN401 - what click parsed
        ) -> int:
            documents = chosen.or_packs(*(packs or (DEFAULT_PACK,)))
            moment = Moment(at or utc_now(), known_at)
            return command(seen=Registered(documents, documents.shown(), moment), **options)

        return document_options(instant_options(run))

    return decorate


def route_called(seen: Registered, name: str) -> Route:
    """The route `name`; misuse, with the nearest names, if there is none."""
    found = seen.snapshot.registry.routes.get(name)
    if found is None:
        of_model = [r.id for r in seen.snapshot.registry.routes.values() if r.model == name]
        raise click.UsageError(f"no route is called `{name}`; {_meant(seen, name, of_model)}")
    return found


def routes_called(seen: Registered, name: str) -> tuple[Route, ...]:
    """The route `name`, or the routes of the model `name`; misuse if there is neither."""
    registry = seen.snapshot.registry
    if name in registry.routes:
        return (registry.routes[name],)
    if name not in registry.models:
        meant = _of_party(seen, name) or _meant(seen, name, [])
        raise click.UsageError(f"no model or route is called `{name}`; {meant}")
    return tuple(r for r in sorted(registry.routes.values(), key=lambda r: r.id) if r.model == name)


def routes_within(seen: Registered, name: str) -> tuple[Route, ...]:
    """The route `name`, or the routes within reach of the model `name`; misuse if there is none."""
    routes = routes_called(seen, name)
    within = tuple(r for r in routes if r.id in seen.routes or r.id == name)
    if not routes:
        raise click.UsageError(f"no route on file leads to `{name}`")
    if not within:
        some = names((escaped(r.id) for r in routes[:_SOME_ROUTES]), last="or")
        raise click.UsageError(
            f"no route of `{name}` is within reach: `--all-routes` takes those behind gateways "
            f"that the project does not list, or name one, such as {some}"
        )
    return within


def sheet_called(seen: Registered, name: str) -> Sheet:
    """What is recorded of the model or route `name`, on what of it is within reach."""
    routes = routes_called(seen, name)
    within = tuple(r for r in routes if r.id in seen.routes)
    if name in seen.snapshot.registry.routes:
        return sheet(seen.snapshot, routes[0].model, within, seen.moment, route=name)
    return sheet(seen.snapshot, name, within, seen.moment)


def _of_party(seen: Registered, name: str) -> str:
    """How to look at a provider or gateway that is on file: by its routes, or in its document."""
    registry = seen.snapshot.registry
    party = registry.providers.get(name) or registry.gateways.get(name)
    if party is None:
        return ""
    kind = "provider" if name in registry.providers else "gateway"
    by_it = sorted(
        r.id for r in registry.routes.values() if name in {r.gateway, *hops_of(registry, r)}
    )
    if not by_it:
        return (
            f"it is a {kind} on file that no route goes by: what is claimed of it stands in "
            f"{place(party.span)}; to use it, describe a route by it (`kind: route`, "
            "docs/language.md)"
        )
    some = names(map(escaped, by_it[:_SOME_ROUTES]), last="or")
    return f"it is a {kind}: name a route by it (of {len(by_it):,}), such as {some}"


def _meant(seen: Registered, name: str, of_model: list[str]) -> str:
    if of_model:
        return f"its routes: {names(map(escaped, sorted(of_model)))}"
    near = near_names(name, seen.snapshot)
    if not near:
        return "a name is a model or a route, exactly as it is written"
    return f"did you mean {names(map(escaped, near), last='or')}?"
