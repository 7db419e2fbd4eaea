"""Folders as they were at a revision of git."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path
from typing import Final

_SECONDS: Final = 60


def exported(revision: str, folder: Path, into: Path) -> bool:
    """Write the files below `folder`, as `revision` of its repository has them, below `into`.

    False if `folder` lies in no repository, or that knows no such revision. Raises `OSError` if
    git is not there or takes too long.
    """
    if revision.startswith("-"):
        return False
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, the revision is no option
            ["git", "archive", "--format=tar", revision, "."],  # noqa: S607 - wherever git lies
            cwd=folder,
            check=False,
            capture_output=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        message = f"git took longer than {_SECONDS} seconds"
        raise OSError(message) from error
    if done.returncode != 0:
        return False
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(into, filter="data")
    return True
