"""A project in a folder of its own, whose two gateways are upstreams that keep every byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest

from policy_router import PDP
from policy_router.log.kept import MemoryLog
from tests.fakes.upstream import Upstream, serving
from tests.pep.world import KEY_VARIABLE, UPSTREAM_KEY, World, build


@dataclass(frozen=True, slots=True)
class Stage:
    """A world, its upstreams, and a log in memory."""

    world: World
    near: Upstream
    far: Upstream
    log: MemoryLog

    @property
    def pdp(self) -> PDP:
        return self.world.pdp

    @property
    def decisions(self) -> list[dict[str, Any]]:
        """The records of decisions; those of how calls ended are apart."""
        return [record for record in self.log.records if record["kind"] == "decision"]

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """The records of how calls ended."""
        return [record for record in self.log.records if record["kind"] == "outcome"]

    @property
    def untouched(self) -> bool:
        """Neither upstream has seen a connection."""
        return self.near.untouched and self.far.untouched


Staged = Callable[..., Stage]


@pytest.fixture
def staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Staged]:
    """Serve both upstreams; the value loads the project that knows them, as it is told to."""
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    with serving() as near, serving() as far:

        def made(**settings: Any) -> Stage:  # noqa: ANN401 - whatever `build` takes
            world = build(tmp_path, near.base_url, far.base_url, **settings)
            return Stage(world, near, far, MemoryLog())

        yield made


@pytest.fixture
def stage(staged: Staged) -> Stage:
    """The plain project."""
    return staged()


@pytest.fixture(autouse=True)
def _clients_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the clients that a test and its SDKs leave open.

    Rubbish in a circle is collected in any order, the socket before what would close it too.
    """
    opened: list[httpx.Client | httpx2.Client] = []

    def keeping(real: Callable[..., None]) -> Callable[..., None]:
        def kept(self: Any, *args: Any, **options: Any) -> None:  # noqa: ANN401 - whatever it takes
            real(self, *args, **options)
            opened.append(self)

        return kept

    for library in (httpx, httpx2):
        monkeypatch.setattr(library.Client, "__init__", keeping(library.Client.__init__))
    yield
    for client in opened:
        client.close()
