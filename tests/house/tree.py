"""The files of this project, as the house rules see them."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "router" / "policy_router"


def project_files(*suffixes: str) -> list[Path]:
    """List what git tracks or would take in; of these suffixes, if any are given."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return sorted(p for p in paths if p.is_file() and (not suffixes or p.suffix in suffixes))


def named(path: Path) -> str:
    """Name a file the way a reader would look it up."""
    return path.relative_to(ROOT).as_posix()
