"""What is measured by starting processes: start-up times and memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

STARTS = 15
DECISIONS = 5
_NOTHING = "pass"
_IMPORT = "import policy_router"
_HELP = "import sys; from policy_router.cli.main import main; sys.argv[1:] = ['--help']; main()"
_DECIDE = ("decide", "openai/o4-mini", "--policy", "gdpr", "--data", "personal")
_DECIDED = (0, 1)
"""How `decide` ends: permitted, or refused."""


def start_up() -> dict[str, float]:
    """Seconds on the clock, medians: an empty program, `import policy_router`, `--help`."""
    programs = {"empty": _NOTHING, "import": _IMPORT, "help": _HELP}
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(STARTS):
        for name, program in programs.items():
            taken[name].append(_start(program))
    return {name: median(times) for name, times in taken.items()}


def decisions() -> dict[str, float]:
    """Processor seconds of `decide` from the shell, medians: nothing kept yet, and from the cache.

    Raises `RuntimeError` if nothing was decided.
    """
    taken: dict[str, list[float]] = {"first": [], "later": []}
    for _ in range(DECISIONS):
        with TemporaryDirectory() as cache:
            for times in taken.values():
                times.append(_decide(cache))
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


def _decide(cache: str) -> float:
    """Processor seconds of one decision, with this folder of caches."""
    before = _spent_by_children()
    command = [sys.executable, "-m", "policy_router", *_DECIDE]
    environment = os.environ | {"POLICY_ROUTER_CACHE": cache, "XDG_STATE_HOME": cache}
    done = subprocess.run(command, env=environment, check=False, capture_output=True)  # noqa: S603
    if done.returncode not in _DECIDED:
        raise RuntimeError(done.stderr.decode())
    return _spent_by_children() - before


def _spent_by_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
