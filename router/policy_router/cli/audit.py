"""`policy-router audit`: what may go where."""

from __future__ import annotations

import click

from policy_router.audit.matrix import Standing, matrix
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import FINE
from policy_router.cli.scope import Scope, scope_options
from policy_router.cli.terminal import emit, screen
from policy_router.report.matrix import matrix_csv, matrix_json, matrix_lines, matrix_markdown


@click.command(
    epilog=examples(
        "audit --policy gdpr",
        "audit --policy gdpr --scenario customer-data --provider openai,mistral --detail",
        "audit --policy gdpr --standing permitted --format csv",
        "audit --policy gdpr --format markdown",
    )
)
@scope_options
@click.option(
    "--standing",
    type=click.Choice([s.value for s in Standing]),
    help="show only what is permitted, refused, or unknown",
)
@click.option("--detail", is_flag=True, help="show every route by itself, not groups")
@format_option("json", "csv", "markdown")
def command(scope: Scope, standing: str | None, output: str, *, detail: bool) -> int:
    """Decide every scenario on every route within reach, and report what may go where.

    The report opens with three sentences to paste into a mail. `unknown`: refused only because
    too little is known, and the report says about what.
    """
    found = matrix(scope.pdp.snapshot, scope.scenarios, scope.routes, scope.moment)
    cells = [c for c in found.cells if standing in {None, c.standing.value}]
    match output:
        case "json":
            emit([matrix_json(found, cells)])
        case "csv":
            emit(matrix_csv(found, cells).splitlines())
        case "markdown":
            emit(matrix_markdown(found, cells, detail=detail))
        case _:
            emit(matrix_lines(found, cells, scope.first, screen(), detail=detail))
    return FINE
