"""`policy-router registry stats`: how much is recorded, and what may go where."""

from __future__ import annotations

import click

from policy_router.audit.stats import stats
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import FINE
from policy_router.cli.registry_scope import Registered, registry_options
from policy_router.cli.terminal import emit, screen
from policy_router.report.stats import stats_csv, stats_json, stats_lines


@click.command(epilog=examples("registry stats", "registry stats --policy gdpr --format json"))
@registry_options()
@format_option("csv", "json")
def command(seen: Registered, output: str) -> int:
    """Count routes by gateway and provider, claims by kind of source, and decisions by scenario.

    For each scenario: on how many routes it is permitted, refused, or not known to be permitted,
    and because of what.
    """
    found = stats(seen.snapshot, seen.scenarios, seen.routes, seen.moment)
    match output:
        case "json":
            emit([stats_json(found)])
        case "csv":
            emit(stats_csv(found).splitlines())
        case _:
            emit(stats_lines(found, screen()))
    return FINE
