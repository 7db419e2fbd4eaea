"""`log search --kind`: records of no call are found, in words and as they are."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policy_router.audit.record import (
    Gone,
    Replaced,
    load_record,
    not_replaced_record,
    retention_record,
    unlinked_record,
)
from policy_router.audit.recorded import NO_CALLS
from policy_router.domain.decision import Digests
from policy_router.log.ledger import Ledger
from tests.cli.running import run

AT = datetime(2026, 11, 1, tzinfo=UTC)
ONE, OTHER = (Digests("sha256:" + c * 64, "sha256:" + c.upper() * 64) for c in "ab")


@pytest.fixture
def log(tmp_path: Path) -> str:
    ledger = Ledger(tmp_path)
    replaced = Replaced(ONE, ("website",), ())
    for record in (
        load_record(AT, ONE, None, observed=False),
        load_record(AT.replace(day=2), OTHER, replaced, observed=False),
        not_replaced_record(AT, OTHER, AT.replace(day=3), ["SCH108"], outdated=False),
        retention_record(AT, AT, Gone(3, 70, "0" * 64)),
        unlinked_record(AT),
    ):
        ledger.append(record)
    return f"--log {tmp_path}"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("load", ("put in force: policies sha256:bbbb", "callers that changed: website")),
        ("not_replaced", ("stays in force until 2026-11-03T00:00:00Z (SCH108)",)),
        ("retention", ("removed: segments up to 3, with the records before 70",)),
        ("unlinked", ("pseudonym was destroyed",)),
    ],
)
def test_records_of_no_call_are_listed(log: str, kind: str, words: tuple[str, ...]) -> None:
    done = run(f"log search {log} --kind {kind}")
    said = " ".join(done.out.split())
    assert done.code == 0, done.err
    assert [each for each in words if each not in said] == []
    assert {
        r["kind"] for r in json.loads(run(f"log search {log} --kind {kind} --format json").out)
    } == {kind}
    assert run(f"log search {log} --kind {kind} --format csv").out.startswith("record,at,kind,what")


def test_every_kind_is_one_and_nothing_of_calls_is_asked_with_it(log: str) -> None:
    for kind in NO_CALLS:
        assert run(f"log search {log} --kind {kind.value}").code == 0
    late = json.loads(
        run(f"log search {log} --kind load --since 2026-11-02T00:00:00Z --format json").out
    )
    assert [record["n"] for record in late] == [2]
    assert "No record" in run(f"log search {log} --kind load --until 2020-01-01T00:00:00Z").out
    assert run(f"log search {log} --kind load --caller clinic").code == 2
    assert run(f"log search {log} --kind load --refused").code == 2
    assert run(f"log search {log} --kind decision").code == 2


def test_what_such_a_record_lacks_is_said(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    at = "2026-11-01T00:00:00Z"
    ledger.append({"kind": "load", "recorded_at": at, "before": 3, "changed": {"callers": 7}})
    ledger.append({"kind": "load", "recorded_at": at, "digests": [], "changed": []})
    ledger.append({"kind": "not_replaced", "recorded_at": at, "codes": "x"})
    for kind in ("load", "not_replaced"):
        done = run(f"log search --log {tmp_path} --kind {kind}")
        assert (done.code, "not said" in done.out) == (0, True), done
    ledger.append({"kind": "unlinked"})
    done = run(f"log search --log {tmp_path} --kind unlinked")
    assert (done.code, "record 4 cannot be read" in done.err) == (2, True)
