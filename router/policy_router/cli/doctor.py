"""`policy-router doctor`: whether a project is ready."""

from __future__ import annotations

from datetime import datetime

import click

from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examination import examined
from policy_router.cli.examination_broken import examined_broken
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.terminal import emit, screen
from policy_router.cli.values import Instant
from policy_router.report.examination import Check, State, examination_json, examination_lines
from policy_router.service.pdp import utc_now
from policy_router.store.project import LoadErrors


@click.command(epilog=examples("doctor --policy gdpr", "doctor --policy gdpr --format json"))
@document_options
@click.option("--at", type=Instant(), help="the instant to look from (default: now)")
@format_option("json")
def command(chosen: Chosen, at: datetime | None, output: str) -> int:
    """Look at the project file, its packs, gateways and keys, and how old the registry is.

    Keys are looked for and never shown. Exit code 0: ready, 1: something is to be put right, 2:
    documents that must not be used; what can be said without them is said.
    """
    chosen.must_name_something()
    try:
        loaded = chosen.shown().loaded
    except LoadErrors as error:
        _show(list(examined_broken(chosen.config, error.diagnostics)), output)
        raise
    checks = list(examined(loaded, at or utc_now()))
    _show(checks, output)
    return DENIED if any(check.state is State.WRONG for check in checks) else FINE


def _show(checks: list[Check], output: str) -> None:
    emit([examination_json(checks)] if output == "json" else examination_lines(checks, screen()))
