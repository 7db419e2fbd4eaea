"""Other policy engines on the same workload, where they are installed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.calls import Asking
from bench.rows import Row

HERE = Path(__file__).parent
PYTHON = HERE.parent / ".bench-venv" / "bin" / "python"
SCRIPT = HERE / "peers" / "ask.py"
PACKAGES = {"regorus": "opa_eval", "opa": "opa_bindings", "cedar": "cedarpy"}
"""Each engine, and the module it comes in."""
LONGEST_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Answers:
    """What another engine answered, and its processor seconds a decision."""

    seconds: float
    routes: tuple[str | None, ...]


def installed(engine: str) -> bool:
    """Whether the environment for other engines exists and has this one."""
    if not PYTHON.exists():
        return False
    found = subprocess.run(  # noqa: S603
        [PYTHON, "-c", f"import {PACKAGES[engine]}"], check=False, capture_output=True
    )
    return found.returncode == 0


def answers(engine: str, rows: Sequence[Row], asked: Sequence[Asking]) -> Answers:
    """What `engine` answers. `RuntimeError` with its own words if it fails."""
    workload = {
        "routes": [row._asdict() for row in rows],
        "calls": [asking.call._asdict() for asking in asked],
    }
    done = subprocess.run(  # noqa: S603
        [PYTHON, SCRIPT, engine],
        input=json.dumps(workload),
        check=False,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
    )
    if done.returncode:
        raise RuntimeError(f"`{engine}` failed: {done.stderr.strip()[-500:]}")
    said = json.loads(done.stdout)
    return Answers(said["seconds"], tuple(said["answers"]))
