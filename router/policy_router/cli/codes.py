"""`policy-router codes`: what a diagnostic code means, and the pages that document them all."""

from __future__ import annotations

from pathlib import Path

import click

from policy_router.cli.examples import examples
from policy_router.cli.terminal import screen
from policy_router.domain.codes import CODES
from policy_router.language.suggest import nearest
from policy_router.report.code_pages import code_pages, code_text


@click.command("codes", epilog=examples("codes", "codes POL203", "codes --write docs/diagnostics"))
@click.argument("code", required=False)
@click.option(
    "--write",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="write the pages of documentation there",
)
def command(code: str | None, folder: Path | None) -> int:
    """Say what a diagnostic CODE means and what to do about it; without one, list them all."""
    if folder is not None:
        _write(folder)
    elif code is not None:
        click.echo(_looked_up(code.upper()))
    else:
        click.echo("\n".join(f"{known.id}  {known.title}" for known in CODES.values()))
    return 0


def _looked_up(name: str) -> str:
    if name not in CODES:
        near = nearest(name, CODES)
        advice = f"; did you mean `{near}`?" if near else ""
        message = f"there is no code `{name}`{advice}"
        raise click.UsageError(message, click.get_current_context(silent=True))
    return code_text(CODES[name], screen().width)


def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in code_pages().items():
        (folder / name).write_text(text, "utf-8")
