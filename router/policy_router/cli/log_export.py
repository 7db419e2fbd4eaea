"""`policy-router log export`: recorded calls as a table for other programs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from policy_router.audit.recorded import Wanted
from policy_router.audit.rows import rows_of
from policy_router.cli.examples import examples
from policy_router.cli.log_folder import log_folder, shaped_calls_of
from policy_router.cli.main import FINE
from policy_router.cli.terminal import counting_line, emit
from policy_router.cli.values import Past
from policy_router.report.phrases import counted


@click.command(epilog=examples("log export --parquet calls.parquet --since 2026-11-01T00:00:00Z"))
@log_folder
@click.option(
    "--parquet",
    "file",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="file to write: Apache Parquet, with the extra `parquet`",
)
@click.option("--since", type=Past(), help="calls from this instant on, or 7d ago")
@click.option("--until", type=Past(), help="calls before this instant")
def command(folder: Path, file: Path, since: datetime | None, until: datetime | None) -> int:
    """Write the calls of the log as a table, one row for each attempt to send one.

    It holds what the records hold: facts, outcomes and digests, no prompt, no answer and no key.
    """
    try:
        from policy_router.store.parquet import write_parquet  # noqa: PLC0415 - it needs an extra
    except ImportError as error:
        raise click.UsageError("Parquet needs the extra `parquet`: install it first") from error
    rows = rows_of(shaped_calls_of(folder, Wanted(since=since, until=until)))
    count = write_parquet(file, rows, counting_line("exported"))
    emit([f"{counted(count, 'row')} written to {file}"])
    return FINE
