"""`policy-router policy diff`: which decisions a change of documents turns, and what did it."""

from __future__ import annotations

from datetime import datetime

import click

from policy_router.audit.severity import mildest_first
from policy_router.audit.turns import turns
from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import FINE
from policy_router.cli.registry_scope import DEFAULT_PACK
from policy_router.cli.requests import instant_options
from policy_router.cli.sides import Sides
from policy_router.cli.terminal import emit, screen
from policy_router.domain.claim import Moment
from policy_router.report.turns import turns_json, turns_lines
from policy_router.service.pdp import utc_now


@click.command(
    no_args_is_help=True,
    epilog=examples(
        "policy diff shipped shipped --policy gdpr",
        "policy diff shipped shipped --policy gdpr,eu-residency --format json",
    ),
)
@click.argument("old")
@click.argument("new")
@document_options
@instant_options
@click.option("--most", type=click.IntRange(min=1), default=40, help="rows of each table")
@click.option("--detail", is_flag=True, help="name every route, however many")
@format_option("json")
def command(  # noqa: PLR0913 - an argument for each option
    old: str,
    new: str,
    chosen: Chosen,
    at: datetime | None,
    known_at: datetime | None,
    most: int,
    output: str,
    *,
    detail: bool,
) -> int:
    """Decide every scenario on every route under OLD and under NEW, and say what changed, and why.

    Each is a project, a policy or a folder of documents that is put in force beside the current
    project, a folder with the documents of a release (`data/`, and `policies/` if it is there), a
    revision of git of the current project or folder, or `shipped` for what came with this program:
    beside a project, its packs, scenarios and gateways without anything else of its own.

    What did it is found by trying: a change is named if it alone, made to OLD, has the same
    effect; where none does alone, those that do it together and of which none can be left out.
    The scenarios are those of NEW, on both sides. Names of aliases, orders of preference and
    substitutions decide which route is chosen, not what a route may carry, and turn nothing here.
    """
    sides = Sides(chosen.or_packs(DEFAULT_PACK), policies=True)
    before, after = sides.pair(old, new)
    moment = Moment(at or utc_now(), known_at)
    scenarios = mildest_first(after.scenarios.values())
    found = turns(before.snapshot, after.snapshot, scenarios, moment)
    if output == "json":
        emit([turns_json(found)])
    else:
        emit(turns_lines(found, most, screen(), detail=detail))
    return FINE
