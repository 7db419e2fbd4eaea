"""`policy-router check`: read all documents and report everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import click

from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.failures import about_options, shown_diagnostics, summary
from policy_router.cli.formats import format_option
from policy_router.cli.lint import linted
from policy_router.cli.main import DENIED, FINE, MISUSE
from policy_router.cli.requests import instant_options
from policy_router.cli.terminal import emit
from policy_router.domain.claim import Moment
from policy_router.domain.diagnostic import Diagnostic, Severity
from policy_router.enforcement.log_place import unwritable_log
from policy_router.report.annotations import github_lines
from policy_router.report.diagnostics import render_json
from policy_router.report.junit import files_junit
from policy_router.report.phrases import counted
from policy_router.report.places import Tree
from policy_router.report.sarif import diagnostics_sarif
from policy_router.service.pdp import utc_now
from policy_router.store.project import Loaded, LoadErrors, load_project
from policy_router.store.suites import load_suites


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of reading. `loaded`: the project, if nothing must not be used."""

    loaded: Loaded | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    files: frozenset[str]


@click.command(
    epilog=examples(
        "check --policy gdpr",
        "check --config policy-router.yaml",
        "check --policy gdpr --format json",
        "check --format sarif",
        "check --lint --policy gdpr",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@document_options
@click.option("--strict", is_flag=True, help="warnings count as failures")
@click.option("--lint", is_flag=True, help="also what sound documents say to no effect")
@click.option("--lint-shipped", is_flag=True, help="the same of the packs that are shipped")
@instant_options
@format_option("json", "sarif", "junit", "github")
def command(  # noqa: PLR0913 - an argument for each option
    chosen: Chosen,
    paths: tuple[Path, ...],
    at: datetime | None,
    known_at: datetime | None,
    output: str,
    *,
    strict: bool,
    lint: bool,
    lint_shipped: bool,
) -> int:
    """Read the project, its suites and PATHS, and report every problem of every file at once.

    What keeps this machine from writing the project's log is noted: another one may serve.

    --lint tries every request that rules can tell apart on every route within reach, at an
    instant (--at), and warns of rules that can never apply or that no route passes, exceptions and
    sign-offs that nothing matches, and scenarios without a route. In a project it speaks of the
    project's own documents, with --lint-shipped of shipped packs and scenarios too.

    Exit code 0: fine, 1: warnings and --strict, 2: documents that must not be used.
    """
    chosen.must_name_something(paths)
    found = _read(chosen, paths, utc_now().date())
    if (lint or lint_shipped) and found.loaded is not None:
        moment = Moment(at or utc_now(), known_at)
        idle, texts = linted(chosen, paths, moment, shipped=lint_shipped)
        found = replace(
            found,
            diagnostics=(*found.diagnostics, *idle),
            sources={**found.sources, **texts},
        )
    failing = frozenset({Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR})
    emit(_report(found, output, failing))
    if found.loaded is None:
        return MISUSE
    return DENIED if any(d.severity in failing for d in found.diagnostics) else FINE


def _read(chosen: Chosen, paths: tuple[Path, ...], today: date) -> _Found:
    """Read the project and the suites, both to the end; raises `LoadErrors` about an option."""
    loaded, errors, suites = None, [], frozenset[str]()
    try:
        loaded = load_project(
            chosen.config, packs=chosen.policies, all_routes=True, extra=paths, today=today
        )
    except LoadErrors as error:
        if about_options(error.diagnostics):
            raise
        errors.append(error)
    try:
        read = load_suites(_suite_folders(chosen, paths), today)
        suites = frozenset(suite.suite.span.file for suite in read)
    except LoadErrors as error:
        errors.append(error)
    return _together(loaded, errors, suites)


def _together(loaded: Loaded | None, errors: list[LoadErrors], suites: frozenset[str]) -> _Found:
    parts: list[Loaded | LoadErrors] = [*errors] if loaded is None else [loaded, *errors]
    log = unwritable_log(None if loaded is None else loaded.project)
    noted = (
        () if log is None else tuple(replace(d, severity=Severity.NOTE) for d in log.diagnostics)
    )
    texts = [*(part.sources for part in parts), {} if log is None else log.sources]
    return _Found(
        None if errors else loaded,
        tuple(dict.fromkeys((*(d for part in parts for d in part.diagnostics), *noted))),
        {name: text for sources in texts for name, text in sources.items()},
        suites.union(*(part.files for part in parts)),
    )


def _suite_folders(chosen: Chosen, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    folders = tuple(path for path in paths if path.is_dir())
    return folders if chosen.config is None else (chosen.folder, *folders)


def _report(found: _Found, output: str, failing: frozenset[Severity]) -> Iterable[str]:
    tree = Tree(Path.cwd(), found.files)
    match output:
        case "json":
            return [render_json(found.diagnostics)]
        case "sarif":
            return [diagnostics_sarif("check", found.diagnostics, tree)]
        case "junit":
            return [files_junit("check", found.diagnostics, found.sources, found.files, failing)]
        case "github":
            return [*github_lines(found.diagnostics, tree), *_summary(found)]
        case _:
            shown = shown_diagnostics(found.diagnostics, found.sources).splitlines()
            return [*shown, *_summary(found)]


def _summary(found: _Found) -> Iterator[str]:
    if found.diagnostics:
        yield summary(found.diagnostics)
    if found.loaded is not None:
        yield _sound(found.loaded)


def _sound(loaded: Loaded) -> str:
    """What was read, once it is sound."""
    policies, registry = loaded.snapshot.policies, loaded.snapshot.registry
    rules = sum(len(policy.rules) for policy in policies.policies)
    parts = [
        counted(len(policies.policies), "policy in force", "policies in force"),
        counted(rules, "rule"),
        counted(len(registry.routes), "route"),
        counted(len(registry.agreements), "agreement"),
        counted(len(registry.signoffs), "sign-off"),
        counted(len(policies.exceptions), "exception"),
    ]
    return f"sound: {', '.join(parts)}"
