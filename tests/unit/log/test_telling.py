"""Collectors get every record at least once and in order, and whoever fails is told again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from policy_router.log.ledger import Ledger
from policy_router.log.reading import lines_in
from policy_router.log.retention import remove_segments
from policy_router.log.telling import Anchoring, Copying, NotTold, Telling
from policy_router.log.writer import Sizes
from tests.unit.log.test_ledger import record

SIZES = Sizes(segment=1_500, checkpoint=5)


class Collects:
    """Takes lines, or does not."""

    name = "collects"

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.refuses = False
        self.most: int | None = None

    def take(self, lines: Sequence[bytes]) -> None:
        if self.refuses or (self.most is not None and len(self.taken) >= self.most):
            raise NotTold("busy")
        self.taken += lines


def write(folder: Path, first: int, count: int) -> None:
    ledger = Ledger(folder, sizes=SIZES)
    for number in range(first, first + count):
        ledger.append(record(number, "x" * 40))


def test_records_are_handed_over_as_they_come(tmp_path: Path) -> None:
    collects = Collects()
    copying = Copying(tmp_path, collects)
    assert copying.tell() == 0
    for first in range(0, 60, 20):
        write(tmp_path, first, 20)
        assert copying.tell() > 0
        assert collects.taken == list(lines_in(tmp_path))
        assert copying.tell() == 0
    assert (tmp_path / "told-collects").stat().st_mode & 0o777 == 0o600


def test_another_process_goes_on_where_one_stopped(tmp_path: Path) -> None:
    write(tmp_path, 0, 30)
    first, second = Collects(), Collects()
    Copying(tmp_path, first).tell()
    write(tmp_path, 30, 30)
    Copying(tmp_path, second).tell()
    assert first.taken + second.taken == list(lines_in(tmp_path))
    (tmp_path / "told-collects").write_text("{")
    third = Collects()
    Copying(tmp_path, third).tell()
    assert third.taken == list(lines_in(tmp_path))


def test_what_was_not_taken_is_handed_over_again(tmp_path: Path) -> None:
    write(tmp_path, 0, 600)
    collects = Collects()
    copying = Copying(tmp_path, collects)
    for most in (0, 100, 300, 700):
        collects.most = most
        try:
            copying.tell()
        except NotTold:
            assert len(collects.taken) < 600
    assert collects.taken == list(lines_in(tmp_path))


def test_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    write(tmp_path, 0, 5)
    path, collects = tmp_path / "00000001.jsonl", Collects()
    whole = path.read_bytes()
    copying = Copying(tmp_path, collects)
    path.write_bytes(whole[:-30])
    copying.tell()
    path.write_bytes(whole)
    copying.tell()
    assert collects.taken == list(lines_in(tmp_path))


def test_segments_that_retention_took_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, 0, 60)
    remove_segments(tmp_path, 2)
    collects = Collects()
    Copying(tmp_path, collects).tell()
    assert collects.taken == list(lines_in(tmp_path))
    assert json.loads(collects.taken[0])["n"] > 0


def test_a_log_that_was_changed_is_said_to_be(tmp_path: Path) -> None:
    write(tmp_path, 0, 5)
    path = tmp_path / "00000001.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"number":2', b'"number":7'))
    with pytest.raises(NotTold, match="not what was written"):
        Copying(tmp_path, Collects()).tell()


def test_how_far_behind_somebody_is_can_be_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, 0, 5)
    collects, clock = Collects(), [100.0]
    telling = Telling([Copying(tmp_path, collects)], lambda: clock[0])
    collects.refuses = True
    for _ in range(3):
        assert telling.look() is False
        clock[0] += 10
    assert telling.behind() == {"collects": 30.0}
    standing = telling.standings["collects"]
    assert (standing.told, standing.failures, standing.why) == (0, 3, "busy")
    assert caplog.text.count("is not told of the log: busy") == 1
    collects.refuses = False
    assert telling.look() is True
    assert telling.behind() == {"collects": 0.0}
    assert telling.standings["collects"].told == 6
    assert caplog.text.count("is told of the log again") == 1


def test_one_who_fails_keeps_nobody_else_from_being_told(tmp_path: Path) -> None:
    write(tmp_path, 0, 5)
    bad, good = Collects(), Collects()
    bad.refuses, bad.name = True, "bad"
    telling = Telling([Copying(tmp_path, bad), Copying(tmp_path, good)], lambda: 0.0)
    assert telling.look() is False
    assert len(good.taken) == 6


def test_a_log_without_checkpoints_has_none_to_tell(tmp_path: Path) -> None:
    assert Anchoring(tmp_path, _NoAnchor()).tell() == 0


class _NoAnchor:
    name = "none"

    def tell(self, checkpoints: object, last: object) -> int:
        raise AssertionError(checkpoints, last)


class Stumbles:
    """Fails in a way that nobody foresaw."""

    name = "stumbles"

    def tell(self) -> int:
        raise ValueError("something of a call")


def test_what_nobody_foresaw_is_said_of_one_and_the_others_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, 0, 5)
    collects = Collects()
    telling = Telling((Stumbles(), Copying(tmp_path, collects)), lambda: 7.0)
    assert not telling.look()
    assert collects.taken == list(lines_in(tmp_path))
    assert telling.standings["stumbles"].failures == 1
    assert telling.standings["stumbles"].since is not None
    assert "`stumbles` is not told of the log: a ValueError of ours" in caplog.text
    assert "something of a call" not in caplog.text


def test_what_was_told_of_another_log_leaves_nothing_of_this_one_out(tmp_path: Path) -> None:
    write(tmp_path, 0, 30)
    Copying(tmp_path, Collects()).tell()
    for file in (*tmp_path.glob("*.jsonl"), tmp_path / "checkpoints"):
        file.unlink(missing_ok=True)
    collects = Collects()
    with pytest.raises(NotTold, match="records were told, and 0 are there"):
        Copying(tmp_path, collects).tell()
    write(tmp_path, 0, 60)
    with pytest.raises(NotTold, match="`told-collects` is of another log"):
        Copying(tmp_path, collects).tell()
    (tmp_path / "told-collects").unlink()
    Copying(tmp_path, collects).tell()
    assert collects.taken == list(lines_in(tmp_path))


@pytest.mark.parametrize("said", [{"next": 30}, {"next": 5}])
def test_a_note_of_a_version_before_is_gone_on_with(tmp_path: Path, said: dict[str, int]) -> None:
    write(tmp_path, 0, 50)
    (tmp_path / "told-collects").write_text(json.dumps(said))
    collects = Collects()
    Copying(tmp_path, collects).tell()
    assert collects.taken == list(lines_in(tmp_path))[said["next"] :]


def test_a_log_that_was_cut_short_is_said(tmp_path: Path) -> None:
    write(tmp_path, 0, 30)
    Copying(tmp_path, Collects()).tell()
    max(tmp_path.glob("*.jsonl")).unlink()
    with pytest.raises(NotTold, match="were told, and"):
        Copying(tmp_path, Collects()).tell()
