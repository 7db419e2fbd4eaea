"""The options of reports about many routes: which scenarios, which routes, which instant."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from policy_router.audit.in_use import First, Own, Why, routes_first, routes_in_use, sent_routes
from policy_router.audit.leaving import Leaving, leaving
from policy_router.audit.matrix import reachable_routes
from policy_router.audit.severity import mildest_first
from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.requests import instant_options
from policy_router.cli.values import Names
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.patterns import any_matches
from policy_router.domain.snapshot import Snapshot
from policy_router.language.suggest import nearest
from policy_router.log.reading import latest_records
from policy_router.service.pdp import PDP, utc_now

_FILTERS: Final = ("route", "model", "provider", "gateway")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about. `routes`: all it may be about; `first`: those it is about first.

    `leaving`: those of the project that are gone or soon will be.
    """

    pdp: PDP
    scenarios: tuple[Scenario, ...]
    routes: tuple[str, ...]
    first: First
    moment: Moment
    leaving: tuple[Leaving, ...]


def scope_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options of a report about many routes; the command gets them as one `Scope`."""

    @functools.wraps(command)
    def run(chosen: Chosen, at: datetime | None, known_at: datetime | None, **options: Any) -> int:  # noqa: ANN401 - what click parsed
        names = [name for part in options.pop("scenarios") for name in part]
        patterns = {f: [p for part in options.pop(f) for p in part] for f in _FILTERS}
        everything = options.pop("everything") or any(patterns.values())
        pdp, moment = chosen.shown(), Moment(at or utc_now(), known_at)
        routes = _routes(pdp.snapshot, patterns)
        own = own_of(chosen.folder, pdp, moment.at.date())
        first = First(routes, Why.CHOSEN, len(routes))
        if not everything:
            first = routes_first(pdp.snapshot, own)
        out = leaving_of(pdp.snapshot, routes, own, moment)
        scope = Scope(pdp, scenarios_called(pdp, names), routes, first, moment, out)
        return command(scope=scope, **options)

    for name in reversed(_FILTERS):
        what = "id" if name == "route" else name
        text = f"only routes whose {what} is one of these; * stands for anything"
        run = click.option(
            f"--{name}", name, type=Names(), multiple=True, metavar="NAMES", help=text
        )(run)
    run = click.option(
        "--scenario", "scenarios", type=Names(), multiple=True, metavar="IDS",
        help="only these scenarios (default: those of the project, else all)",
    )(run)  # fmt: skip
    run = click.option(
        "--all", "everything", is_flag=True, help="all routes within reach, not first those in use"
    )(run)
    return document_options(instant_options(run))


def leaving_of(
    snapshot: Snapshot, routes: tuple[str, ...], own: Own | None, moment: Moment
) -> tuple[Leaving, ...]:
    """The routes of a project that are gone or soon will be; without a project nobody has any."""
    if own is None:
        return ()
    return leaving(snapshot, routes, routes_in_use(snapshot, routes, own), moment)


def own_of(folder: Path, pdp: PDP, today: date) -> Own | None:
    """What the project in `folder` has beside its snapshot; None without a project."""
    loaded = pdp.loaded
    if loaded.project is None:
        return None
    beside = tuple(f for p in ("suite.yaml", "*.suite.yaml") for f in folder.glob(p))
    asked = [s.request for s in loaded.scenarios.values()]
    if beside:
        from policy_router.store.suites import load_suites  # noqa: PLC0415 - slow, and not everywhere

        suites = load_suites(beside, today)
        asked += [case.request for suite in suites for case in suite.suite.cases]
    log = loaded.project.log
    recorded = () if log is None else sent_routes(latest_records(log.folder))
    names = {facts.model for facts in asked if facts.model is not None}
    return Own(frozenset({*names, *recorded}), frozenset(loaded.files))


def scenarios_called(pdp: PDP, names: list[str]) -> tuple[Scenario, ...]:
    """The scenarios of these names, all if there are none; misuse for a name that is not known."""
    known = pdp.loaded.scenarios
    for name in names:
        if name not in known:
            meant = nearest(name, known)
            advice = f"did you mean `{meant}`?" if meant else f"known: {', '.join(known)}"
            raise click.UsageError(f"unknown scenario `{name}`; {advice}")
    return tuple(known[name] for name in names) or mildest_first(known.values())


def _routes(snapshot: Snapshot, patterns: dict[str, list[str]]) -> tuple[str, ...]:
    """The reachable routes that all filters let through."""
    found = [snapshot.registry.routes[i] for i in reachable_routes(snapshot)]
    for name, wanted in patterns.items():
        attribute = "id" if name == "route" else name
        known = {str(getattr(r, attribute)) for r in snapshot.registry.routes.values()}
        _check_patterns(name, wanted, known)
        if wanted:
            found = [r for r in found if any_matches(wanted, getattr(r, attribute))]
    if not found:
        raise click.UsageError("no route within reach is left by these options")
    return tuple(route.id for route in found)


def _check_patterns(option: str, wanted: list[str], known: set[str]) -> None:
    """Refuse a name that is no route's, whatever gateways there are."""
    for pattern in wanted:
        if not any(any_matches((pattern,), name) for name in known):
            holding = sorted((n for n in known if pattern.lower() in n.lower()), key=len)
            meant = nearest(pattern, known) or next(iter(holding), None)
            advice = f"; did you mean `{meant}`?" if meant else ""
            raise click.UsageError(f"--{option}: no route has the {option} `{pattern}`{advice}")
