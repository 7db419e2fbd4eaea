"""`policy-router registry evidence`: every claim about a route with its evidence."""

from __future__ import annotations

import click

from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import FINE
from policy_router.cli.registry_scope import Registered, registry_options, routes_within
from policy_router.cli.requests import model_names
from policy_router.cli.terminal import emit, screen
from policy_router.cli.values import Name
from policy_router.report.evidence import evidence_csv, evidence_json, evidence_lines


@click.command(
    no_args_is_help=True,
    epilog=examples(
        "registry evidence opper:openai/o4-mini",
        "registry evidence openai/o4-mini --format csv",
    ),
)
@click.argument("name", type=Name(model_names))
@registry_options()
@format_option("csv", "json")
def command(seen: Registered, name: str, output: str) -> int:
    """Show every claim about the route NAME, hop by hop.

    Of a model NAME: every claim about each of its routes within reach. Of each claim it is said
    what its source is, when that was read, whether anybody verified it, how old that is, and
    whether it is the claim that counts.
    """
    routes = routes_within(seen, name)
    match output:
        case "json":
            emit([evidence_json(seen.snapshot, routes, seen.moment)])
        case "csv":
            emit(evidence_csv(seen.snapshot, routes, seen.moment).splitlines())
        case _:
            emit(evidence_lines(seen.snapshot, routes, seen.moment, screen()))
    return FINE
