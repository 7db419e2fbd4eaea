"""Which log a command is about: the project's, or the one in a folder that is named."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click

from policy_router.audit.recorded import Call, Data, Wanted, calls_in
from policy_router.cli.documents import Chosen, document_options
from policy_router.log.ledger import Ledger
from policy_router.log.segment import LogDamaged, segments_in
from policy_router.log.telling import Telling
from policy_router.service.ledgers import ledger_in
from policy_router.service.recorded import records_of, shaped
from policy_router.service.telling import telling_of
from policy_router.service.verifying import Against, lost, named_by
from policy_router.store.described import LogPlace

Check = Callable[[Iterable[Data]], Iterable[Data]]

_MANY: Final = 5


def log_folder(command: Callable[..., int]) -> Callable[..., int]:
    """Add `--log FOLDER`, by default the folder of the project's log; it comes as `folder`."""

    @functools.wraps(command)
    def run(chosen: Chosen, **options: Any) -> int:  # noqa: ANN401 - what click parsed
        del chosen
        return command(**options)

    return log_and_documents(run)


def log_and_documents(command: Callable[..., int]) -> Callable[..., int]:
    """The same, and the documents that are chosen come as `chosen`."""

    @functools.wraps(command)
    def run(chosen: Chosen, folder: Path | None, **options: Any) -> int:  # noqa: ANN401 - what click parsed
        return command(folder=folder_of(chosen, folder), chosen=chosen, **options)

    return document_options(log_option(run))


log_option: Final = click.option(
    "--log",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="folder of the log (default: that of the project)",
)


def folder_of(chosen: Chosen, folder: Path | None) -> Path:
    """The folder that is named, else that of the project's log; there must be a log.

    Raises `LogDamaged` if there was one.
    """
    place = LogPlace(folder) if folder is not None else _of_project(chosen)
    return _there(place).folder


def folder_to_verify(chosen: Chosen, folder: Path | None, against: Against) -> Path:
    """The same, and one of which nothing is left but what says, there or elsewhere, that it was."""
    found = folder or _of_project(chosen).folder
    return folder_of(chosen, folder) if lost(found, against) is None else found


def calls_of(folder: Path, wanted: Wanted) -> Iterator[Call]:
    """The recorded calls that are wanted; raises `LogDamaged` for a log that was changed."""
    return filter(wanted.holds, calls_in(records_of(folder)))


def shaped_calls_of(folder: Path, wanted: Wanted) -> Iterator[Call]:
    """The same, for those who read more of their records than `calls_of` has looked at."""
    return _checked(calls_of(folder, wanted), shaped)


def _checked(calls: Iterable[Call], check: Check) -> Iterator[Call]:
    for call in calls:
        deque(check(call.records), maxlen=0)
        yield call


def call_with(folder: Path, beginning: str, check: Check = shaped) -> Call:
    """The one call whose id begins so; `check`: raises `LogUnreadable` for records of it."""
    found = list(islice(_checked(calls_of(folder, Wanted(id=beginning)), check), _MANY))
    if not found:
        raise click.UsageError(f"no call in the log has an id that begins with `{beginning}`")
    if len(found) > 1:
        ids = ", ".join(call.first["id"] for call in found)
        raise click.UsageError(f"several calls have an id that begins with `{beginning}`: {ids}")
    return found[0]


def log_place(chosen: Chosen) -> LogPlace:
    """Where the project says that decisions are logged; there must be a log.

    Raises `LogDamaged` if there was one.
    """
    return _there(place_named(chosen))


def place_named(chosen: Chosen) -> LogPlace:
    """The same, whatever is there."""
    project = chosen.opened().loaded.project
    if project is None or project.log is None:
        raise click.UsageError("the project names no log: see `log` in the language reference")
    return project.log


def not_lost(place: LogPlace) -> LogPlace:
    """The same place; raises `LogDamaged` if a log was there of which no record is left."""
    what = lost(place.folder, named_by(place))
    if what is not None:
        raise LogDamaged(what)
    return place


def writable(place: LogPlace) -> Ledger:
    """The log, to be written to, with the project's key."""
    try:
        return ledger_in(place)
    except ImportError as error:
        raise click.UsageError("`key` needs the extra `signing`: install it first") from error
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def teller_of(place: LogPlace) -> Telling:
    """Who is told of the log."""
    try:
        return telling_of(place)
    except ImportError as error:
        raise click.UsageError("`otel` needs the extra `otel`: install it first") from error


def _of_project(chosen: Chosen) -> LogPlace:
    project = chosen.shown().loaded.project
    if project is None or project.log is None:
        raise click.UsageError("the project names no log: say with `--log` which folder holds one")
    return project.log


def _there(place: LogPlace) -> LogPlace:
    if segments_in(not_lost(place).folder):
        return place
    said = f"there is no log in `{place.folder}`: nothing was recorded there yet"
    if place.anchor_git is not None:
        listing = f"`git ls-remote {place.anchor_git}` lists the logs that were"
        said = f"{said}, or it is lost: {listing}"
    raise click.UsageError(said)
