"""`policy-router log verify`: is every record still what was kept."""

from __future__ import annotations

from pathlib import Path

import click

from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.log_folder import log_folder
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.terminal import counting_line, emit, screen
from policy_router.report.verified import verified_json, verified_lines
from policy_router.service.verifying import Against, CannotVerify, proof_of


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
    try:
        proof = proof_of(folder, Against(anchor, remote, key), counting_line("read"))
    except CannotVerify as error:
        raise click.UsageError(str(error)) from None
    if output == "json":
        emit([verified_json(proof)])
    else:
        emit(verified_lines(proof, screen()))
    return FINE if proof.found.problem is None else DENIED
