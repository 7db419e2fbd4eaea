"""What a build stops at: conditions on a saved audit, what did it, and what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policy_router.audit.schemas import schema_files
from policy_router.domain.codes import FAMILIES
from tests.cli.running import AT, Done, run
from tests.formats import junit, sarif
from tests.house.tree import ROOT

SCHEMAS = {n: Draft202012Validator(json.loads(text)) for n, text in schema_files().items()}
LATER = "2027-02-22T12:00:00Z"
OPPER = "opper:openai/o4-mini"
INHOUSE = "inhouse:assistant-eu"
AGREEMENTS = Path("data/agreements.yaml")
ROUTE = Path("data/own-route.yaml")


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example organisation, with an audit of it."""
    folder = tmp_path_factory.mktemp("audited") / "organisation"
    shutil.copytree(ROOT / "examples/organisation", folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        saved = run(f"audit --at {AT} --format json")
    assert saved.code == 0
    SCHEMAS["audit.schema.json"].validate(json.loads(saved.out))
    (folder / "saved.json").write_text(saved.out, "utf-8")
    return folder


@pytest.fixture(autouse=True)
def project(audited: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of each test's own, which is the current folder."""
    monkeypatch.chdir(shutil.copytree(audited, tmp_path / "organisation"))
    return Path()


def watch(conditions: str, at: str = AT, output: str = "text", more: str = "") -> Done:
    command = f"audit --fail-on '{conditions}' --baseline saved.json --at {at}"
    done = run(f"{command} --format {output} {more}")
    assert done.err == ""
    return done


def told(conditions: str, at: str = AT, more: str = "") -> list[dict[str, Any]]:
    done = watch(conditions, at, "json", more)
    data = json.loads(done.out)
    SCHEMAS["alerts.schema.json"].validate(data)
    assert done.code == int(data["fails"])
    found: list[dict[str, Any]] = data["conditions"]
    return found


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_nothing_is_told_where_nothing_happened() -> None:
    done = watch("lost-routes>0,newly-unknown>0,expiring<10d")
    assert done.code == 0
    assert [line.split()[0] for line in done.lines if ">" in line or "<" in line] == ["passed"] * 3
    assert "the same documents" in done.out


def test_a_contract_that_ended_is_named_with_what_to_do() -> None:
    (lost,) = told("lost-routes>0", LATER)
    assert (lost["found"], lost["fails"]) == (6, True)
    (opper,) = (a for a in lost["alerts"] if a["routes"] == [OPPER])
    assert opper["scenarios"] == ["customer-data", "employee-data"]
    assert "agreement `openai-dpa` counted until 2027-01-14" in opper["because"]
    assert opper["to_do"] == "renew it, or record the new one"
    assert opper["place"].startswith("data/agreements.yaml:")
    (own,) = (a for a in lost["alerts"] if a["routes"] == [INHOUSE])
    assert (
        own["because"] == "agreement `hosting-dpa` (older than 365 days) counted until 2026-12-04"
    )
    assert own["to_do"] == "read it again, and record when"


def test_what_the_documents_did_is_told_by_rule_and_step() -> None:
    text = AGREEMENTS.read_text("utf-8")
    AGREEMENTS.write_text(text.replace("until: 2027-01-14", "until: 2026-10-31"), "utf-8")
    (lost,) = told("lost-routes>0")
    (alert,) = lost["alerts"]
    assert alert["because"].startswith("`gdpr/processor-contract`, ")
    assert alert["to_do"].startswith("the nearest step: contract with ")
    assert lost["found"] == 2


def test_a_contract_that_is_gone_is_named_and_what_is_claimed_without_it() -> None:
    text = AGREEMENTS.read_text("utf-8")
    kept = [each for each in text.split("---\n") if "id: openai-dpa" not in each]
    AGREEMENTS.write_text("---\n".join(kept), "utf-8")
    (lost,) = told("lost-routes>0")
    (alert,) = lost["alerts"]
    assert "agreement `openai-dpa`, on which permissions rested, is gone" in alert["because"]
    assert "processing contract at openai is available" in alert["because"]
    path, _, line = alert["place"].partition(":")
    assert path.endswith(".yaml")
    assert int(line.split(":")[0]) > 0


def test_a_baseline_that_lacks_scenarios_is_refused_and_they_are_named() -> None:
    saved = run(f"audit --at {AT} --scenario customer-data --format json")
    Path("saved.json").write_text(saved.out, "utf-8")
    done = run(f"audit --fail-on 'lost-routes>0' --baseline saved.json --at {AT}")
    assert (done.code, done.out) == (2, "")
    assert "`employee-data`" in done.err
    assert "--scenario" in done.err
    chosen = f"--baseline saved.json --at {AT} --scenario customer-data"
    assert run(f"audit --fail-on 'lost-routes>0' {chosen}").code == 0


def test_an_alert_says_by_which_signoff_a_route_is_permitted() -> None:
    (expiring,) = told("expiring<90d")
    (assessed,) = (a for a in expiring["alerts"] if "tia-openai-us" in a["because"])
    assert "by sign-off `tia-openai-us` (until 2027-01-31)" in assessed["what"]


def test_a_route_that_is_gone_is_lost() -> None:
    replaced(Path("policy-router.yaml"), "opper", "openrouter")
    (lost,) = told("lost-routes>0")
    alerts = {tuple(a["routes"][:1]): a for a in lost["alerts"]}
    gone = next(a for a in alerts.values() if OPPER in a["routes"])
    assert gone["because"] == "no route of this name is within reach any more"
    assert "list its gateway again" in gone["to_do"]


def test_only_what_exceeds_a_limit_fails() -> None:
    assert [c["fails"] for c in told("lost-routes>5,newly-unknown>4", LATER)] == [True, False]
    assert watch("lost-routes>6", LATER).code == 0


def test_what_is_newly_unknown_is_only_told_of_routes_that_carry_something() -> None:
    (unknown,) = told("newly-unknown>0", LATER)
    assert {r for a in unknown["alerts"] for r in a["routes"]} == {INHOUSE}
    assert unknown["found"] == 4
    assert {a["code"] for a in unknown["alerts"]} == {"ALR612"}


def test_what_will_lapse_needs_no_baseline() -> None:
    done = run(f"audit --fail-on 'expiring<14d' --at {AT} --format json")
    (soon,) = json.loads(done.out)["conditions"]
    assert (done.code, soon["found"]) == (1, 4)
    (alert,) = soon["alerts"]
    assert (alert["code"], alert["routes"]) == ("ALR613", [INHOUSE])
    assert "(older than 365 days) counts until 2026-12-04" in alert["because"]
    assert run(f"audit --fail-on 'expiring<12d' --at {AT}").code == 0
    assert run(f"audit --fail-on 'expiring<13d' --at {AT}").code == 1


def test_only_the_scenarios_that_are_chosen_are_looked_at() -> None:
    (lost,) = told("lost-routes>0", LATER, "--scenario health-data")
    assert [a["scenarios"] for a in lost["alerts"]] == [["health-data"]]
    (lost,) = told("lost-routes>0", LATER, f"--route {OPPER}")
    assert {r for a in lost["alerts"] for r in a["routes"]} == {OPPER}


def test_build_servers_can_read_it() -> None:
    done = watch("lost-routes>0,newly-unknown>9", LATER, "sarif")
    results = sarif(done.out)["results"]
    assert (done.code, {r["ruleId"] for r in results}) == (1, {"ALR611"})
    assert len(results) == 2
    (place,) = results[0]["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "data/agreements.yaml"
    done = watch("lost-routes>0,newly-unknown>9", LATER, "junit")
    cases = {c.get("name"): c for c in junit(done.out).iter("testcase")}
    failure = cases["lost-routes>0"].find("failure")
    assert failure is not None
    assert failure.get("type") == "ALR611"
    assert "to do: renew it, or record the new one" in (failure.text or "")
    assert cases["newly-unknown>9"].find("failure") is None


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("", "`` is no condition"),
        ("lost-routes", "`lost-routes` is no condition"),
        ("lost-routes>-1", "`lost-routes>-1` is no condition"),
        ("lost-routes<0", "`lost-routes<0` is no condition"),
        ("lost-routes>0,", "`` is no condition"),
        ("expiring<14", "`expiring<14` is no condition"),
        ("expiring<0d", "`expiring<0d` is no condition"),
        ("Expiring<1d", "`Expiring<1d` is no condition"),
        ("lost-routes>٣", "is no condition"),
        ("lost-routes>0,lost-routes>1", "`lost-routes` stands twice"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_may_be_said(said: str, about: str) -> None:
    done = run(f"audit --fail-on '{said}' --baseline saved.json")
    assert (done.code, done.out) == (2, "")
    assert "--fail-on: error[ALR601]: " in done.err
    assert about in done.err
    assert "`expiring<14d`" in done.err or "say it once" in done.err


def test_what_compares_needs_a_baseline() -> None:
    done = run("audit --fail-on 'lost-routes>0,expiring<3d'")
    assert (done.code, done.out) == (2, "")
    assert "error[ALR602]: `lost-routes>0` compares with a saved audit" in done.err


def filtered() -> str:
    return run(f"audit --at {AT} --standing permitted --format json").out


def twice() -> str:
    data = json.loads(Path("saved.json").read_text("utf-8"))
    data["cells"].append(data["cells"][0])
    return json.dumps(data)


def another_scenario() -> str:
    return Path("saved.json").read_text("utf-8").replace("health-data", "patients")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (filtered, "it was filtered"),
        (twice, "twice"),
        (another_scenario, "scenarios that are no longer there: `patients`"),
        (lambda: "", "it is not what `audit --format json` writes"),
        (lambda: "[]", "it is not what `audit --format json` writes"),
        (lambda: '{"cells": [{"scenario": 1}]}', "it is not what `audit --format json` writes"),
        (lambda: "[" * 100_000, "it is not what `audit --format json` writes"),
    ],
)
def test_what_is_no_whole_audit_is_refused(text: Any, why: str) -> None:  # noqa: ANN401 - a text
    Path("saved.json").write_text(text(), "utf-8")
    done = run(f"audit --fail-on 'lost-routes>0' --baseline saved.json --at {AT}")
    assert (done.code, done.out) == (2, "")
    assert "--baseline: error[ALR603]: " in done.err
    assert why in done.err


def test_a_baseline_of_a_later_day_is_refused() -> None:
    done = run("audit --fail-on 'lost-routes>0' --baseline saved.json --at 2026-01-01T00:00:00Z")
    assert (done.code, done.out) == (2, "")
    assert "saved later" in done.err


@pytest.mark.parametrize(
    "options",
    [
        "--baseline saved.json",
        "--format sarif",
        "--format junit",
        "--fail-on 'expiring<3d' --format csv",
        "--fail-on 'expiring<3d' --format markdown",
    ],
)
def test_options_that_do_not_go_together_are_misuse(options: str) -> None:
    done = run(f"audit {options}")
    assert (done.code, done.out) == (2, "")
    assert "--fail-on" in done.err


def test_every_code_of_alerts_has_a_test() -> None:
    text = Path(__file__).read_text("utf-8")
    assert [code.id for code in FAMILIES["ALR"] if code.id not in text] == []
