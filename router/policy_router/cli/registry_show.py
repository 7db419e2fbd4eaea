"""`policy-router registry show`: everything about one model, or one of its routes."""

from __future__ import annotations

import click

from policy_router.audit.prospects import prospects
from policy_router.cli.documents import pack_ids
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import FINE
from policy_router.cli.registry_scope import Registered, registry_options, sheet_called
from policy_router.cli.requests import model_names
from policy_router.cli.terminal import emit, screen
from policy_router.cli.values import Name
from policy_router.report.show import show_json, show_lines


@click.command(
    no_args_is_help=True,
    epilog=examples(
        "registry show openai/o4-mini",
        "registry show openai/o4-mini --all",
        "registry show opper:openai/o4-mini --policy gdpr --format json",
    ),
)
@click.argument("name", type=Name(model_names))
@registry_options(*pack_ids())
@click.option("--all", "everything", is_flag=True, help="each route, claim and reason by itself")
@format_option("json")
def command(seen: Registered, name: str, output: str, *, everything: bool) -> int:
    """Show the model or route NAME: which packs let which kind of data go there, and the next step.

    Then card, claims with their conditions, routes, data handling, and a call to copy. What routes
    have in common is told once, unless you say --all. Without a project the packs are all that are
    shipped.
    """
    page = sheet_called(seen, name)
    ids = [offer.route.id for offer in page.offers]
    packs = list(prospects(seen.snapshot, seen.scenarios, ids, seen.moment))
    if output == "json":
        emit([show_json(page, packs)])
    else:
        emit(show_lines(page, packs, screen(), everything=everything))
    return FINE
