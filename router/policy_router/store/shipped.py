"""Where the documents that come with the package lie: policies, schemas and data."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

DISTRIBUTION = "policy-router"


def shipped_root() -> Path:
    """Return the folder that holds `policies/`, `schemas/` and `data/`.

    An installed wheel carries them inside the package; a checkout has them at its root. Raises
    `FileNotFoundError` where neither is there: an installation that lost its documents.
    """
    package = Path(str(files("policy_router")))
    installed, checkout = package / "shipped", package.parents[1]
    if installed.is_dir():
        return installed
    if _is_checkout(checkout):
        return checkout
    message = (
        "the documents shipped with policy-router are missing: found neither "
        f"`{installed}` nor a checkout at `{checkout}`"
    )
    raise FileNotFoundError(message)


def _is_checkout(folder: Path) -> bool:
    """Tell whether `folder` is the root of this project's source, by its pyproject.toml."""
    try:
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
        project = tomllib.loads(text).get("project", {})
    except (OSError, ValueError):
        return False
    return isinstance(project, dict) and project.get("name") == DISTRIBUTION
