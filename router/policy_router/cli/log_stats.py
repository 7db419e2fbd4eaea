"""`policy-router log stats`: how many calls, and what became of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from policy_router.audit.recorded import Wanted, tally
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.log_folder import calls_of, log_folder
from policy_router.cli.main import FINE
from policy_router.cli.terminal import emit, screen
from policy_router.cli.values import Past
from policy_router.report.recorded import tally_json, tally_lines


@click.command(epilog=examples("log stats", "log stats --since 2026-11-01T00:00:00Z --format json"))
@log_folder
@click.option("--since", type=Past(), help="calls from this instant on, or 7d ago")
@click.option("--until", type=Past(), help="calls before this instant")
@format_option("json")
def command(folder: Path, since: datetime | None, until: datetime | None, output: str) -> int:
    """Count the calls of the log: permitted and refused, of whom, by which route, and why not."""
    wanted = Wanted(since=since, until=until)
    found = tally(calls_of(folder, wanted))
    emit([tally_json(found)] if output == "json" else tally_lines(found, screen()))
    return FINE
