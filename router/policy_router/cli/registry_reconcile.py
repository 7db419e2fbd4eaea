"""`policy-router registry reconcile`: a gateway's own verdicts beside ours."""

from __future__ import annotations

from typing import BinaryIO

import click

from policy_router.audit.reconciliation import reconciled
from policy_router.cli.examples import examples
from policy_router.cli.failures import refused_import
from policy_router.cli.formats import format_option
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.registry_scope import Registered, registry_options
from policy_router.cli.scope import scenarios_called
from policy_router.cli.terminal import emit, screen
from policy_router.cli.values import Names
from policy_router.language.suggest import nearest
from policy_router.registry.importers.opper_verdicts import Verdicts, verdicts
from policy_router.registry.importers.refusal import ImportRefused
from policy_router.registry.importers.strict_json import DEFAULT_LIMITS
from policy_router.report.phrases import counted
from policy_router.report.reconciliation import (
    reconciliation_csv,
    reconciliation_json,
    reconciliation_lines,
)


@click.command(
    no_args_is_help=True,
    epilog=examples(
        "registry reconcile verdicts.json --scenario public-text",
        "registry reconcile verdicts.json --scenario customer-data --format csv",
    ),
)
@click.argument("file", type=click.File("rb"))
@registry_options()
@click.option("--gateway", default="opper", metavar="ID", help="whose verdicts these are")
@click.option(
    "--scenario", "wanted", type=Names(), multiple=True, metavar="IDS",
    help="what the key is used for (default: all scenarios)",
)  # fmt: skip
@click.option("--most", type=click.IntRange(min=1), default=20, help="rows of the table")
@format_option("csv", "json")
def command(  # noqa: PLR0913 - an argument for each option
    seen: Registered,
    file: BinaryIO,
    gateway: str,
    wanted: tuple[tuple[str, ...], ...],
    most: int,
    output: str,
) -> int:
    """Compare a gateway's verdicts for a key, as Opper lists them, with ours.

    FILE is the answer to `GET /v3/models?include=policy`, asked with that key; - is standard
    input. A row that cannot be read is set aside, and the others are compared. Exit code 0: no
    difference, 1: some, or rows set aside.
    """
    names = [name for part in wanted for name in part]
    scenarios = scenarios_called(seen.pdp, names)
    if gateway not in seen.snapshot.registry.gateways:
        meant = nearest(gateway, seen.snapshot.registry.gateways)
        advice = f"; did you mean `{meant}`?" if meant else ""
        raise click.UsageError(f"no gateway is called `{gateway}`{advice}")
    found = reconciled(seen.snapshot, scenarios, gateway, _read(file), seen.moment)
    match output:
        case "json":
            emit([reconciliation_json(found)])
        case "csv":
            emit(reconciliation_csv(found).splitlines())
            _mention(len(found.aside))
        case _:
            emit(reconciliation_lines(found, most, screen()))
    return FINE if found.complete_and_alike else DENIED


def _mention(aside: int) -> None:
    """A table of differences has no place for rows that could not be compared."""
    if aside:
        rows = f"{counted(aside, 'row')} {'is' if aside == 1 else 'are'}"
        click.echo(f"{rows} set aside: see the report as text or JSON", err=True)


def _read(file: BinaryIO) -> Verdicts:
    try:
        return verdicts(file.read(DEFAULT_LIMITS.size + 1))
    except ImportRefused as refused:
        raise refused_import(refused, file.name) from None
