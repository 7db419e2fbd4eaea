"""`policy-router log tell`: tell anchors and collectors what the log has come to."""

from __future__ import annotations

import click

from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.log_folder import log_place, teller_of, writable
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.terminal import emit, screen
from policy_router.report.telling import covered_line, told_lines


@click.command(epilog=examples("log tell"))
@document_options
def command(chosen: Chosen) -> int:
    """Have a checkpoint cover all records, and tell `anchor_git` and `otel` what is new.

    The sidecar does so by itself every few seconds; this is for programs without it, from a timer.
    Exit code 1 if somebody could not be told.
    """
    place = log_place(chosen)
    telling = teller_of(place)
    covered = writable(place).close()
    done = telling.look()
    emit([covered_line(covered), *told_lines(telling.standings, screen())])
    return FINE if done else DENIED
