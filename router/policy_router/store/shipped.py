"""Where the documents that come with the package lie: policies, schemas and data."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Final

DISTRIBUTION: Final = "policy-router"
_PACKAGE: Final = Path(__file__).parents[1]
_NAMED: Final = f'name = "{DISTRIBUTION}"'


def shipped_root() -> Path:
    """Return the folder that holds `policies/`, `schemas/` and `data/`.

    An installed wheel carries them inside the package; a checkout has them at its root. Raises
    `FileNotFoundError` where neither is there: an installation that lost its documents.
    """
    installed, checkout = _PACKAGE / "shipped", _PACKAGE.parents[1]
    if installed.is_dir():
        return installed
    if _is_checkout(checkout):
        return checkout
    message = (
        "the documents shipped with policy-router are missing: found neither "
        f"`{installed}` nor a checkout at `{checkout}`"
    )
    raise FileNotFoundError(message)


def is_shipped(name: str) -> bool:
    """Whether a file that messages call `name` came with the program, and is none of the user's.

    What no file can be called, such as a name that is too long, did not come with it.
    """
    if PurePath(name).is_absolute():
        return False
    ours, theirs = shipped_root() / name, Path(name)
    try:
        return ours.is_file() and not (theirs.is_file() and not theirs.samefile(ours))
    except OSError:
        return False


def _is_checkout(folder: Path) -> bool:
    """Tell whether `folder` is the root of this project's source, by its pyproject.toml."""
    try:
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return _NAMED in text.splitlines()
