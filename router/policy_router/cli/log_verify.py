"""`policy-router log verify`: is every record still what was kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.log_folder import folder_to_verify, log_option, place_named
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.terminal import counting_line, emit, screen
from policy_router.report.verified import verified_json, verified_lines
from policy_router.service.verifying import Against, CannotVerify, named_by, proof_of


@click.command(epilog=examples("log verify", "log verify --anchor checkpoints-kept-elsewhere"))
@document_options
@log_option
@click.option(
    "--anchor",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="file of checkpoints that was kept elsewhere (default: that of the project)",
)
@click.option(
    "--anchor-git",
    "remote",
    metavar="REPOSITORY",
    help="git repository to which they were pushed (default: that of the project)",
)
@click.option("--alone", is_flag=True, help="compare it with no anchor that the project names")
@click.option(
    "--key",
    "keys",
    metavar="HEX",
    multiple=True,
    help="public key by which every checkpoint must be signed; of several, by one of them",
)
@format_option("json")
def command(  # noqa: PLR0913 - one for each option
    chosen: Chosen,
    folder: Path | None,
    anchor: Path | None,
    remote: str | None,
    keys: tuple[str, ...],
    output: str,
    *,
    alone: bool,
) -> int:
    """Read every record of the log and say what that proves, and what it does not.

    The project's log is compared with every anchor that the project names, if none is named here.
    Exit code 1 if a record is missing, changed or out of its place; the first one is named.
    """
    against = Against(anchor, remote, keys)
    if alone and against.anchors:
        raise click.UsageError("`--alone` goes with no `--anchor` and no `--anchor-git`")
    if folder is None and not (alone or against.anchors):
        against = replace(named_by(place_named(chosen)), keys=keys)
    try:
        found = folder_to_verify(chosen, folder, against)
        proof = proof_of(found, against, counting_line("read"))
    except CannotVerify as error:
        advice = "; `--alone` verifies the log without it" if against.by_project else ""
        raise click.UsageError(f"{error}{advice}") from None
    if output == "json":
        emit([verified_json(proof)])
    else:
        emit(verified_lines(proof, screen()))
    return FINE if proof.found.problem is None else DENIED
