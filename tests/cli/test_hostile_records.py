"""Logs that somebody else wrote: what is no record of ours is named by a code, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any, Final

import pytest

from policy_router.audit.recorded import calls_in, tally
from policy_router.audit.rows import rows_of
from policy_router.domain.unreplayable import Unreplayable
from policy_router.log.ledger import Ledger
from policy_router.log.line import FIRST, MOST_BYTES, packed, placed
from policy_router.log.reading import read_record, records_in
from policy_router.log.segment import LogUnreadable
from policy_router.report.recorded import (
    call_json,
    call_lines,
    calls_csv,
    calls_json,
    calls_lines,
    tally_json,
    tally_lines,
)
from policy_router.report.replayed import replayed_json, replayed_lines
from policy_router.report.screen import Screen
from policy_router.service.recorded import shallow, shaped, whole
from policy_router.service.replaying import Replayer
from tests.cli.running import run
from tests.house.tree import ROOT

LOG = ROOT / "tests/cases/records/first-build"
HOSTILE: Final = "x\x1b[31mEVIL\x07\n\u202e\ud800"
VALUES: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    10**30,
    1.5,
    HOSTILE,
    [],
    {},
    [HOSTILE],
    {HOSTILE: [HOSTILE]},
)
SCREEN: Final = Screen()
COMMANDS: Final = (
    "log show 0",
    "log search",
    "log search --kind load --format json",
    "log stats",
    "log export --parquet out.parquet",
    "replay --decision 0",
    "replay --all",
)
DEEP: Final = 100_000
LINES: Final = {
    "nested": b'{"kind":"decision","x":%b%b}' % (b"[" * DEEP, b"]" * DEEP),
    "nested in names": b'{"kind":"decision","x":%b1%b}' % (b'{"a":' * DEEP, b"}" * DEEP),
    "large": b'{"kind":"decision","x":"%b"}' % (b"x" * 50_000_000),
    "no number": b'{"kind":"decision","x":NaN}',
    "too great a number": b'{"kind":"decision","x":1e999}',
    "too long a number": b'{"kind":"decision","x":%b}' % (b"9" * 5_000),
    "a name twice": b'{"kind":"load","kind":"decision"}',
    "no text": b'{"kind":"decision","x":"\xff"}',
    "no record": b'{"x":{}}',
}


def _places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a record, from the outermost in; of lists the first entry."""
    inner: list[tuple[Any, object]] = list(value.items()) if isinstance(value, dict) else []
    if isinstance(value, list) and value:
        inner = [(0, value[0])]
    for name, part in inner:
        yield (*path, name)
        yield from _places(part, (*path, name))


def _changed(record: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(record))
    inner: Any = copy
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return copy


def _without(record: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(record))
    inner: Any = copy
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return copy


def _mutants() -> Iterator[dict[str, Any]]:
    """Records of a decision and of an outcome, each with one part of it otherwise or gone."""
    decided, denied, *_ = (r for r in records_in(LOG) if r["kind"] == "decision")
    ended = {
        "kind": "outcome", "id": decided["id"], "recorded_at": decided["recorded_at"],
        "point": "sidecar", "observed": False, "attempt": 1, "route": "r", "ending": "complete",
        "status": 200, "answer_id": "a", "n": 9,
        "attestation": {"standing": "attested", "model": "m", "provider": "p", "place": None,
                        "contradicts": ["model"]},
    }  # fmt: skip
    rests_on = {
        name: ["x"]
        for name in ("agreements", "exceptions", "secondary_readings_of_law", "signoffs")
    }
    for record in ({**decided, "rests_on": rests_on}, denied, ended):
        yield record
        for path in _places(record):
            if path[0] not in {"kind", "n", "after"}:
                yield _without(record, path)
                yield from (_changed(record, path, value) for value in VALUES)


def _light(record: dict[str, Any]) -> Iterator[str]:
    """What is told of all calls together."""
    calls = list(calls_in(whole([record])))
    yield from (*calls_lines(calls, SCREEN), calls_csv(calls), calls_json(calls))
    yield from (*tally_lines(tally(calls), SCREEN), tally_json(tally(calls)))


def _full(record: dict[str, Any], first: dict[str, Any]) -> Iterator[str]:
    """What is told of one call."""
    records = [first, record] if record["kind"] == "outcome" else [record]
    for call in calls_in(shaped(whole(records))):
        yield from (*call_lines(call, SCREEN), call_json(call))
        yield from map(str, rows_of([call]))


def _again(record: dict[str, Any], replayer: Replayer) -> Iterator[str]:
    """What comes of making it again."""
    for call in calls_in(shallow(whole([record]))):
        found = [replayer.replayed(each) for each in call.decisions]
        yield from (*replayed_lines(found, SCREEN), replayed_json(found))


def test_whatever_a_record_holds_it_is_shown_harmlessly_or_named() -> None:
    first = next(r for r in records_in(LOG) if r["kind"] == "decision")
    replayer, named, seen = Replayer(LOG), 0, 0
    for record in _mutants():
        own = {name: value for name, value in record.items() if name not in {"n", "after"}}
        told = read_record(placed(packed(own), 9, FIRST))
        for telling in (_light(told), _full(told, first), _again(told, replayer)):
            seen += 1
            try:
                text = "".join(telling)
            except (LogUnreadable, Unreplayable):
                named += 1
            else:
                text.encode()
                assert not set(text) & {"\x1b", "\x07", "\u202e"}, record
    assert seen / 4 < named < seen


@pytest.mark.parametrize("name", LINES)
def test_what_is_no_record_is_named_and_nothing_is_shown(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Ledger(Path("log")).keep([LINES[name]])
    for command in COMMANDS:
        done = run(f"{command} --log log")
        assert (done.code, done.out) == (2, ""), command
        assert done.err.startswith("error[LOG603]: "), command
        assert len(done.err) < 500
    assert run("log verify --log log").code == 0


def test_whatever_is_recorded_can_be_read() -> None:
    for size in range(MOST_BYTES - 130, MOST_BYTES - 90, 4):
        try:
            line = placed(packed({"kind": "x", "x": "x" * size}), 10**18, FIRST)
        except ValueError:
            break
        assert read_record(line)["kind"] == "x"
    else:
        pytest.fail("what is larger than a line may be was taken")
    assert size > MOST_BYTES - 130


def test_terminals_are_left_alone_by_the_commands_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    copytree(LOG / "snapshots", "log/snapshots")
    decided = next(r for r in records_in(LOG) if r["kind"] == "decision")
    own = {name: value for name, value in decided.items() if name not in {"n", "after"}}
    hostile = {**own, "id": f"0{HOSTILE}", "caller": HOSTILE, "point": HOSTILE}
    Ledger(Path("log")).append(hostile)
    for command in COMMANDS:
        done = run(f"{command} --log log")
        assert done.code in {0, 1, 2}
        assert not set(done.out + done.err) & {"\x1b", "\x07", "\u202e"}, command
