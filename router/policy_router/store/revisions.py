"""Folders as they were at a revision of git."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path
from typing import Any, Final

_SECONDS: Final = 60
# Python 3.11 has filters from 3.11.4 on. Without them it is git that keeps names within the folder:
# it tracks none that is absolute or goes up, and nothing below a link.
_SAFELY: Final[dict[str, Any]] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


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
        archive.extractall(into, **_SAFELY)  # noqa: S202 - see there
    return True
