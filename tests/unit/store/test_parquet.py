"""Calls of a log as Parquet: every row is there, typed, and a file is whole or not there."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policy_router.audit.record_schemas import GROUNDS, record_schemas
from policy_router.audit.recorded import calls_in
from policy_router.audit.rows import rows_of
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.gate import gate_for
from policy_router.wire.http_call import HttpCall
from tests.cli.running import run
from tests.pep.asking import admit
from tests.pep.conftest import Staged
from tests.pep.conftest import staged as staged  # noqa: PLC0414 - a fixture
from tests.pep.sdk import MESSAGES, sync_client
from tests.pep.world import ALLOWED, DENIED, KEY_VARIABLE, KEYS, UPSTREAM_KEY, World, build


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A project in the current folder, of which one call was permitted, one denied, one refused."""
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    monkeypatch.chdir(tmp_path)
    found = build(tmp_path)
    gate = gate_for("test", found.pdp)
    clinic = floor_of(found.pdp.loaded.callers["clinic"])
    for model, floor in ((ALLOWED, clinic), (DENIED, clinic), (ALLOWED, None)):
        body = json.dumps({"model": model, "messages": []}).encode()
        admit(gate, HttpCall("POST", "/chat/completions", "", (), body), floor)
    return found


def _rows(world: World) -> list[dict[str, Any]]:
    return list(rows_of(calls_in(world.records())))


def test_a_row_says_what_its_record_says(world: World) -> None:
    permitted, denied, refused = sorted(_rows(world), key=lambda row: row["at"])
    assert (permitted["route"], permitted["outcome"], permitted["ending"]) == (
        "near:allowed",
        "permitted",
        None,
    )
    assert (permitted["data"], permitted["purpose"], permitted["tenant"]) == (
        ["health"],
        "letters",
        "ward",
    )
    assert (denied["reason"], denied["route"], denied["candidates"]) == (
        "no_compliant_route",
        None,
        1,
    )
    assert (refused["refused"], refused["outcome"], refused["caller"]) == (
        "unknown_caller",
        None,
        None,
    )
    assert {row["policies"] for row in (permitted, denied)} == {world.pdp.snapshot.digests.policies}


_NOT_EXPORTED = {
    "kind": "all rows are of calls",
    "n": "where in the log it stands",
    "after": "the chain of the log",
    "build": "of the program, for making it again",
    "retry": "what a client counts, not what became of the call",
    "detected": "in the facts, as far as anything was decided by it",
    "told": "the code says it",
}
"""What a record of a decision holds that is in no column, and why."""

_COLUMNS_OF = {
    "recorded_at": {"at"},
    "attempt": {"attempt", "route"},
    "facts": {"data", "model", "labels", "open", "withheld", "seen", "without_declared"},
    "decision": {"outcome", "reason", "requested", "missing", "policies", "registry", "candidates"},
    "rests_on": {f"rests_on_{name}" for name in GROUNDS},
}


def test_what_a_record_holds_is_a_column_or_is_left_out_for_a_reason(world: World) -> None:
    columns = _rows(world)[0].keys()
    for name in record_schemas()["record"]["properties"].keys() - _NOT_EXPORTED.keys():
        assert _COLUMNS_OF.get(name, {name}) <= columns, name


def test_each_attempt_has_a_row_with_its_own_ending(staged: Staged) -> None:
    stage = staged(spare=True)
    stage.far.status = 503
    with sync_client(stage, "httpx2", key=KEYS["clinic"]) as client:
        client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
    rows = list(rows_of(calls_in(stage.log.records)))
    assert [(r["attempt"], r["route"], r["ending"], r["status"]) for r in rows] == [
        (1, "far:allowed", "failed_over", 503),
        (2, "near:allowed", "complete", 200),
    ]


def test_without_the_extra_it_says_which_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    del world
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "policy_router.store.parquet", raising=False)
    done = run("log export --parquet calls.parquet")
    assert (done.code, "extra `parquet`" in done.err) == (2, True)
    assert not Path("calls.parquet").exists()


def test_the_file_holds_the_rows(world: World) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    done = run("log export --parquet calls.parquet")
    assert (done.code, done.out) == (0, "3 rows written to calls.parquet\n")
    assert parquet.read_table("calls.parquet").to_pylist() == _rows(world)
    assert Path("calls.parquet").stat().st_mode & 0o777 == 0o600
    last = max(row["at"] for row in _rows(world))
    again = run(f"log export --parquet calls.parquet --since {last.isoformat()}")
    assert again.out == "1 row written to calls.parquet\n"
    assert len(parquet.read_table("calls.parquet").to_pylist()) == 1


def test_a_table_is_written_in_parts_and_whole_or_not_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow.parquet")
    from policy_router.store import parquet  # noqa: PLC0415 - it needs an extra

    monkeypatch.setattr(parquet, "_GROUP", 2)
    told: list[int] = []
    rows, file = _rows(world), Path("calls.parquet")
    assert parquet.write_parquet(file, iter(rows), told.append) == 3
    assert told == [2, 3]
    before = file.read_bytes()

    def cut_short() -> Iterator[dict[str, Any]]:
        yield from rows
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        parquet.write_parquet(file, cut_short(), told.append)
    assert file.read_bytes() == before
    assert [path.name for path in Path().glob(".calls*")] == []
