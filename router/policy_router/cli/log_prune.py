"""`policy-router log prune`: remove what is older than the project keeps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import click

from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.log_folder import log_place, teller_of, writable
from policy_router.cli.main import FINE
from policy_router.cli.terminal import emit, screen
from policy_router.cli.values import Days
from policy_router.log.telling import NotTold
from policy_router.report.pruned import pruned_json, pruned_lines
from policy_router.service.pdp import utc_now
from policy_router.service.retention import Pruned, prune, would_prune
from policy_router.store.described import LogPlace

_LEAST: Final = timedelta(days=1)


_KEPT_FOR_GOOD: Final = (
    "the project keeps its log for good: set `keep_days: 400` under `log` in the project file, or "
    "say `--keep 400d` for this time"
)


@click.command(epilog=examples("log prune --keep 400d --dry-run", "log prune --keep 400d"))
@document_options
@click.option(
    "--keep", type=Days(), metavar="DAYS", help="days to keep (default: `keep_days` of the log)"
)
@click.option("--dry-run", is_flag=True, help="say what would go, and remove nothing")
@format_option("json")
def command(chosen: Chosen, keep: timedelta | None, output: str, *, dry_run: bool) -> int:
    """Remove segments of the project's log all of which is older than it keeps.

    A record says what went, a checkpoint covers it before anything does, and the log verifies as
    before. Documents go that no record names any more.
    """
    place, now = log_place(chosen), utc_now()
    if keep is None and place.keep_days is not None:
        keep = timedelta(days=place.keep_days)
    if keep is None:
        raise click.UsageError(_KEPT_FOR_GOOD)
    if keep < _LEAST:
        raise click.UsageError("`--keep` takes 1d or more")
    before = now - keep
    found = would_prune(place.folder, before) if dry_run else _pruned(place, before, now)
    if output == "json":
        emit([pruned_json(found, done=not dry_run)])
    else:
        emit(pruned_lines(found, screen(), done=not dry_run))
    return FINE


def _pruned(place: LogPlace, before: datetime, now: datetime) -> Pruned:
    try:
        return prune(writable(place), before, now, teller_of(place))
    except NotTold as error:
        what = f"nothing was removed: {error}; see `policy-router log tell`"
        raise click.ClickException(what) from None
