"""Under many streams, and where the sidecar is killed: nothing unrecorded, and bounded memory."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from policy_router.log.verification import verify
from tests.pep.conftest import Stage
from tests.pep.crowds import complete, killed, open_streams, unrecorded
from tests.pep.world import KEY_VARIABLE, UPSTREAM_KEY, build

STREAMS = 500
MOST_KIB_A_STREAM = 100.0


def test_a_stream_that_is_open_takes_little_memory_and_all_end_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make soak` opens 10,000."""
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    crowd = asyncio.run(open_streams(lambda near: build(tmp_path, near), STREAMS, complete))
    assert crowd.whole == STREAMS
    assert (crowd.during - crowd.before) * 1024 / STREAMS < MOST_KIB_A_STREAM


@pytest.mark.parametrize("answers", [1, 20, 60])
def test_what_left_before_a_kill_is_on_record(stage: Stage, answers: int) -> None:
    """`make soak` kills 1,000 times."""
    killed(stage.world, answers)
    assert len(stage.near.requests) >= answers
    assert unrecorded(stage.world, stage.near) == set()
    assert verify(stage.world.log).problem is None


def test_a_call_without_a_record_would_be_noticed(stage: Stage) -> None:
    killed(stage.world, 3)
    for segment in stage.world.log.glob("0*.jsonl"):
        segment.write_bytes(b"".join(segment.read_bytes().splitlines(keepends=True)[:1]))
    assert len(unrecorded(stage.world, stage.near)) >= 3
