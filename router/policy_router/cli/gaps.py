"""`policy-router gaps`: contracts and evidence that are missing."""

from __future__ import annotations

import click

from policy_router.audit.gaps import gaps
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import FINE
from policy_router.cli.scope import Scope, scope_options
from policy_router.cli.terminal import emit, progress_line, screen
from policy_router.report.gaps import gaps_csv, gaps_json, gaps_lines, gaps_markdown
from policy_router.report.leaving import leaving_lines


@click.command(
    epilog=examples(
        "gaps --policy gdpr --scenario customer-data",
        "gaps --policy gdpr --provider openai --most 5",
        "gaps --policy gdpr --scenario customer-data --format csv",
    )
)
@scope_options
@click.option("--most", type=click.IntRange(min=1), default=10, help="rows of each table")
@format_option("json", "csv", "markdown")
def command(scope: Scope, most: int, output: str) -> int:
    """Find out which contracts, evidence and judgements are missing, what unlocks most first.

    For every scenario and route that is not permitted, the smallest sets of steps that would
    permit it are searched and counted. Searching changes nothing.
    """
    routes, searched = scope.first.routes, progress_line("searched")
    found = gaps(scope.pdp.snapshot, scope.scenarios, routes, scope.moment, searched)
    match output:
        case "json":
            emit([gaps_json(found)])
        case "csv":
            emit(gaps_csv(found).splitlines())
        case "markdown":
            emit(gaps_markdown(found, scope.first, scope.leaving))
        case _:
            emit(leaving_lines(scope.leaving, screen()))
            emit(gaps_lines(found, scope.first, most, screen()))
    return FINE
