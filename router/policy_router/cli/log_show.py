"""`policy-router log show`: everything about one call."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import click

from policy_router.audit.recorded import Wanted
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.log_folder import calls_of, log_folder
from policy_router.cli.main import FINE
from policy_router.cli.terminal import emit, screen
from policy_router.report.recorded import call_json, call_lines

_MANY = 5


@click.command(epilog=examples("log show 6b4e59db", "log show 6b4e59db --format json"))
@click.argument("id_", metavar="ID")
@log_folder
@format_option("json")
def command(id_: str, folder: Path, output: str) -> int:
    """Show the call whose id is ID or begins so: its facts, every verdict, and how it ended."""
    found = list(islice(calls_of(folder, Wanted(id=id_)), _MANY))
    if not found:
        raise click.UsageError(f"no call in the log has an id that begins with `{id_}`")
    if len(found) > 1:
        ids = ", ".join(call.first["id"] for call in found)
        raise click.UsageError(f"several calls have an id that begins with `{id_}`: {ids}")
    emit([call_json(found[0])] if output == "json" else call_lines(found[0], screen()))
    return FINE
