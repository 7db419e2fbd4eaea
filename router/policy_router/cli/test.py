"""`policy-router test`: run the suites."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path

import click

from policy_router.cli.documents import Chosen, document_options, pack_ids
from policy_router.cli.examples import examples
from policy_router.cli.formats import format_option
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.terminal import emit, screen
from policy_router.domain.diagnostic import Severity
from policy_router.language.suggest import nearest
from policy_router.report.junit import files_junit, suites_junit
from policy_router.report.phrases import names
from policy_router.report.places import Tree
from policy_router.report.sarif import diagnostics_sarif, suites_sarif
from policy_router.report.suites import suites_json, suites_lines
from policy_router.service.pdp import utc_now
from policy_router.store.project import LoadErrors
from policy_router.store.shipped import shipped_root
from policy_router.store.suites import SuiteFile, load_suites
from policy_router.verify.suites import CaseResult, run_suite


@click.command(
    epilog=examples(
        "test",
        "test suite.yaml",
        "test --policy gdpr",
        "test --format json",
        "test --format junit",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@document_options
@format_option("json", "sarif", "junit")
def command(chosen: Chosen, paths: tuple[Path, ...], output: str) -> int:
    """Run the suites in PATHS, of the project, or, without one, of the shipped packs.

    --policy runs only the suites of these packs. A suite is `suite.yaml` or `*.suite.yaml`; every
    case decides a request at an instant it names, so that the result is the same on any day. Exit
    code 0: all passed, 1: some failed.
    """
    try:
        results = _run(chosen, paths, utc_now().date())
    except LoadErrors as error:
        if report := _broken(error, output):
            emit(report)
        raise
    emit(_report(results, output))
    return FINE if all(result.passed for result in results) else DENIED


def _run(chosen: Chosen, paths: tuple[Path, ...], today: date) -> list[CaseResult]:
    suites = _of_policies(load_suites(paths or _default(chosen), today), chosen.policies)
    if not suites:
        raise click.UsageError(_none(chosen.policies))
    results: list[CaseResult] = []
    for suite in suites:
        results += run_suite(suite.suite, suite.load(today).snapshot)
    return results


def _report(results: list[CaseResult], output: str) -> Iterable[str]:
    match output:
        case "json":
            return [suites_json(results)]
        case "sarif":
            files = frozenset(result.case.span.file for result in results)
            return [suites_sarif(results, Tree(Path.cwd(), files))]
        case "junit":
            return [suites_junit(results)]
        case _:
            return suites_lines(results, screen())


def _broken(error: LoadErrors, output: str) -> list[str]:
    """What a report says of documents that must not be used; a person reads it elsewhere."""
    match output:
        case "sarif":
            tree = Tree(Path.cwd(), frozenset(error.files))
            return [diagnostics_sarif("test", error.diagnostics, tree)]
        case "junit":
            failing = frozenset({Severity.ERROR})
            return [files_junit("test", error.diagnostics, error.sources, error.files, failing)]
        case _:
            return []


def _default(chosen: Chosen) -> tuple[Path, ...]:
    """Where suites are looked for: in the packs that are named, else in the project."""
    shipped = shipped_root() / "policies"
    known = set(pack_ids())
    packs = tuple(shipped / name for name in chosen.policies if name in known)
    if packs:
        return packs
    return (shipped,) if chosen.config is None else (chosen.folder,)


def _of_policies(suites: Iterable[SuiteFile], policies: Collection[str]) -> list[SuiteFile]:
    """The suites that test one of the policies; all of them if none is named."""
    return [s for s in suites if not policies or set(policies) & set(s.suite.policies)]


def _none(policies: Sequence[str]) -> str:
    if not policies:
        return "there is no suite here; name files or folders that hold one"
    meant = [near for name in policies if (near := nearest(name, pack_ids())) not in {None, name}]
    advice = f"did you mean {names(meant, last='or')}?" if meant else "name its file or folder"
    return f"there is no suite of {names(policies)}; {advice}"
