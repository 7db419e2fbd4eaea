"""What permissions rested on: named by the record, shown, and compared when it is made again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import time_machine

from policy_router.audit.record import Attempt, Finding, Occasion, record_of
from policy_router.enforcement.gate import gate_for
from policy_router.enforcement.kinds import decided
from policy_router.log.ledger import Ledger
from policy_router.log.reading import records_in
from policy_router.service.decision import Decision
from policy_router.service.pdp import load
from policy_router.service.request import Request
from tests.cli.running import run
from tests.house.tree import ROOT

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHANGED = Path("changed")
OLD = ROOT / "tests/cases/records"
NOTHING: dict[str, Any] = {
    name: [] for name in ("agreements", "exceptions", "secondary_readings_of_law", "signoffs")
}


@pytest.fixture
def decision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Decision:
    """A call that the example organisation's contracts and assessment permit, recorded."""
    monkeypatch.chdir(tmp_path)
    copytree(ROOT / "examples/organisation", "organisation")
    with time_machine.travel(NOON, tick=False):
        pdp = load(project="organisation")
        log = gate_for("sidecar", pdp).log
        request = Request(
            model="openai/o4-mini", data=["personal"], regime=["eu_gdpr"], subjects=["customers"]
        )
        found = pdp.decide(request)
        finding = Finding(decided(found), None, Attempt(route=found.determination.route))
        log.append(record_of(Occasion("call", NOON, "sidecar", "app", 2), finding))
    return found


def _record(folder: Path) -> dict[str, Any]:
    (found,) = (dict(r) for r in records_in(folder) if r["kind"] == "decision")
    return found


def _folder(decision: Decision) -> Path:
    del decision
    (found,) = {file.parent for file in Path("organisation").rglob("*.jsonl")}
    return found


def test_the_record_names_what_an_explanation_names(decision: Decision) -> None:
    assert decision.permitted
    used = decision.explain().used
    said = _record(_folder(decision))["rests_on"]
    assert said == {
        "agreements": list(used.agreements),
        "exceptions": list(used.exceptions),
        "signoffs": list(used.signoffs),
        "secondary_readings_of_law": list(used.law),
    }
    assert said["agreements"]
    assert said["signoffs"]


def test_it_is_shown_and_made_again(decision: Decision) -> None:
    folder, used = _folder(decision), decision.explain().used
    words = f"rests on agreements {', '.join(f'`{name}`' for name in used.agreements)}"
    assert words in " ".join(run(f"log show call --log {folder}").out.split())
    again = run(f"replay --decision call --log {folder}")
    assert again.code == 0
    assert words in " ".join(again.out.split())
    (data,) = json.loads(run(f"replay --decision call --log {folder} --format json").out)
    assert data["rests_on"] == _record(folder)["rests_on"]


def test_whoever_takes_a_sign_off_out_of_a_record_is_found_out(decision: Decision) -> None:
    folder = _folder(decision)
    record = _record(folder)
    record["rests_on"] = {**record["rests_on"], "signoffs": []}
    Ledger(CHANGED).append({n: v for n, v in record.items() if n not in {"n", "after"}})
    copytree(folder / "snapshots", CHANGED / "snapshots")
    done = run(f"replay --decision call --log {CHANGED}")
    assert done.code == 1
    assert "rests_on.signoffs" in done.out


@pytest.mark.parametrize("log", sorted(OLD.iterdir()), ids=lambda log: log.name)
def test_what_an_earlier_version_did_not_record_is_found_by_replay(log: Path) -> None:
    admitted, denied, *_ = (r for r in records_in(log) if r["kind"] == "decision")
    shown = " ".join(run(f"log show {admitted['id']} --log {log}").out.split())
    assert f"`policy-router replay --decision {admitted['id'][:8]}` finds it" in shown
    assert "rests on" not in run(f"log show {denied['id']} --log {log}").out
    (data,) = json.loads(run(f"replay --decision {admitted['id']} --log {log} --format json").out)
    assert data["rests_on"] == NOTHING
    (data,) = json.loads(run(f"replay --decision {denied['id']} --log {log} --format json").out)
    assert data["rests_on"] is None


def test_it_is_exported_and_null_where_no_record_says_it(decision: Decision) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    folder = _folder(decision)
    said = _record(folder)["rests_on"]
    Ledger(folder).append(_without_grounds(_record(folder)))
    assert run(f"log export --parquet calls.parquet --log {folder}").code == 0
    rows = parquet.read_table("calls.parquet").to_pylist()
    told = [{name: row[f"rests_on_{name}"] for name in NOTHING} for row in rows]
    assert told == [said, dict.fromkeys(NOTHING)]
    assert (said["exceptions"], said["agreements"] != []) == ([], True)


def _without_grounds(record: dict[str, Any]) -> dict[str, Any]:
    """A record as a version before wrote it."""
    left_out = {"rests_on", "n", "after"}
    return {**{k: v for k, v in record.items() if k not in left_out}, "id": "earlier"}
