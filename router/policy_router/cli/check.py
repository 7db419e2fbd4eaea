"""`policy-router check`: read all documents and report everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from policy_router.cli.documents import Chosen, document_options
from policy_router.cli.examples import examples
from policy_router.cli.failures import shown_diagnostics, summary
from policy_router.cli.formats import format_option
from policy_router.cli.main import DENIED, FINE, MISUSE
from policy_router.cli.terminal import emit
from policy_router.domain.diagnostic import Diagnostic, Severity
from policy_router.report.diagnostics import render_json
from policy_router.report.phrases import counted
from policy_router.service.pdp import utc_now
from policy_router.store.project import Loaded, LoadErrors, load_project
from policy_router.store.suites import load_suites


@click.command(
    epilog=examples(
        "check --policy gdpr",
        "check --config policy-router.yaml",
        "check --policy gdpr --format json",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@document_options
@click.option("--strict", is_flag=True, help="warnings count as failures")
@format_option("json")
def command(chosen: Chosen, paths: tuple[Path, ...], output: str, *, strict: bool) -> int:
    """Read the project, its suites and PATHS, and report every problem of every file at once.

    Exit code 0: fine, 1: warnings and --strict, 2: documents that must not be used.
    """
    chosen.must_name_something(paths)
    today = utc_now().date()
    try:
        loaded = load_project(
            chosen.config, packs=chosen.policies, all_routes=True, extra=paths, today=today
        )
        load_suites(_suite_folders(chosen, paths), today)
    except LoadErrors as error:
        _show(error.diagnostics, error.sources, output)
        return MISUSE
    _show(loaded.diagnostics, loaded.sources, output)
    if output == "text":
        emit([_found(loaded)])
    return DENIED if strict and _warnings(loaded.diagnostics) else FINE


def _suite_folders(chosen: Chosen, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    folders = tuple(path for path in paths if path.is_dir())
    return folders if chosen.config is None else (chosen.folder, *folders)


def _show(diagnostics: tuple[Diagnostic, ...], sources: Mapping[str, str], output: str) -> None:
    if output == "json":
        emit([render_json(diagnostics)])
    elif diagnostics:
        emit([*shown_diagnostics(diagnostics, sources).splitlines(), summary(diagnostics)])


def _warnings(diagnostics: tuple[Diagnostic, ...]) -> bool:
    return any(d.severity is Severity.WARNING for d in diagnostics)


def _found(loaded: Loaded) -> str:
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
