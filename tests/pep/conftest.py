"""A project in a folder of its own, whose two gateways are upstreams that keep every byte."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from policy_router import PDP
from policy_router.audit.log import MemoryLog
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


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Serve both upstreams and load the project that knows them."""
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    with serving() as near, serving() as far:
        world = build(tmp_path, near.base_url, far.base_url)
        yield Stage(world, near, far, MemoryLog())
