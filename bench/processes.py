"""What is measured by starting processes: start-up times and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median
from time import perf_counter

STARTS = 15
_NOTHING = "pass"
_IMPORT = "import policy_router"
_HELP = "import sys; from policy_router.cli.main import main; sys.argv[1:] = ['--help']; main()"


def start_up() -> dict[str, float]:
    """Seconds on the clock, medians: an empty program, `import policy_router`, `--help`."""
    programs = {"empty": _NOTHING, "import": _IMPORT, "help": _HELP}
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(STARTS):
        for name, program in programs.items():
            taken[name].append(_start(program))
    return {name: median(times) for name, times in taken.items()}


def footprint(size: int) -> dict[str, float]:
    """Peak memory in MiB at `size` routes: after import, with the world built, after deciding."""
    command = [sys.executable, "-m", "bench.footprint", str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _start(program: str) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)  # noqa: S603
    return perf_counter() - start
