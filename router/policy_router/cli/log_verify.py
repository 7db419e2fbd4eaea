"""`policy-router log verify`: is every record still what was kept."""

from __future__ import annotations

from pathlib import Path

import click

from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.log_folder import log_folder
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.terminal import counting_line, emit, screen
from policy_router.log.checkpoint import Checkpoint, checkpoints_in
from policy_router.log.git_anchor import GitAnchor
from policy_router.log.segment import opening_of, segments_in
from policy_router.log.telling import NotTold
from policy_router.log.verification import IsSigned, Listeners, verify
from policy_router.report.verified import Asked, verified_json, verified_lines

_HEX_DIGITS = 64


@click.command(epilog=examples("log verify", "log verify --anchor checkpoints-kept-elsewhere"))
@log_folder
@click.option(
    "--anchor",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="file of checkpoints that was kept elsewhere",
)
@click.option(
    "--anchor-git", "remote", metavar="REPOSITORY", help="git repository to which they were pushed"
)
@click.option("--key", metavar="HEX", help="public key by which every checkpoint must be signed")
@format_option("json")
def command(
    folder: Path, anchor: Path | None, remote: str | None, key: str | None, output: str
) -> int:
    """Read every record of the log and say what that proves, and what it does not.

    Exit code 1 if a record is missing, changed or out of its place; the first one is named.
    """
    anchored = checkpoints_in(anchor) if anchor is not None else []
    if anchor is not None and not anchored:
        raise click.UsageError(f"`{anchor}` holds no checkpoint")
    if remote is not None:
        anchored += _pushed(folder, remote)
    found = verify(folder, anchored, _signed_by(key), Listeners(counting_line("read")))
    asked = Asked(folder, tuple(str(each) for each in (anchor, remote) if each is not None), key)
    if output == "json":
        emit([verified_json(found, asked)])
    else:
        emit(verified_lines(found, asked, screen()))
    return FINE if found.problem is None else DENIED


def _pushed(folder: Path, remote: str) -> list[Checkpoint]:
    """Every checkpoint of the log in `folder` that was ever pushed to a repository."""
    openings = (opening_of(folder, segment) for segment in segments_in(folder))
    log = next((opening.log for opening in openings if opening is not None), None)
    try:
        found = [] if log is None else GitAnchor(remote).told(log)
    except NotTold as error:
        raise click.UsageError(f"`{remote}` cannot be read: {error}") from None
    if not found:
        raise click.UsageError(f"`{remote}` holds no checkpoint of this log")
    return found


def _signed_by(key: str | None) -> IsSigned:
    """What says whether a checkpoint is signed as it should be; without `key` it need not be."""
    if key is None:
        return lambda c: c.signature is None or _holds(c)
    wanted = key.lower()
    if len(wanted) != _HEX_DIGITS or set(wanted) - set("0123456789abcdef"):
        raise click.UsageError("`--key` takes the 64 hexadecimal digits `log key` has printed")
    return lambda c: c.key == wanted and _holds(c)


def _holds(checkpoint: Checkpoint) -> bool:
    """Whether the signature is of the key that is named."""
    try:
        from policy_router.log.keys import is_signed  # noqa: PLC0415 - it needs an extra
    except ImportError as error:
        raise click.UsageError("signatures need the extra `signing`: install it first") from error
    return is_signed(checkpoint)
