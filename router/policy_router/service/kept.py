"""The documents of snapshots, kept beside a log, so that what was decided can be decided again.

Below the folder of a log:

    snapshots/<digest of the policies>-<digest of the registry>.json    which texts, and how loaded
    snapshots/texts/<SHA-256 of a text>.gz                              each text once

A list is written last, so that what it names is there. Nothing here is trusted: a text is the one
its name says, and all of them together have the digests that records name, or nothing is read.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import re
import zlib
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from weakref import finalize

from policy_router.domain.decision import Digests
from policy_router.domain.diagnostic import DocumentErrors
from policy_router.domain.release import VERSION
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.unreplayable import Unreplayable
from policy_router.language.text import DEFAULT_LIMITS
from policy_router.log.folder import exclusive, make_folder, sync_folder
from policy_router.service.maker import Maker, this_program
from policy_router.store.files import SourceText
from policy_router.store.gathering import Asked, Texts
from policy_router.store.program import build
from policy_router.store.project import Loaded, loaded_again
from policy_router.store.writing import replaced

SNAPSHOTS: Final = "snapshots"
TEXTS: Final = "texts"
LOCK: Final = "lock"
_DIGEST: Final = re.compile(r"sha256:([0-9a-f]{64})")
_LIST: Final = re.compile(r"([0-9a-f]{64})-([0-9a-f]{64})\.json")
_IN_FORCE_AND_BEFORE: Final = 2


class Keeper:
    """Keeps the documents of each snapshot that is about to be in force, beside one log.

    Those in force, and those before them that calls under way were decided from, are held: as long
    as this lives nobody removes them, though no record may name them yet.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._held: deque[int] = deque()
        finalize(self, _let_go, self._held)

    def keep(self, loaded: Loaded) -> None:
        """Keep the texts of `loaded` until they are on the disk; raises `OSError`.

        What was made from no documents is not kept.
        """
        if loaded.texts is None:
            return
        while len(self._held) >= _IN_FORCE_AND_BEFORE:
            os.close(self._held.popleft())
        self._held.append(_kept_and_held(self._log, loaded.texts, loaded.snapshot.digests))


def _let_go(held: deque[int]) -> None:
    while held:
        os.close(held.popleft())


def _kept_and_held(log: Path, texts: Texts, digests: Digests) -> int:
    """Keep texts, and return the open file that keeps others from removing them."""
    folder = log / SNAPSHOTS
    for each in (log, folder, folder / TEXTS):
        make_folder(each)
    listed = _list_of(log, digests)
    with exclusive(folder / LOCK):
        if not _is_whole(folder, listed):
            _write(folder, listed, texts, digests)
        file = os.open(listed, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(file, fcntl.LOCK_SH)
    return file


def _write(folder: Path, listed: Path, texts: Texts, digests: Digests) -> None:
    for source in (*texts.sources, *texts.registry):
        file = text_in(folder, sha256(source.data).hexdigest())
        if not file.exists():
            replaced(file, gzip.compress(source.data, mtime=0))
    sync_folder(folder / TEXTS)
    data = json.dumps(_listed(texts, digests), indent=1, ensure_ascii=False).encode()
    if not (listed.exists() and listed.read_bytes() == data):
        replaced(listed, data)  # not if it is the same: others hold the file that is there
    sync_folder(folder)


def _is_whole(folder: Path, listed: Path) -> bool:
    """Whether a list is there with all texts it names."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return all(text_in(folder, name).exists() for name in texts_named(listed))
    return False


def is_kept(log: Path, digests: Digests) -> bool:
    """Whether the documents of a snapshot lie beside a log; not whether they are what was kept."""
    return _is_whole(log / SNAPSHOTS, _list_of(log, digests))


def _listed(texts: Texts, digests: Digests) -> dict[str, Any]:
    asked = texts.asked
    return {
        "version": VERSION,
        "build": build(),
        "digests": {"policies": digests.policies, "registry": digests.registry},
        "today": asked.today.isoformat(),
        "packs": list(asked.packs),
        "all_routes": asked.all_routes,
        "nothing": asked.nothing,
        "own": list(texts.own),
        "sources": _names_of(texts.sources),
        "registry": _names_of(texts.registry),
    }


def _names_of(sources: Iterable[SourceText]) -> list[list[str]]:
    return [[source.name, sha256(source.data).hexdigest()] for source in sources]


def listed_in(folder: Path) -> dict[Path, Digests]:
    """The lists of snapshots in a folder, each with the digests it is for."""
    names = ((file, _LIST.fullmatch(file.name)) for file in sorted(folder.iterdir()))
    return {
        file: Digests(f"sha256:{name[1]}", f"sha256:{name[2]}")
        for file, name in names
        if name is not None
    }


def texts_named(listed: Path) -> set[str]:
    """The texts that a list names; raises as reading and decoding do."""
    data = json.loads(listed.read_bytes())
    return {name for part in ("sources", "registry") for _, name in data[part]}


def text_in(folder: Path, name: str) -> Path:
    """Where a text is, by the SHA-256 of it."""
    return folder / TEXTS / f"{name}.gz"


def _list_of(log: Path, digests: Digests) -> Path:
    """Where the list of a snapshot is; raises `Unreplayable` for what are no digests."""
    found = [_DIGEST.fullmatch(each) for each in (digests.policies, digests.registry)]
    names = [each[1] for each in found if each is not None]
    if len(names) != len(found):
        raise Unreplayable("LOG501", "the record names no snapshot of documents")
    return log / SNAPSHOTS / f"{'-'.join(names)}.json"


# ---- read again ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Again:
    """A snapshot made again from what was kept, and by which program that was kept."""

    loaded: Loaded
    maker: Maker

    @property
    def version(self) -> str:
        """The version of the program that kept it."""
        return self.maker.version

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot, which has the digests it was asked for by."""
        return self.loaded.snapshot


def made_again(log: Path, digests: Digests) -> Again:
    """The snapshot that has these digests, from the texts kept beside the log in a folder.

    Raises `Unreplayable` if they were not kept, are not what was kept, or cannot be read by this
    version of the program.
    """
    listed = _list_of(log, digests)
    try:
        data = json.loads(listed.read_bytes())
        maker, texts = _maker(data), _texts(listed.parent, data)
    except FileNotFoundError as missing:
        raise _gone(missing, listed) from None
    except (OSError, ValueError, LookupError, TypeError, EOFError, zlib.error) as error:
        raise _otherwise(f"`{listed.name}` and the texts it names cannot be read") from error
    try:
        loaded = loaded_again(texts)
    except DocumentErrors as errors:
        raise _unread(maker, f"{errors}") from errors
    if loaded.snapshot.digests != digests:
        raise _unread(maker, "they have other digests than the record names")
    return Again(loaded, maker)


def _maker(data: Mapping[str, Any]) -> Maker:
    version = str(data["version"])
    made = data.get("build")
    return Maker(version, None if made is None else str(made))


def _texts(folder: Path, data: Mapping[str, Any]) -> Texts:
    asked = Asked(
        date.fromisoformat(data["today"]),
        tuple(map(str, data["packs"])),
        bool(data["all_routes"]),
        bool(data["nothing"]),
    )
    sources, registry = (
        tuple(_source(folder, name, digest) for name, digest in data[part])
        for part in ("sources", "registry")
    )
    return Texts(asked, tuple(map(str, data["own"])), sources, registry)


def _source(folder: Path, name: str, digest: str) -> SourceText:
    """A text that is what its name says; raises as reading it does, and `Unreplayable`."""
    with gzip.open(text_in(folder, digest)) as file:
        data = file.read(DEFAULT_LIMITS.file_bytes + 1)
    if sha256(data).hexdigest() != digest:
        raise _otherwise(f"the text of `{name}` is not the one that was kept")
    return SourceText(name, Path(name), data)


def _gone(missing: FileNotFoundError, listed: Path) -> Unreplayable:
    if missing.filename == str(listed):
        return Unreplayable(
            "LOG501",
            "the documents it was decided from are not kept beside this log",
            "look for them in a copy of the log; retention removes those no record names",
        )
    return _otherwise(f"`{Path(str(missing.filename)).name}` is missing")


def _otherwise(what: str) -> Unreplayable:
    advice = "take the folder `snapshots` from a copy of the log, and find out who could write"
    return Unreplayable("LOG502", f"the documents are not those that were kept: {what}", advice)


def _unread(maker: Maker, what: str) -> Unreplayable:
    """What this program cannot make again: spoilt, unless another version or build kept it."""
    if maker == this_program():
        return _otherwise(what)
    message = f"the documents were kept by {maker}, and this one cannot use them: {what}"
    return Unreplayable("LOG503", message, f"replay it with {maker}")
