"""A git repository elsewhere as an anchor: each commit holds the checkpoints since the last.

Every log has a branch of its own, and nothing is ever forced on it, so what is there stays there
wherever the repository refuses what is no fast-forward. `told` reads the whole history: what
somebody took out by a later commit is there all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from policy_router.log.checkpoint import Checkpoint, read_checkpoint
from policy_router.log.git import PATIENCE, GitFailed, Repository
from policy_router.log.telling import NotTold

_FILE: Final = "checkpoints"
_ADDED: Final = b"+{"
_WHOLE_HISTORY: Final = (
    *("--patch", "--reverse", "--format=", "--unified=0"),
    *("--text", "--no-textconv", "--no-ext-diff", "--no-renames", "-m"),
)


class GitAnchor:
    """The repository at `remote`, a path or an address of git's (`ssh`, `https`)."""

    name = "git"

    def __init__(self, remote: str, patience: float = PATIENCE) -> None:
        self.remote = remote
        self._patience = patience

    def tell(self, checkpoints: Sequence[Checkpoint], last: Checkpoint | None) -> int:
        """Commit those of `checkpoints`, all of one log, that are not there yet; how many were not.

        `last`: the one before them that was told. Raises `NotTold` if that cannot be done, or if
        what is there is not of this log as it is now.
        """
        branch = branch_of(checkpoints[-1].log)
        with self._repository() as repository:
            tip = self._fetched(repository, branch)
            there = [] if tip is None else _read(repository.run("show", f"{tip}:{_FILE}"))
            if tip is None and last is not None:
                raise NotTold(f"its branch `{branch}`, which was told of the log before, is gone")
            missing = _missing(there[-1] if there else None, checkpoints, last)
            if missing:
                commit = _committed(repository, missing, tip)
                repository.run("push", "--quiet", "--", self.remote, f"{commit}:{branch}")
        return len(missing)

    def told(self, log: str) -> list[Checkpoint]:
        """Every checkpoint of a log that was ever committed; raises `NotTold`."""
        branch = branch_of(log)
        with self._repository() as repository:
            tip = self._fetched(repository, branch, whole=True)
            if tip is None:
                return []
            shown = repository.run("log", *_WHOLE_HISTORY, tip)
            return _read(b"\n".join(line[1:] for line in _lines(shown)))

    @contextmanager
    def _repository(self) -> Iterator[Repository]:
        with TemporaryDirectory(prefix="policy-router-") as folder:
            try:
                yield Repository(Path(folder) / "git", self._patience)
            except GitFailed as error:
                raise NotTold(str(error)) from None

    def _fetched(self, repository: Repository, branch: str, *, whole: bool = False) -> str | None:
        """The newest commit of a branch, fetched; None if there is no such branch."""
        found = repository.run("ls-remote", "--", self.remote, branch).split()
        if not found:
            return None
        deep = () if whole else ("--depth=1",)
        words = ("fetch", "--quiet", "--no-tags", *deep, "--", self.remote, branch)
        repository.run(*words)
        return repository.run("rev-parse", "FETCH_HEAD").decode().strip()


def branch_of(log: str) -> str:
    """The branch of a log, by the name that it has given itself."""
    safe = "".join(c if c.isalnum() or c in "-/" else "-" for c in log)
    return f"refs/heads/{safe}"


def _missing(
    newest: Checkpoint | None, checkpoints: Sequence[Checkpoint], last: Checkpoint | None
) -> Sequence[Checkpoint]:
    """What of `checkpoints` comes after the newest that is there."""
    if newest is None or newest == last:
        return checkpoints
    if newest not in checkpoints:
        what = "what it holds is not of this log, as the log is now: `log verify` tells more"
        raise NotTold(what)
    return checkpoints[checkpoints.index(newest) + 1 :]


def _committed(
    repository: Repository, checkpoints: Sequence[Checkpoint], parent: str | None
) -> str:
    newest, text = checkpoints[-1], b"".join(each.line() for each in checkpoints)
    make: Callable[..., bytes] = partial(repository.run, at=_date(newest.at))
    blob = make("hash-object", "-w", "--stdin", given=text).decode().strip()
    tree = make("mktree", given=f"100644 blob {blob}\t{_FILE}\n".encode()).decode().strip()
    after = () if parent is None else ("-p", parent)
    return make("commit-tree", tree, *after, "-m", f"{newest.size} records").decode().strip()


def _date(at: str) -> str:
    """An instant as git takes it, which knows none before 1970; what is none counts as the first.

    A clock may be wrong by any amount. The checkpoint says the instant too, and nobody asks git.
    """
    seconds = 0
    with suppress(ValueError, OverflowError):
        seconds = max(0, int(datetime.fromisoformat(at).timestamp()))
    return f"@{seconds} +0000"


def _read(text: bytes) -> list[Checkpoint]:
    found = map(read_checkpoint, text.split(b"\n"))
    return [checkpoint for checkpoint in found if checkpoint is not None]


def _lines(shown: bytes) -> Iterator[bytes]:
    return (line for line in shown.split(b"\n") if line.startswith(_ADDED))
