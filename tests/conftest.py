"""How every test runs: the property tests' profile, and on request a clock that runs ahead.

`--hypothesis-profile soak` draws ten times as many examples.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import settings

# No deadline: a machine that is busy with something else is no defect of ours.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.register_profile("soak", settings.get_profile("house"), max_examples=1000)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--years-ahead` (no test may depend on its year) and `--update-cases`."""
    parser.addoption("--years-ahead", type=int, default=0, metavar="YEARS", help="run the clock so")
    parser.addoption("--update-cases", action="store_true", help="rewrite what cases expect")


@pytest.fixture(scope="session", autouse=True)
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's own caches out of the tests: all workers share one of this run."""
    of_worker = tmp_path_factory.getbasetemp()
    of_run = of_worker.parent if "PYTEST_XDIST_WORKER" in os.environ else of_worker
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("POLICY_ROUTER_CACHE", str(of_run / "caches"))
        patched.setenv("XDG_STATE_HOME", str(of_run / "state"))
        yield


@pytest.fixture(scope="session", autouse=True)
def clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the clock run, as many years ahead as asked for; monotonic time is left alone."""
    years = request.config.getoption("--years-ahead")
    if not years:
        yield
        return
    with time_machine.travel(datetime.now(UTC) + timedelta(days=365.25 * years), tick=True):
        yield
