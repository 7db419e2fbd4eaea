"""What `check --lint-shipped` says of sound documents, in every format."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from policy_router.domain.codes import FAMILIES
from tests.cli.running import AT, run
from tests.formats import junit, sarif
from tests.house.tree import ROOT

OWN = """\
kind: policy
id: own
language: 1
version: 1
title: Own
rules:
  - id: never
    when: {purpose: a, all: [{purpose: b}]}
    require: {dpa: in_force}
  - id: nowhere
    when: {data: {includes: trade_secret}}
    require: {inference_location: {within: [IS]}}
  - id: cheap
    when: {data: {includes: source_code}}
    require: {cost: {below: 0}}
  - id: kept-briefly
    when: {data: {includes: personal}}
    require: {retention_days: {at_most: 7}}
    waivable: true
---
kind: exception
id: needless
language: 1
policy: own
rule: kept-briefly
routes: ["inhouse:assistant-eu"]
when: {data: {includes: personal}}
from: 2026-09-01
until: 2026-12-31
approved_by: data protection officer
reason: a pilot
reference: EX-1
recorded_on: 2026-08-28
accepts: {retention_days: [0]}
---
kind: exception
id: needed
language: 1
policy: own
rule: kept-briefly
routes: ["opper:openai/o4-mini"]
when: {data: {includes: personal}}
from: 2026-09-01
until: 2026-12-31
approved_by: data protection officer
reason: a pilot
reference: EX-2
recorded_on: 2026-08-28
accepts: {retention_days: [30]}
---
kind: signoff
id: lia-for-nobody
language: 1
type: lia
status: approved
covers:
  routes: ["opper:*"]
  data: [personal]
  purposes: ["*"]
  tenants: ["*"]
from: 2026-03-01
until: 2027-02-28
recorded_on: 2026-03-03
by: data protection officer
reference: LIA-1
"""
_APPROVED = "may_approve: ["
WRONG = {
    "LNT501": ["rule `own/never` can never apply"],
    "LNT502": [
        "no route passes rule `gdpr/criminal-offences`",
        "no route passes rule `gdpr/children-assessed`",
        "no route passes rule `gdpr/children-consent`",
        "no route passes rule `own/nowhere`",
    ],
    "LNT503": ["nothing matches exception `needless`"],
    "LNT504": ["nothing matches sign-off `lia-for-nobody`"],
    "LNT506": ["not known whether `own/cheap` has an effect"],
}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example organisation with much that has no effect, in the current folder."""
    shutil.copytree(ROOT / "examples/organisation", tmp_path / "organisation")
    monkeypatch.chdir(tmp_path / "organisation")
    Path("policies/own.yaml").write_text(OWN, "utf-8")
    file = Path("policy-router.yaml")
    text = file.read_text("utf-8")
    assert _APPROVED in text
    file.write_text(text.replace(_APPROVED, f'{_APPROVED}"own/*", '), "utf-8")
    return Path()


def lint(output: str, more: str = "", code: int = 0) -> str:
    done = run(f"check --lint-shipped --policy own --at {AT} --format {output} {more}")
    assert (done.code, done.err) == (code, "")
    return done.out


def diagnostics() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(lint("json"))["diagnostics"]
    return found


def test_everything_is_told_and_nothing_else() -> None:
    told: dict[str, list[str]] = {}
    for each in diagnostics():
        told.setdefault(each["code"], []).append(each["message"].partition(":")[0])
    assert {code: sorted(said) for code, said in told.items()} == {
        code: sorted(said) for code, said in WRONG.items()
    }


def test_every_code_of_lint_has_a_test() -> None:
    assert {code.id for code in FAMILIES["LNT"]} == {*WRONG, "LNT505"}


def test_the_reason_is_told_where_no_request_exists() -> None:
    (never,) = (d for d in diagnostics() if d["code"] == "LNT501")
    assert "`purpose is a` and `purpose is b` are never true together" in never["message"]
    assert "witness" not in never
    assert (never["file"], never["line"]) == ("policies/own.yaml", 7)


def test_a_witness_is_a_request_that_shows_it() -> None:
    found = [d for d in diagnostics() if d["code"] == "LNT502"]
    assert len(found) == len(WRONG["LNT502"])
    for each in found:
        rule = each["message"].split("`")[1]
        asked = f"decide --policy own --request - --at {AT} --format json"
        decided = json.loads(run(asked, stdin=json.dumps(each["witness"])).out)
        candidates = [c for c in decided["candidates"] if not c["unsuitable"]]
        verdicts = [
            v["verdict"]
            for c in candidates
            for v in c["verdicts"]
            if f"{v['policy']}/{v['rule']}" == rule
        ]
        assert len(verdicts) == len(candidates) > 0
        assert set(verdicts) <= {"fail", "unknown"}


def test_a_scenario_without_a_route_is_told() -> None:
    Path("data/agreements.yaml").unlink()
    found = {d["message"].split("`")[1]: d for d in diagnostics() if d["code"] == "LNT505"}
    assert sorted(found) == ["customer-data", "employee-data", "health-data", "payment-cards"]
    assert "`gdpr/processor-contract` 317" in found["customer-data"]["message"]
    assert found["customer-data"]["witness"]["purpose"] == "customer-care"


def test_it_is_told_in_every_format() -> None:
    found = diagnostics()
    results = sarif(lint("sarif"))["results"]
    assert [r["ruleId"] for r in results] == [d["code"] for d in found]
    assert any('witness: {{"data": ["trade_secret"]}}' in r["message"]["text"] for r in results)
    cases = {c.get("name"): c for c in junit(lint("junit", "--strict", 1)).iter("testcase")}
    failure = cases["policies/own.yaml"].find("failure")
    assert failure is not None
    assert failure.get("type") == "LNT501"
    assert 'witness: {"data": ["trade_secret"]}' in (failure.text or "")
    notes = [line for line in lint("github").splitlines() if line.startswith("::")]
    assert len(notes) == len(found)
    assert any('%0Awitness: {"data": ["trade_secret"]}' in note for note in notes)
    text = lint("text")
    assert '= witness: {"data": ["trade_secret"]}' in text
    assert "  10 |   - id: nowhere" in text


def test_only_with_strict_is_it_a_failure() -> None:
    assert run(f"check --policy own --at {AT} --strict").code == 0
    lint("text", "--strict", 1)


def test_what_has_ended_is_history() -> None:
    ended = json.loads(
        run("check --lint-shipped --policy own --at 2028-12-01T00:00:00Z --format json").out
    )
    codes = {d["code"] for d in ended["diagnostics"]}
    assert not {"LNT503", "LNT504"} & codes


def test_all_packs_on_the_whole_registry_take_a_few_seconds() -> None:
    packs = "gdpr,no-dpf,eu-residency,zero-retention,no-training,terms-of-use,cost-caps"
    begun = time.process_time()
    done = run(f"check --lint-shipped --policy {packs} --all-routes --at {AT} --format json")
    assert done.code == 0
    assert time.process_time() - begun < 20


def test_in_a_project_lint_is_about_its_own_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is shipped is said to be, and spoken of only where somebody asks."""
    assert run(f"init {tmp_path / 'fresh'}").code == 0
    monkeypatch.chdir(tmp_path / "fresh")
    done = run(f"check --lint --at {AT}")
    assert (done.code, done.err) == (0, "")
    own = done.out
    assert "contracts/scenarios.yaml:5:5: warning[LNT505]" in own
    assert "1 warning in 1 file" in own
    every = run(f"check --lint-shipped --at {AT}").out
    assert "contracts/scenarios.yaml:5:5: warning[LNT505]" in every
    shipped = [line for line in every.splitlines() if "policies/gdpr/policy.yaml" in line]
    assert shipped
    assert all(line.startswith("shipped policies/gdpr/policy.yaml:") for line in shipped)
