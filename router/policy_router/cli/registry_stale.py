"""`policy-router registry stale`: what lapses soon, and what hangs on it."""

from __future__ import annotations

from datetime import timedelta

import click

from policy_router.audit.hanging import hanging
from policy_router.audit.lapses import lapses
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import FINE
from policy_router.cli.registry_scope import Registered, registry_options
from policy_router.cli.scope import leaving_of, own_of
from policy_router.cli.terminal import emit, screen
from policy_router.cli.values import Days
from policy_router.report.lapses import Outlook, lapses_csv, lapses_json, lapses_lines


@click.command(
    epilog=examples(
        "registry stale --within 30d",
        "registry stale --within 400d --policy gdpr --format csv",
    )
)
@registry_options()
@click.option("--within", type=Days(), default="30d", help="how far to look ahead, such as 30d")
@click.option("--most", type=click.IntRange(min=1), default=20, help="rows of the table")
@format_option("csv", "json")
def command(seen: Registered, within: timedelta, most: int, output: str) -> int:
    """List what is about to lapse or just has: claims, contracts, judgements, waivers, law, rates.

    Claims lapse when they grow older than a policy in force lets them. What most permissions hang
    on comes first: every scenario is decided with it and without it.
    """
    soon = lapses(seen.snapshot, seen.routes, seen.moment, within)
    found = hanging(seen.snapshot, seen.scenarios, soon, seen.moment)
    own = own_of(seen.chosen.folder, seen.pdp, seen.moment.at.date())
    gone = leaving_of(seen.snapshot, seen.routes, own, seen.moment)
    outlook = Outlook(seen.snapshot, seen.moment, within, found, gone)
    match output:
        case "json":
            emit([lapses_json(outlook)])
        case "csv":
            emit(lapses_csv(outlook).splitlines())
        case _:
            emit(lapses_lines(outlook, most, screen()))
    return FINE
