"""`policy-router registry diff`: what changed between two states of the registry."""

from __future__ import annotations

from datetime import datetime

import click

from policy_router.audit.changes import differences, shifts
from policy_router.audit.documents import registry_documents
from policy_router.audit.severity import mildest_first
from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import FINE
from policy_router.cli.registry_scope import DEFAULT_PACK
from policy_router.cli.requests import instant_options
from policy_router.cli.sides import Sides
from policy_router.cli.terminal import emit, screen
from policy_router.domain.claim import Moment
from policy_router.report.changes import Comparison, changes_csv, changes_json, changes_lines
from policy_router.service.pdp import utc_now


@click.command(
    no_args_is_help=True,
    epilog=examples(
        "registry diff shipped shipped",
        "registry diff shipped shipped --policy gdpr,eu-residency --format json",
    ),
)
@click.argument("old")
@click.argument("new")
@document_options
@instant_options
@click.option("--most", type=click.IntRange(min=1), default=40, help="rows of the table")
@format_option("csv", "json")
def command(  # noqa: PLR0913 - an argument for each option
    old: str,
    new: str,
    chosen: Chosen,
    at: datetime | None,
    known_at: datetime | None,
    most: int,
    output: str,
) -> int:
    """Compare the registries OLD and NEW, and decide every scenario on every route of both.

    Each is a project, a folder that holds the documents of a release (`data/`), a revision of git
    of the current project or folder, or `shipped` for the documents that came with this program.
    A project brings its own policies; otherwise those of the current one are in force. Beside a
    project, `shipped` is without that project's documents, under its policies and gateways: so
    `registry diff shipped .` says what the current project has on file, and what that opens.
    """
    sides = Sides(chosen.or_packs(DEFAULT_PACK))
    before, after = sides.pair(old, new)
    moment = Moment(at or utc_now(), known_at)
    differ = differences(*(registry_documents(side.snapshot.registry) for side in (before, after)))
    changed = frozenset((d.kind, d.id) for d in differ)
    scenarios = mildest_first(after.scenarios.values())
    shifted = shifts(before.snapshot, after.snapshot, scenarios, moment, changed)
    found = Comparison(before.snapshot, after.snapshot, moment, differ, shifted)
    match output:
        case "json":
            emit([changes_json(found)])
        case "csv":
            emit(changes_csv(found).splitlines())
        case _:
            emit(changes_lines(found, most, screen()))
    return FINE
