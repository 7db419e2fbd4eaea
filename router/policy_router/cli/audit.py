"""`policy-router audit`: what may go where."""

from __future__ import annotations

from collections.abc import Iterable

import click

from policy_router.audit.matrix import Standing, matrix
from policy_router.audit.observed import observed
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import FINE
from policy_router.cli.scope import Scope, scope_options
from policy_router.cli.terminal import emit, screen
from policy_router.log.reading import records_in
from policy_router.report.matrix import matrix_csv, matrix_json, matrix_lines, matrix_markdown
from policy_router.report.observed import (
    observed_csv,
    observed_json,
    observed_lines,
    observed_markdown,
)


@click.command(
    epilog=examples(
        "audit --policy gdpr",
        "audit --policy gdpr --scenario customer-data --provider openai,mistral --detail",
        "audit --policy gdpr --standing permitted --format csv",
        "audit --policy gdpr --format markdown",
        "audit --observed",
    )
)
@scope_options
@click.option(
    "--standing",
    type=click.Choice([s.value for s in Standing]),
    help="show only what is permitted, refused, or unknown",
)
@click.option("--detail", is_flag=True, help="show every route by itself, not groups")
@click.option(
    "--observed",
    "of_records",
    is_flag=True,
    help="instead: which recorded calls would have been refused while the project only observes",
)
@format_option("json", "csv", "markdown")
def command(
    scope: Scope, standing: str | None, output: str, *, detail: bool, of_records: bool
) -> int:
    """Decide every scenario on every route within reach, and report what may go where.

    The report opens with three sentences to paste into a mail. `unknown`: refused only because
    too little is known, and the report says about what.
    """
    if of_records:
        emit(_observed(scope, output))
        return FINE
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


def _observed(scope: Scope, output: str) -> Iterable[str]:
    """What the project's log says of the calls that were only observed."""
    project = scope.pdp.loaded.project
    if project is None or project.log is None:
        raise click.UsageError("the project names no log, so nothing was recorded")
    found = observed(records_in(project.log.folder))
    match output:
        case "json":
            return [observed_json(found)]
        case "csv":
            return observed_csv(found).splitlines()
        case "markdown":
            return observed_markdown(found)
        case _:
            return observed_lines(found, screen())
