"""LiteLLM in an environment of its own: it rules out the versions of SDKs that are tested here."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests import pinned
from tests.house.tree import ROOT

LOCK: Final = Path(__file__).with_name("requirements.lock")
PLACE: Final = ROOT / ".litellm-venv"


def made() -> Path:
    """The environment's interpreter; it is made if it is not there, or is of another lock file."""
    return pinned.made(PLACE, LOCK) / "python"
