"""Verifying a log against whatever there is of it elsewhere, and the documents kept beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from policy_router.domain.decision import Digests
from policy_router.log.checkpoint import Checkpoint, checkpoints_in, damaged_in, last_checkpoint
from policy_router.log.git_anchor import GitAnchor
from policy_router.log.recovery import first_of
from policy_router.log.telling import NotTold
from policy_router.log.verification import IsSigned, Listeners, Verified, verify
from policy_router.log.writer import CHECKPOINTS
from policy_router.service.kept import is_kept
from policy_router.service.retention import digests_on
from policy_router.store.described import LogPlace

_HEX_DIGITS: Final = frozenset("0123456789abcdef")
_KEY_LENGTH: Final = 64


class CannotVerify(Exception):
    """What the log was to be compared with is not there or cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Against:
    """What a log is compared with: the file and the repository that are anchors, and the keys.

    `keys`: the public ones, in hexadecimal, by one of which every checkpoint must be signed; none:
    it need not be. `by_project`: the project names the anchors.
    """

    file: Path | None = None
    remote: str | None = None
    keys: tuple[str, ...] = ()
    by_project: bool = False

    @property
    def anchors(self) -> tuple[str, ...]:
        """The anchors by name."""
        return tuple(str(each) for each in (self.file, self.remote) if each is not None)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found in `folder`, `against` what, beside what the log alone shows.

    `damaged`: lines of the anchor's file that are no checkpoints, counted from 1. `missing`: what
    records name of which no documents lie beside the log.
    """

    folder: Path
    against: Against
    found: Verified
    damaged: tuple[int, ...] = ()
    missing: tuple[Digests, ...] = field(default=())


def against_all(place: LogPlace, former: tuple[str, ...] = ()) -> Against:
    """All that the project names and that can be read; raises `CannotVerify`.

    `former`: public keys that the log was signed with before. What a collector of OpenTelemetry
    got nobody can ask it for.
    """
    return replace(named_by(place), keys=(*_public(place.key), *former))


def is_public_key(text: str) -> bool:
    """Whether a text is a public key as `log key` prints it."""
    return len(text) == _KEY_LENGTH and not set(text.lower()) - _HEX_DIGITS


def named_by(place: LogPlace) -> Against:
    """The anchors that the project names, without its key."""
    named = place.anchor is not None or place.anchor_git is not None
    return Against(place.anchor, place.anchor_git, by_project=named)


def lost(folder: Path, against: Against) -> str | None:
    """What says that records were kept in `folder`, of which none is there; None if nothing does.

    The log's own checkpoints and the file that is an anchor are asked, and no repository: which of
    its logs this one was is not known where nothing is left of it.
    """
    if first_of(folder) is not None:
        return None
    own = folder / CHECKPOINTS
    for file in (own,) if against.file is None else (own, against.file):
        kept = max((checkpoint.size for checkpoint in checkpoints_in(file)), default=0)
        if kept:
            return f"{kept} records were kept, says `{file}`, and none is there"
    if damaged_in(own):
        return f"no record is there, and lines of `{own}` are no checkpoints"
    return None


def proof_of(
    folder: Path, against: Against, progress: Callable[[int], None] | None = None
) -> Proof:
    """Read the whole log in `folder` and compare it; raises `CannotVerify`, `OSError`."""
    named: set[Digests] = set()

    def look(line: bytes) -> None:
        named.update(digests_on(line))

    anchored, signed = list(_anchored(folder, against)), _signed_by(against.keys)
    listeners = Listeners(progress, look)
    found = verify(folder, anchored, signed, listeners, must_be_signed=bool(against.keys))
    missing = sorted(
        (digests for digests in named if not is_kept(folder, digests)),
        key=lambda digests: (digests.policies, digests.registry),
    )
    damaged = () if against.file is None else tuple(damaged_in(against.file))
    return Proof(folder, against, found, damaged, tuple(missing))


def _anchored(folder: Path, against: Against) -> Iterator[Checkpoint]:
    """The checkpoints of every anchor; each must have one."""
    if against.file is not None:
        found = checkpoints_in(against.file)
        if not found:
            raise CannotVerify(f"`{against.file}` holds no checkpoint")
        yield from found
    if against.remote is not None:
        yield from _pushed(_name_of(folder, against), against.remote)


def _name_of(folder: Path, against: Against) -> str | None:
    """The name of the log in `folder`; where no record is left, what its checkpoints call it."""
    first = first_of(folder)
    if first is not None:
        return first.log
    files = (folder / CHECKPOINTS, against.file)
    told = (last_checkpoint(file) for file in files if file is not None)
    return next((checkpoint.log for checkpoint in told if checkpoint is not None), None)


def _pushed(log: str | None, remote: str) -> list[Checkpoint]:
    """Every checkpoint of a log that was ever pushed to a repository."""
    try:
        found = [] if log is None else GitAnchor(remote).told(log)
    except NotTold as error:
        raise CannotVerify(f"`{remote}` cannot be read: {error}") from None
    if not found:
        raise CannotVerify(f"`{remote}` holds no checkpoint of this log")
    return found


def _signed_by(keys: tuple[str, ...]) -> IsSigned:
    """What says whether a checkpoint is signed as it should be; without `keys` it need not be."""
    if not keys:
        return lambda c: c.signature is None or _holds(c)
    wanted = {key.lower() for key in keys}
    if not all(map(is_public_key, wanted)):
        raise CannotVerify("`--key` takes the 64 hexadecimal digits `log key` has printed")
    return lambda c: c.key in wanted and _holds(c)


_EXTRA: Final = "signatures need the extra `signing`: install it first"


def _holds(checkpoint: Checkpoint) -> bool:
    """Whether the signature is of the key that is named."""
    try:
        from policy_router.log.keys import is_signed  # noqa: PLC0415 - it needs an extra
    except ImportError as error:
        raise CannotVerify(_EXTRA) from error
    return is_signed(checkpoint)


def _public(key: Path | None) -> tuple[str, ...]:
    """The public half of the project's key, if it has one."""
    if key is None:
        return ()
    try:
        from policy_router.log.keys import FileSigner  # noqa: PLC0415 - it needs an extra

        return (FileSigner(key).public_key.hex(),)
    except ImportError as error:
        raise CannotVerify(_EXTRA) from error
    except (OSError, ValueError) as error:
        raise CannotVerify(f"the key `{key}`, which should have signed, cannot be read") from error
