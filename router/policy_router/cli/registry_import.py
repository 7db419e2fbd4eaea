"""`policy-router registry import`: what another catalogue says, beside the registry."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from policy_router.cli.documents import Chosen, document_options, folder_of_facts
from policy_router.cli.examples import examples
from policy_router.cli.failures import refused_import
from policy_router.cli.formats import format_option
from policy_router.cli.main import DENIED, FINE
from policy_router.cli.terminal import emit, screen
from policy_router.domain.registry import Registry
from policy_router.registry.importers.catalogues import CATALOGUES, drafts
from policy_router.registry.importers.compare import compare
from policy_router.registry.importers.findings import Comparison
from policy_router.registry.importers.own import file_name, own_text, read_own
from policy_router.registry.importers.refusal import ImportRefused
from policy_router.report.imports import import_json, import_lines
from policy_router.service.pdp import utc_now
from policy_router.store.archive import is_wheel, price_map
from policy_router.store.cache import users_cache
from policy_router.store.files import SourceText
from policy_router.store.gathering import PROJECT_FILE
from policy_router.store.naming import folders_of
from policy_router.store.project import load_project
from policy_router.store.remote import Key, fetch, is_address
from policy_router.store.writing import replaced

_LARGEST: Final = 256 * 2**20
_READABLE: Final = 0o644


@dataclass(frozen=True, slots=True)
class _Asked:
    """What to import. `target`: the file of imported rows, if it is known where it belongs.

    `write`: whether it is to be written there.
    """

    source: str
    where: str
    checksum: str | None
    read_on: date
    target: Path | None
    write: bool


@click.command(
    "import",
    epilog=examples(
        "registry import opper models.json",
        "registry import opper models.json --write",
        "registry import litellm prices.json --format json",
    ),
)
@click.argument("source", type=click.Choice(list(CATALOGUES)))
@click.argument("where", metavar="FILE|URL")
@document_options
@click.option("--write", is_flag=True, help="write what was added and changed into the project")
@click.option(
    "--into",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="folder to write into (default: `data` of the project, else one without policies)",
)
@click.option(
    "--sha256", "checksum", metavar="HEX", help="the hash that FILE or the body must have"
)
@click.option(
    "--read-on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="the day FILE was downloaded (default: today)",
)
@click.option("--most", type=click.IntRange(min=1), default=10, help="rows of each table")
@format_option("json")
def command(  # noqa: PLR0913 - one parameter an option
    chosen: Chosen,
    source: str,
    where: str,
    into: Path | None,
    checksum: str | None,
    read_on: datetime | None,
    most: int,
    output: str,
    *,
    write: bool,
) -> int:
    """Compare what the catalogue SOURCE says in FILE or at URL with the registry.

    Prices, limits, features and dates are taken over; of data handling, nothing that would help a
    route. Without --write nothing changes; with it, imported rows go into a file of their own.
    Rows that cannot be trusted are set aside. Exit code 1: all of them were, so nothing was
    compared or written; 2: nothing of it may be used.
    """
    today = utc_now().date()
    day = today if read_on is None else read_on.date()
    if day > today:
        raise click.UsageError("--read-on lies in the future")
    target = _target(chosen, source, into)
    if write and target is None:
        raise click.UsageError("there is no project to write into; name a folder with --into")
    asked = _Asked(source, where, checksum, day, target, write)
    try:
        comparison, written = _imported(chosen, asked)
    except ImportRefused as refused:
        raise refused_import(refused, where) from None
    _show(comparison, written, asked, most, output)
    return DENIED if comparison.unread else FINE


def _target(chosen: Chosen, source: str, into: Path | None) -> Path | None:
    """The file of imported rows: in `into`, else in a folder of documents of the project."""
    folders: tuple[Path, ...] = ()
    if into is not None:
        folders = (into,)
    elif chosen.config is not None:
        is_folder = chosen.config.is_dir()
        folders = folders_of(chosen.config / PROJECT_FILE if is_folder else chosen.config)
    folder = folder_of_facts(folders)
    return None if folder is None else folder / file_name(source)


def _imported(chosen: Chosen, asked: _Asked) -> tuple[Comparison, bool]:
    """What the import says, and whether it was written."""
    at = utc_now()
    registry = _registry(chosen, asked.target, at.date())
    data = _bytes(asked, registry)
    found = drafts(asked.source, data, _reference(asked, data), asked.read_on)
    old = None
    if asked.target is not None and asked.target.exists():
        old = asked.target.read_bytes()
    comparison = compare(found, registry, at, read_own(asked.source, old))
    text = own_text(asked.source, comparison.documents).encode()
    nothing = comparison.unread or not comparison.documents or text == old
    if not asked.write or asked.target is None or nothing:
        return comparison, False
    _registry(chosen, asked.target, at.date(), text)
    replaced(asked.target, text, _READABLE)
    return comparison, True


def _registry(
    chosen: Chosen, target: Path | None, today: date, text: bytes | None = None
) -> Registry:
    """The registry as it is, or as it would be if `target` held `text`; raises `LoadErrors`."""
    instead = None
    if target is not None and text is not None:
        instead = SourceText(target.as_posix(), target.resolve(), text)
    loaded = load_project(
        chosen.config,
        today=today,
        packs=chosen.policies,
        all_routes=True,
        extra=(target,) if target is not None and target.exists() else (),
        instead=instead,
    )
    return loaded.snapshot.registry


def _bytes(asked: _Asked, registry: Registry) -> bytes:
    """The catalogue; out of a wheel, if that is what was named."""
    remote = is_address(asked.where)
    data = _fetched(asked, registry) if remote else _file(Path(asked.where))
    if is_wheel(asked.where):
        return price_map(data, asked.checksum)
    if asked.checksum is not None and sha256(data).hexdigest() != asked.checksum.lower():
        raise ImportRefused("IMP303", f"its hash is {sha256(data).hexdigest()}")
    return data


def _file(path: Path) -> bytes:
    if not path.is_file():
        raise click.UsageError(f"there is no file `{path}`")
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ImportRefused("IMP101", f"it is larger than {_LARGEST:,} bytes")
    return data


def _fetched(asked: _Asked, registry: Registry) -> bytes:
    return fetch(asked.where, users_cache(os.environ), _key(asked.source, registry))


def _key(source: str, registry: Registry) -> Key | None:
    """The gateway's key, for the gateway's own host alone."""
    gateway = registry.gateways.get(CATALOGUES[source].gateway or "")
    if gateway is None or gateway.key is None or gateway.key.env is None:
        return None
    value = os.environ.get(gateway.key.env)
    return Key(value, urlsplit(gateway.base_url).netloc) if value else None


def _reference(asked: _Asked, data: bytes) -> str:
    """How evidence names what was read: an address, or a file by its name and hash."""
    if is_address(asked.where):
        return asked.where
    return f"{Path(asked.where).name}, sha256 {sha256(data).hexdigest()[:16]}"


def _show(comparison: Comparison, written: bool, asked: _Asked, most: int, output: str) -> None:
    target = asked.target.as_posix() if written and asked.target is not None else None
    if output == "json":
        emit([import_json(comparison, target)])
    else:
        emit(import_lines(comparison, target, most, screen(), asked=asked.write))
