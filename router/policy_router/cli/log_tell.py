"""`policy-router log tell`: tell anchors and collectors what the log has come to."""

from __future__ import annotations

import click

from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.log_folder import log_place
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.terminal import emit, screen
from policy_router.report.telling import told_lines
from policy_router.service.telling import telling_of


@click.command(epilog=examples("log tell"))
@document_options
def command(chosen: Chosen) -> int:
    """Push checkpoints to `anchor_git`, and hand a collector what `otel` says, as far as it is new.

    The sidecar does so by itself every few seconds; this is for programs without it, from a timer.
    Exit code 1 if somebody could not be told.
    """
    place = log_place(chosen)
    try:
        telling = telling_of(place)
    except ImportError as error:
        raise click.UsageError("`otel` needs the extra `otel`: install it first") from error
    if not telling.standings:
        raise click.UsageError("the project names nobody to tell: `anchor_git` or `otel` in `log`")
    done = telling.look()
    emit(told_lines(telling.standings, screen()))
    return FINE if done else DENIED
