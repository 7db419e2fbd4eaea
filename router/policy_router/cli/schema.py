"""`policy-router schema`: the JSON Schemas of all documents, decisions and records."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from policy_router.audit.schemas import schema_files as schemas_of_what_is_written
from policy_router.cli.examples import examples
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.terminal import emit
from policy_router.language.schemas import schema_files as schemas_of_documents
from policy_router.language.suggest import nearest
from policy_router.report.dossier.schema import schema_files as schemas_of_reports

_SUFFIX: Final = ".schema.json"
_FOLDER: Final = click.Path(file_okay=False, path_type=Path)


@click.command(
    epilog=examples(
        "schema",
        "schema policy",
        "schema --write schemas",
        "schema --check schemas",
    )
)
@click.argument("kind", required=False)
@click.option("--write", "written", type=_FOLDER, help="write all schemas into this folder")
@click.option("--check", "checked", type=_FOLDER, help="are the schemas in this folder these?")
def command(kind: str | None, written: Path | None, checked: Path | None) -> int:
    """Print the schema of KIND, list the kinds, or write or check all schemas.

    Editors complete and check a document that names its schema in its first line:
    `# yaml-language-server: $schema=schemas/policy.schema.json`. Exit code 1: `--check` found a
    schema that is not the one this program would write.
    """
    files = schema_files()
    if written is not None:
        _write(files, written)
    elif checked is not None:
        return _checked(files, checked)
    elif kind is not None:
        emit([_one(files, kind).rstrip("\n")])
    else:
        emit(name.removesuffix(_SUFFIX) for name in files)
    return FINE


def schema_files() -> dict[str, str]:
    """Text of every schema by the name of its file: documents, decisions, records and reports."""
    files = {**schemas_of_documents(), **schemas_of_what_is_written(), **schemas_of_reports()}
    return dict(sorted(files.items()))


def _one(files: dict[str, str], kind: str) -> str:
    if f"{kind}{_SUFFIX}" in files:
        return files[f"{kind}{_SUFFIX}"]
    kinds = [name.removesuffix(_SUFFIX) for name in files]
    meant = nearest(kind, kinds)
    advice = f"did you mean `{meant}`?" if meant else f"kinds: {', '.join(kinds)}"
    raise click.UsageError(f"there is no schema `{kind}`; {advice}")


def _write(files: dict[str, str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    emit([f"{len(files)} schemas written to {folder}"])


def _checked(files: dict[str, str], folder: Path) -> int:
    stale = [name for name, text in files.items() if _text(folder / name) != text]
    stale += sorted(f.name for f in folder.glob(f"*{_SUFFIX}") if f.name not in files)
    emit([f"not as this program writes it: {folder / name}" for name in stale] or ["up to date"])
    return DENIED if stale else FINE


def _text(file: Path) -> str | None:
    return file.read_text("utf-8") if file.is_file() else None
