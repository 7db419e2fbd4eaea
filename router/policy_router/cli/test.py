"""`policy-router test`: run the suites."""

from __future__ import annotations

from pathlib import Path

import click

from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.terminal import emit, screen
from policy_router.report.suites import suites_json, suites_lines
from policy_router.service.pdp import utc_now
from policy_router.store.shipped import shipped_root
from policy_router.store.suites import load_suites
from policy_router.verify.suites import CaseResult, run_suite


@click.command(
    epilog=examples(
        "test",
        "test suite.yaml",
        "test --format json",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@document_options
@format_option("json")
def command(chosen: Chosen, paths: tuple[Path, ...], output: str) -> int:
    """Run the suites in PATHS, of the project, or, without one, of the shipped packs.

    A suite is `suite.yaml` or `*.suite.yaml`; every case decides a request at an instant it
    names, so that the result is the same on any day. Exit code 0: all passed, 1: some failed.
    """
    today = utc_now().date()
    suites = load_suites(paths or (_default(chosen),), today)
    if not suites:
        raise click.UsageError("there is no suite here; name files or folders that hold one")
    results: list[CaseResult] = []
    for suite in suites:
        results += run_suite(suite.suite, suite.load(today).snapshot)
    if output == "json":
        emit([suites_json(results)])
    else:
        emit(suites_lines(results, screen()))
    return FINE if all(result.passed for result in results) else DENIED


def _default(chosen: Chosen) -> Path:
    return shipped_root() / "policies" if chosen.config is None else chosen.folder
