"""`policy-router log show`: everything about one call."""

from __future__ import annotations

from pathlib import Path

import click

from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.log_folder import call_with, log_folder
from policy_router.cli.main import FINE
from policy_router.cli.terminal import emit, screen
from policy_router.report.recorded import call_json, call_lines


@click.command(epilog=examples("log show 6b4e59db", "log show 6b4e59db --format json"))
@click.argument("id_", metavar="ID")
@log_folder
@format_option("json")
def command(id_: str, folder: Path, output: str) -> int:
    """Show the call whose id is ID or begins so: its facts, every verdict, and how it ended."""
    found = call_with(folder, id_)
    emit([call_json(found)] if output == "json" else call_lines(found, screen()))
    return FINE
