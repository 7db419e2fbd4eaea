"""Segments go whole and only when all in them is old; what stays verifies and says what went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_router.audit.record import Gone, retention_record
from policy_router.log.ledger import Ledger
from policy_router.log.reading import records_in
from policy_router.log.retention import Removable, removable, remove_segments
from policy_router.log.segment import LogDamaged, path_of, segments_in
from policy_router.log.verification import Verified, verify
from policy_router.log.writer import Sizes

START = datetime(2026, 1, 1, tzinfo=UTC)
SIZES = Sizes(segment=1_000, checkpoint=3)


class Days:
    """A clock that is told what day it is."""

    def __init__(self) -> None:
        self.day = 0

    def __call__(self) -> datetime:
        return START + timedelta(days=self.day)


def record(day: int) -> dict[str, Any]:
    at = START + timedelta(days=day)
    return {"kind": "decision", "recorded_at": at.isoformat(), "text": "x" * 100}


def written(folder: Path, days: list[int]) -> Ledger:
    """A log with a record of each of these days."""
    clock = Days()
    ledger = Ledger(folder, sizes=SIZES, now=clock)
    for day in days:
        clock.day = day
        ledger.append(record(day))
    return ledger


def pruned(ledger: Ledger, day: int) -> Removable:
    """Remove what is from before a day, as the service does."""
    before = START + timedelta(days=day)
    found = removable(ledger.folder, before)
    assert found is not None
    gone = Gone(found.through, found.first, found.root)
    ledger.append(retention_record(before, before, gone))
    ledger.check()
    remove_segments(ledger.folder, found.through)
    return found


def days_in(folder: Path) -> list[int]:
    instants = (r["recorded_at"] for r in records_in(folder) if r["kind"] == "decision")
    return [(datetime.fromisoformat(each) - START).days for each in instants]


def good(folder: Path) -> Verified:
    found = verify(folder)
    assert found.problem is None, found.problem
    return found


def test_what_is_old_goes_and_what_stays_says_so(tmp_path: Path) -> None:
    ledger = written(tmp_path, list(range(30)))
    gone = pruned(ledger, 20)
    found = good(tmp_path)
    assert found.first == gone.first > 0
    assert found.first + found.records == found.covered
    (said,) = found.removals
    assert (said.first, said.through, said.root) == (gone.first, gone.through, gone.root)
    assert segments_in(tmp_path)[0] == gone.through + 1
    assert [day for day in range(20, 30) if day not in days_in(tmp_path)] == []


@given(
    days=st.lists(st.integers(0, 60), min_size=1, max_size=40).map(sorted),
    late=st.lists(st.integers(0, 39), max_size=3),
    cut=st.integers(0, 70),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_nothing_younger_ever_goes(
    tmp_path_factory: pytest.TempPathFactory, days: list[int], late: list[int], cut: int
) -> None:
    """Whatever order records come in: a clock may go back, and a process be slow."""
    folder = tmp_path_factory.mktemp("log")
    for place in late:
        days.insert(min(place, len(days)), 65)
    ledger = written(folder, days)
    limit = START + timedelta(days=cut)
    if removable(folder, limit) is None:
        return
    pruned(ledger, cut)
    left = days_in(folder)
    assert left == days[len(days) - len(left) :]
    assert all(day < cut for day in days[: len(days) - len(left)])
    good(folder)
    ledger.append(record(99))
    good(folder)


def test_the_segment_that_is_written_to_stays_however_old(tmp_path: Path) -> None:
    ledger = written(tmp_path, [0])
    assert removable(tmp_path, START + timedelta(days=9_000)) is None
    ledger.close_segment(START - timedelta(days=1))
    assert len(segments_in(tmp_path)) == 1
    ledger.close_segment(START + timedelta(days=1))
    ledger.close_segment(START + timedelta(days=1))
    assert len(segments_in(tmp_path)) == 2
    pruned(ledger, 9_000)
    assert days_in(tmp_path) == []
    good(tmp_path)


def test_a_segment_of_a_clock_that_was_ahead_is_closed_and_keeps_what_is_young(
    tmp_path: Path,
) -> None:
    written(tmp_path, [3_000])
    clock = Days()
    ledger = Ledger(tmp_path, sizes=SIZES, now=clock)
    ledger.append(record(0))
    ledger.close_segment(START - timedelta(days=1))
    ledger.append(record(1))
    assert len(segments_in(tmp_path)) == 2
    ledger.close_segment(START - timedelta(days=1))
    assert len(segments_in(tmp_path)) == 2
    assert removable(tmp_path, START + timedelta(days=2_000)) is None
    good(tmp_path)
    clock.day = 3_002
    ledger.close_segment(START + timedelta(days=3_001))
    pruned(ledger, 3_001)
    good(tmp_path)


def test_an_empty_log_has_nothing_to_remove_or_close(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "none")
    ledger.close_segment(START)
    assert not (tmp_path / "none").exists()
    assert removable(tmp_path, START) is None


def test_it_may_be_cut_short_anywhere(tmp_path: Path) -> None:
    """After the record, and after each segment that goes, the log verifies; the rest goes later."""
    ledger = written(tmp_path, list(range(40)))
    before = START + timedelta(days=30)
    found = removable(tmp_path, before)
    assert found is not None
    assert found.segments > 3
    ledger.append(retention_record(before, before, Gone(found.through, found.first, found.root)))
    ledger.check()
    for segment in segments_in(tmp_path):
        good(tmp_path)
        if segment <= found.through:
            path_of(tmp_path, segment).unlink()
    good(tmp_path)
    assert Ledger(tmp_path, sizes=SIZES).append(record(41)) > 40
    good(tmp_path)


def test_it_is_done_again_and_again(tmp_path: Path) -> None:
    clock = Days()
    ledger = Ledger(tmp_path, sizes=SIZES, now=clock)
    for day in range(60):
        clock.day = day
        ledger.append(record(day))
        if removable(tmp_path, START + timedelta(days=day - 10)) is not None:
            pruned(ledger, day - 10)
        found = good(tmp_path)
    assert found.removals
    assert min(days_in(tmp_path)) >= 60 - 10 - 10
    assert max(r.through for r in found.removals) == segments_in(tmp_path)[0] - 1


def test_another_process_goes_on_where_segments_went(tmp_path: Path) -> None:
    idle = written(tmp_path, [0, 1, 2])
    busy = Ledger(tmp_path, sizes=SIZES, now=Days())
    for day in range(3, 40):
        busy.append(record(day))
    pruned(busy, 30)
    idle.append(record(50))
    busy.append(record(51))
    assert days_in(tmp_path)[-2:] == [50, 51]
    good(tmp_path)


# ---- what is not as it should be ----------------------------------------------------------------


def test_segments_that_went_without_a_word_are_missed(tmp_path: Path) -> None:
    written(tmp_path, list(range(30)))
    path_of(tmp_path, 1).unlink()
    problem = verify(tmp_path).problem
    assert problem is not None
    assert "no record says why" in problem.what


def test_more_than_what_was_said_to_go_is_missed(tmp_path: Path) -> None:
    ledger = written(tmp_path, list(range(40)))
    gone = pruned(ledger, 15)
    path_of(tmp_path, gone.through + 1).unlink()
    problem = verify(tmp_path).problem
    assert problem is not None
    assert "no record says why" in problem.what


def test_a_word_about_other_records_than_those_that_are_missing_is_no_word(tmp_path: Path) -> None:
    ledger = written(tmp_path, list(range(30)))
    found = removable(tmp_path, START + timedelta(days=20))
    assert found is not None
    gone = Gone(found.through, found.first, "0" * 64)
    ledger.append(retention_record(START, START, gone))
    remove_segments(tmp_path, found.through)
    problem = verify(tmp_path).problem
    assert problem is not None
    assert "other records" in problem.what


@pytest.mark.parametrize("place", [1, -1])
def test_a_log_that_was_changed_is_left_as_it_is(tmp_path: Path, place: int) -> None:
    written(tmp_path, list(range(30)))
    file = path_of(tmp_path, 1)
    lines = file.read_bytes().splitlines(keepends=True)
    lines[place] = lines[place].replace(b"xxxx", b"yyyy", 1)
    file.write_bytes(b"".join(lines))
    with pytest.raises(LogDamaged):
        removable(tmp_path, START + timedelta(days=20))


def test_a_record_that_does_not_say_when_it_was_kept_keeps_its_segment(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, sizes=SIZES, now=Days())
    ledger.append({"kind": "decision"})
    for day in range(20):
        ledger.append(record(day))
    assert len(segments_in(tmp_path)) > 1
    assert removable(tmp_path, START + timedelta(days=90)) is None
