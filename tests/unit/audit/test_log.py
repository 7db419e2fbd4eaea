"""A log only grows, is on the disk when `append` returns, and outlives a crash."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from policy_router.audit.log import FileLog, MemoryLog, read_log

_APPENDING = """
import sys
from pathlib import Path
from policy_router.audit.log import FileLog
log = FileLog(Path(sys.argv[1]))
number = 0
while True:
    log.append({"number": number, "text": "x" * 2000})
    print(number, flush=True)
    number += 1
"""


def test_records_are_lines_in_order(tmp_path: Path) -> None:
    file = tmp_path / "var" / "log.jsonl"
    log = FileLog(file)
    records = [{"b": number, "a": "line\nbreak \u2028 \u00e9"} for number in range(3)]
    for record in records:
        log.append(record)
    assert list(read_log(file)) == records
    assert len(file.read_bytes().splitlines()) == 3
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_record_is_synced_before_append_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "log.jsonl"
    seen: list[int] = []

    def fsync(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            seen.append(file.stat().st_size)

    monkeypatch.setattr("os.fsync", fsync)
    FileLog(file).append({"a": 1})
    assert seen == [len(b'{"a":1}\n')]


def test_a_line_cut_short_by_a_crash_spoils_no_other(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    log = FileLog(file)
    log.append({"number": 1})
    with file.open("ab") as torn:
        torn.write(b'{"number": 2, "te')
    log.append({"number": 3})
    assert [record["number"] for record in read_log(file)] == [1, 3]
    assert file.read_bytes().splitlines()[1] == b'{"number": 2, "te'


def test_the_system_may_take_a_record_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.write
    monkeypatch.setattr("os.write", lambda file, data: whole(file, bytes(data)[:7]))
    file = tmp_path / "log.jsonl"
    FileLog(file).append({"text": "x" * 100})
    assert list(read_log(file)) == [{"text": "x" * 100}]


def test_a_failing_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr("os.write", full)
    with pytest.raises(OSError, match="no space"):
        FileLog(tmp_path / "log.jsonl").append({"a": 1})


def test_threads_do_not_mix_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"

    def write(thread: int) -> None:
        log = FileLog(file)
        for number in range(20):
            log.append({"thread": thread, "number": number, "text": "x" * 5000})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [(record["thread"], record["number"]) for record in read_log(file)]
    assert sorted(found) == [(thread, number) for thread in range(4) for number in range(20)]


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    command = [sys.executable, "-c", _APPENDING, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writing:
        assert writing.stdout is not None
        acknowledged = [int(writing.stdout.readline()) for _ in range(20)]
        writing.kill()
    kept = [record["number"] for record in read_log(file)]
    assert kept[: len(acknowledged)] == acknowledged


def test_memory_holds_what_a_file_would() -> None:
    log = MemoryLog()
    log.append({"a": (1, 2)})
    assert log.records == [{"a": [1, 2]}]
    with pytest.raises(TypeError):
        log.append({"a": object()})
    assert json.dumps(log.records) == '[{"a": [1, 2]}]'
