"""Which log a command is about: the project's, or the one in a folder that is named."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from policy_router.audit.recorded import Call, Wanted, calls_in
from policy_router.cli.documents import Chosen, document_options
from policy_router.log.reading import records_in
from policy_router.log.segment import segments_in


def log_folder(command: Callable[..., int]) -> Callable[..., int]:
    """Add `--log FOLDER`, by default the folder of the project's log; it comes as `folder`."""

    @functools.wraps(command)
    def run(chosen: Chosen, folder: Path | None, **options: Any) -> int:  # noqa: ANN401 - what click parsed
        found = folder or _of_project(chosen)
        if not segments_in(found):
            raise click.UsageError(f"there is no log in `{found}`: nothing was recorded there yet")
        return command(folder=found, **options)

    place = click.option(
        "--log",
        "folder",
        metavar="FOLDER",
        type=click.Path(file_okay=False, path_type=Path),
        help="folder of the log (default: that of the project)",
    )
    return document_options(place(run))


def calls_of(folder: Path, wanted: Wanted) -> Iterator[Call]:
    """The recorded calls that are wanted; raises `LogDamaged` for a log that was changed."""
    return filter(wanted.holds, calls_in(records_in(folder)))


def _of_project(chosen: Chosen) -> Path:
    project = chosen.opened().loaded.project
    if project is None or project.log is None:
        raise click.UsageError("the project names no log: say with `--log` which folder holds one")
    return project.log.folder
