"""`policy-router init`: write a project to start from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from policy_router.cli import templates
from policy_router.cli.examples import PROGRAM, examples
from policy_router.cli.main import FINE
from policy_router.cli.schema import schema_files
from policy_router.cli.terminal import emit
from policy_router.cli.values import Instant
from policy_router.engine.render import instant
from policy_router.service.pdp import utc_now
from policy_router.store.gathering import PROJECT_FILE

_IGNORED = ".gitignore"


@click.command(epilog=examples("init", "init my-project", "init my-project --example"))
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--example", is_flag=True, help="add one request that passes and one that fails")
@click.option("--at", type=Instant(), help="the instant of the suite (default: now)")
def command(folder: Path, at: datetime | None, *, example: bool) -> int:
    """Write a project into FOLDER: `gdpr` in force, a caller, a suite and a script for CI.

    The caller's floor is personal data under the EU regime. A `.gitignore` keeps keys and the log
    out of a repository. Nothing is ever overwritten.
    """
    moment = (at or utc_now()).replace(microsecond=0)
    files = dict(_files(folder.resolve().name, moment, example=example))
    present = [name for name in files if (folder / name).exists()]
    if present:
        others = f" and {len(present) - 1} more of its files" if len(present) > 1 else ""
        found = f"`{folder / present[0]}`{others}"
        raise click.UsageError(f"nothing was written: there is already {found}")
    keeps_ignored = (folder / _IGNORED).exists()
    if not keeps_ignored:
        files[_IGNORED] = templates.GITIGNORE
    for name, text in files.items():
        _write(folder / name, text)
    emit(_next_steps(folder, list(files), example=example))
    if keeps_ignored:
        click.echo(_note(folder / _IGNORED), err=True)
    return FINE


def _note(file: Path) -> str:
    """What to do about a file that is there, and that has lines of others."""
    lines = templates.GITIGNORE.splitlines()
    names = ", ".join(f"`{line}`" for line in lines if not line.startswith("#"))
    return f"note: `{file}` was left as it is: keep {names} out of the repository"


def _files(name: str, at: datetime, *, example: bool) -> Iterator[tuple[str, str]]:
    """The name and text of every file of a new project."""
    project = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "project"
    title = f'"{project.replace("-", " ").capitalize()}"'
    yield PROJECT_FILE, templates.PROJECT.format(id=f'"{project}"', title=title)
    yield "policies/callers.yaml", templates.CALLER
    yield "contracts/scenarios.yaml", templates.CONTRACTS
    yield "suite.yaml", templates.SUITE.format(id=f'"{project}"', at=instant(at))
    yield "ci/policies.sh", templates.CI
    if example:
        yield "requests/passes.yaml", templates.PASSES
        yield "requests/fails.yaml", templates.FAILS
    for schema, text in schema_files().items():
        yield f"schemas/{schema}", text


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    if file.suffix == ".sh":
        file.chmod(0o755)


def _next_steps(folder: Path, files: list[str], *, example: bool) -> Iterator[str]:
    own = [name for name in files if not name.startswith("schemas/")]
    yield f"written to {folder}:"
    yield from (f"  {name}" for name in own)
    yield "  schemas/, for your editor"
    yield "try next:"
    if folder != Path():
        yield f"  cd {folder}"
    if example:
        yield f"  {PROGRAM} decide --request requests/passes.yaml"
        yield f"  {PROGRAM} decide --request requests/fails.yaml"
    yield from (f"  {PROGRAM} {command}" for command in ("check", "test", "audit", "gaps"))
    yield "to take calls:"
    yield "  export OPPER_API_KEY=..."
    yield from (f"  {PROGRAM} {command}" for command in ("caller key first-app", "serve"))
