"""`policy-router audit`: what may go where."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from policy_router.audit.matrix import Matrix, Standing, matrix
from policy_router.audit.observed import observed
from policy_router.cli.examples import examples
from policy_router.cli.fail_on import alarm, conditions
from policy_router.cli.formats import format_option
from policy_router.cli.log_folder import not_lost
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.scope import Scope, scope_options
from policy_router.cli.terminal import emit, screen
from policy_router.report.alerts import Alarm, alarm_json, alarm_lines, alert_diagnostics
from policy_router.report.junit import alarm_junit
from policy_router.report.matrix_data import matrix_csv, matrix_json
from policy_router.report.matrix_page import matrix_lines, matrix_markdown, parts
from policy_router.report.observed import (
    observed_csv,
    observed_json,
    observed_lines,
    observed_markdown,
)
from policy_router.report.places import Tree
from policy_router.report.sarif import diagnostics_sarif
from policy_router.service.recorded import records_of, shaped


@click.command(
    epilog=examples(
        "audit --policy gdpr",
        "audit --policy gdpr --scenario customer-data --provider openai,mistral --detail",
        "audit --policy gdpr --standing permitted --format csv",
        "audit --policy gdpr --format markdown",
        "audit --observed",
        "audit --report out",
        "audit --policy gdpr --provider openai --fail-on 'expiring<14d'",
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
@click.option(
    "--report",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="write the whole report into this folder: HTML, JSON, XLSX, CSV",
)
@click.option(
    "--since-report",
    "since",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON of the report to compare with (default: the last one in the folder)",
)
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="an audit saved with --format json, for --fail-on",
)
@click.option(
    "--fail-on",
    metavar="CONDITIONS",
    help="instead: exit with 1 if, such as 'lost-routes>0,newly-unknown>0,expiring<14d'",
)
@format_option("json", "csv", "markdown", "sarif", "junit")
def command(  # noqa: PLR0913 - an argument for each option
    scope: Scope,
    standing: str | None,
    folder: Path | None,
    since: Path | None,
    output: str,
    baseline: Path | None,
    fail_on: str | None,
    *,
    detail: bool,
    of_records: bool,
) -> int:
    """Decide every scenario on every route within reach, and report what may go where.

    The report has three sentences to paste into a mail. `unknown`: refused only because
    too little is known, and the report says about what. `--report` writes all of it with the
    evidence behind each verdict, what is missing and what ends, and what changed since last time.

    With --fail-on, what became worse since a saved audit, or will within some days: each with what
    did it and what to do. Exit code 1 if a condition holds.
    """
    if folder is not None and (of_records or detail or standing or output != "text" or fail_on):
        raise click.UsageError("`--report` writes everything: it takes no options about the output")
    if since is not None and folder is None:
        raise click.UsageError("`--since-report` is for `--report`")
    _must_fit(output, baseline, fail_on)
    if fail_on is not None:
        alerts = alarm(scope, conditions(fail_on), baseline)
        emit(_alarm(scope, alerts, output))
        return DENIED if alerts.fails else FINE
    if of_records:
        emit(_observed(scope, output))
        return FINE
    found = matrix(scope.pdp.snapshot, scope.scenarios, scope.routes, scope.moment)
    if folder is not None:
        emit(_written(scope, found, folder, since))
        return FINE
    cells = [c for c in found.cells if standing in {None, c.standing.value}]
    match output:
        case "json":
            emit([matrix_json(found, cells)])
        case "csv":
            emit(matrix_csv(found, cells).splitlines())
        case "markdown":
            emit(matrix_markdown(parts(found, cells, scope.first, scope.leaving, detail=detail)))
        case _:
            page = parts(found, cells, scope.first, scope.leaving, detail=detail)
            emit(matrix_lines(page, screen()))
    return FINE


def _written(scope: Scope, found: Matrix, folder: Path, since: Path | None) -> Iterable[str]:
    """The report in a folder."""
    try:
        from policy_router.cli.audit_report import write_report  # noqa: PLC0415 - it needs an extra
    except ImportError as error:
        raise click.UsageError("reports need the extra `report`: install it first") from error
    return write_report(scope, found, folder, since)


def _must_fit(output: str, baseline: Path | None, fail_on: str | None) -> None:
    """Refuse options that go with others, or without them."""
    if fail_on is None and baseline is not None:
        raise click.UsageError("`--baseline` goes with `--fail-on`, which says what is compared")
    if fail_on is None and output in {"sarif", "junit"}:
        raise click.UsageError(f"`--format {output}` goes with `--fail-on`")
    if fail_on is not None and output in {"csv", "markdown"}:
        raise click.UsageError("with `--fail-on` the formats are text, json, sarif and junit")


def _alarm(scope: Scope, found: Alarm, output: str) -> Iterable[str]:
    match output:
        case "json":
            return [alarm_json(found)]
        case "sarif":
            tree = Tree(Path.cwd(), frozenset(scope.pdp.loaded.files))
            return [diagnostics_sarif("audit", alert_diagnostics(found), tree)]
        case "junit":
            return [alarm_junit(found)]
        case _:
            return alarm_lines(found, screen())


def _observed(scope: Scope, output: str) -> Iterable[str]:
    """What the project's log says of the calls that were only observed."""
    project = scope.pdp.loaded.project
    if project is None or project.log is None:
        raise click.UsageError("the project names no log, so nothing was recorded")
    found = observed(shaped(records_of(not_lost(project.log).folder)))
    match output:
        case "json":
            return [observed_json(found)]
        case "csv":
            return observed_csv(found).splitlines()
        case "markdown":
            return observed_markdown(found)
        case _:
            return observed_lines(found, screen())
