"""`replay`: what was decided is decided again, the same or exactly what differs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import pytest

from policy_router.audit.record import Finding, Occasion, record_of
from policy_router.cli.replay import command
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.gate import gate_for
from policy_router.log.ledger import Ledger
from policy_router.log.reading import records_in
from policy_router.service.pdp import utc_now
from policy_router.wire.http_call import HttpCall
from tests.cli.running import run
from tests.pep.asking import admit
from tests.pep.world import ALLOWED, DENIED, KEY_VARIABLE, UPSTREAM_KEY, World, build

HERE = Path("var/log")
ELSEWHERE = Path("var/other")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A project in the current folder whose clinic asked for three models, one of them unknown."""
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    monkeypatch.chdir(tmp_path)
    found = build(tmp_path)
    gate = gate_for("test", found.pdp)
    for model in (ALLOWED, DENIED, "some/model"):
        body = json.dumps({"model": model, "messages": []}).encode()
        call = HttpCall("POST", "/chat/completions", "", (), body)
        admit(gate, call, floor_of(found.pdp.loaded.callers["clinic"]))
    return found


def _ids(world: World) -> list[str]:
    return [record["id"] for record in world.records("decision")]


def _written_anew(change: Callable[[dict[str, Any]], None]) -> str:
    """A log that somebody wrote anew, with the changed record of the call that was denied."""
    ledger = Ledger(ELSEWHERE)
    records = [r for r in records_in(HERE) if r["kind"] == "decision"]
    change(records[1])
    for record in records:
        ledger.append({name: v for name, v in record.items() if name not in {"n", "after"}})
    copytree(HERE / "snapshots", ELSEWHERE / "snapshots")
    return str(records[1]["id"])


def _edit(old: str, new: str) -> None:
    file = Path("documents.yaml")
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def test_what_was_decided_comes_out_the_same(world: World) -> None:
    for name in _ids(world):
        done = run(f"replay --decision {name[:8]}")
        assert (done.code, done.err) == (0, "")
        assert "made again: the same, byte for byte" in done.out
        (found,) = json.loads(run(f"replay --decision {name} --format json").out)
        assert (found["id"], found["fidelity"], found["deviations"]) == (name, "same", [])


def test_all_of_them_are_counted(world: World) -> None:
    done = run("replay --all")
    assert (done.code, done.err) == (0, "")
    assert done.lines == ["3 decisions made again:", "          3  the same, byte for byte"]
    assert json.loads(run("replay --all --format json").out)["same"] == 3
    middle = world.records("decision")[1]["recorded_at"]
    assert "2 decisions" in run(f"replay --since {middle}").out
    assert "1 decision made" in run(f"replay --until {middle}").out
    assert "No decision was recorded" in run("replay --since 2999-01-01T00:00:00Z").out


def test_they_are_replayed_from_what_was_kept_not_from_what_is_there(world: World) -> None:
    del world
    _edit("within: EEA", "within: US")
    assert run("replay --all").code == 0
    Path("documents.yaml").unlink()
    Path("policy-router.yaml").unlink()
    assert run(f"replay --all --log {HERE}").code == 0


def test_a_decision_that_was_changed_is_shown_part_by_part(world: World) -> None:
    del world

    def permit(record: dict[str, Any]) -> None:
        record["decision"]["candidates"][0]["verdicts"][0]["verdict"] = "pass"
        record["decision"]["outcome"] = "permitted"

    name = _written_anew(permit)
    done = run(f"replay --decision {name} --log {ELSEWHERE}")
    assert (done.code, "made again: not the same" in done.out) == (1, True)
    (found,) = json.loads(run(f"replay --decision {name} --log {ELSEWHERE} --format json").out)
    assert found["deviations"] == [
        {
            "where": "candidates[far:denied].verdicts[house/in-the-eea].verdict",
            "recorded": "pass",
            "again": "fail",
        },
        {"where": "outcome", "recorded": "permitted", "again": "denied"},
    ]
    many = run(f"replay --all --log {ELSEWHERE}")
    assert (many.code, name[:8] in many.out) == (1, True)
    assert json.loads(run(f"replay --all --log {ELSEWHERE} --format json").out)["differs"] == 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda d: d["candidates"].clear(), {"candidates[far:denied]"}),
        (lambda d: d.pop("warnings"), {"warnings"}),
        (lambda d: d.update(more=1), {"more"}),
        (lambda d: d["candidates"][0]["verdicts"].reverse(), {"candidates[far:denied].verdicts"}),
        (lambda d: d["chain"].append("far:denied"), {"chain"}),
    ],
)
def test_whatever_was_changed_is_named(
    world: World, change: Callable[[Any], None], where: set[str]
) -> None:
    del world
    name = _written_anew(lambda record: change(record["decision"]))
    (found,) = json.loads(run(f"replay --decision {name} --log {ELSEWHERE} --format json").out)
    assert {each["where"] for each in found["deviations"]} == where


def test_facts_that_were_changed_do_not_give_the_same(world: World) -> None:
    del world

    def less(record: dict[str, Any]) -> None:
        record["facts"]["sets"]["data"]["members"] = ["non_personal"]

    name = _written_anew(less)
    assert run(f"replay --decision {name} --log {ELSEWHERE}").code == 1


def test_another_version_is_said_and_its_decision_made_again_all_the_same(world: World) -> None:
    del world
    name = _written_anew(lambda record: record.update(version="0.0.9"))
    same = run(f"replay --decision {name} --log {ELSEWHERE}")
    assert same.code == 0
    assert "by version 0.0.9" in " ".join(same.out.split())
    assert "were made by version 0.0.9" in run(f"replay --all --log {ELSEWHERE}").out
    rmtree(ELSEWHERE)

    def other(record: dict[str, Any]) -> None:
        record["version"] = "0.0.9"
        record["decision"]["reason"] = "retired"

    name = _written_anew(other)
    differs = run(f"replay --decision {name} --log {ELSEWHERE}")
    assert (differs.code, "made by another version or build" in differs.out) == (2, True)
    assert run(f"replay --all --log {ELSEWHERE}").code == 2


@pytest.mark.parametrize("build", [None, "0123456789abcdef"])
def test_another_build_of_the_same_version_is_named_and_never_taken_for_tampering(
    world: World, build: str | None
) -> None:
    del world

    def other(record: dict[str, Any]) -> None:
        record["build"] = build
        record["decision"]["reason"] = "retired"

    name = _written_anew(other)
    (found,) = json.loads(run(f"replay --decision {name} --log {ELSEWHERE} --format json").out)
    assert (found["fidelity"], found["build"]) == ("other_version", build)
    assert found["this_build"] not in {None, build}
    many = " ".join(run(f"replay --all --log {ELSEWHERE}").out.split())
    named = f"build {build}" if build else "a build that was not recorded"
    assert f"1 of them were made by version {found['version']}, {named}; this is version" in many


# ---- what cannot be told ------------------------------------------------------------------------


def test_documents_that_are_not_there(world: World) -> None:
    rmtree(HERE / "snapshots")
    done = run(f"replay --decision {_ids(world)[0]}")
    assert (done.code, "[LOG501]" in done.out) == (2, True)
    many = run("replay --all")
    assert (many.code, "policy-router codes LOG501" in many.out) == (2, True)
    other = run(f"replay --decision {_ids(world)[0]} --now")
    assert (other.code, other.out, "error[LOG501]" in other.err) == (2, "", True)


def test_documents_that_were_changed(world: World) -> None:
    text = next((HERE / "snapshots" / "texts").iterdir())
    text.write_bytes(text.read_bytes()[:-1])
    done = run(f"replay --decision {_ids(world)[0]}")
    assert (done.code, "[LOG502]" in done.out) == (2, True)


@pytest.mark.parametrize("part", ["seen", "stand_ins", "sets"])
def test_a_record_that_lacks_something(world: World, part: str) -> None:
    del world
    name = _written_anew(lambda record: record["facts"].pop(part))
    done = run(f"replay --decision {name} --log {ELSEWHERE}")
    assert (done.code, "[LOG504]" in done.out) == (2, True)


def test_a_call_that_was_refused_before_anything_was_decided(world: World) -> None:
    occasion = Occasion("ffff", utc_now(), "test", None, 0)
    Ledger(world.log).append(record_of(occasion, Finding(refused="unknown_caller")))
    done = run("replay --decision ffff")
    assert (done.code, "[LOG504]" in done.out) == (2, True)
    many = run("replay --all")
    assert (many.code, "1 call refused before anything" in many.out) == (0, True)


@pytest.mark.parametrize("options", ["", "--decision 1 --all", "--all --now", "--decision zzzz"])
def test_misuse(world: World, options: str) -> None:
    del world
    done = run(f"replay {options}")
    assert (done.code, done.out) == (2, "")


# ---- under other circumstances ------------------------------------------------------------------


def test_as_of_a_day_before_a_claim_was_read(world: World) -> None:
    name = _ids(world)[0]
    done = run(f"replay --decision {name} --at 2025-06-01T00:00:00Z")
    said = " ".join(done.out.split())
    assert (done.code, done.err) == (1, "")
    assert "was: permitted by near:allowed" in said
    assert "is: refused, no route meets every rule (at 2025-06-01T00:00:00Z" in said
    assert "house/in-the-eea" in said
    assert "nothing is recorded" in said
    told = f"replay --decision {name} --at 2025-06-01T00:00:00Z --format json"
    found = json.loads(run(told).out)
    assert [(r["rule"], r["was"], r["is"]) for r in found["rules"]] == [
        ("house/in-the-eea", "pass", "unknown")
    ]
    assert found["documents"] == found["policies"] == []


def test_as_it_was_known_earlier(world: World) -> None:
    name = _ids(world)[0]
    assert run(f"replay --decision {name} --known-at 2025-06-01T00:00:00Z").code == 1
    same = run(f"replay --decision {name} --known-at 2026-06-01T00:00:00Z")
    assert (same.code, "the decision is the same" in same.out) == (0, True)


def test_by_todays_documents_with_what_did_it(world: World) -> None:
    name = _ids(world)[1]
    assert run(f"replay --decision {name} --now").code == 0
    _edit("value: [US]", "value: [SE]")
    done = run(f"replay --decision {name} --now")
    said = " ".join(done.out.split())
    assert done.code == 1
    assert "is: permitted by far:denied" in said
    assert "it was: where the model runs" in said
    found = json.loads(run(f"replay --decision {name} --now --format json").out)
    (document,) = found["documents"]
    assert (document["kind"], document["id"], document["what"]) == (
        "provider",
        "denied-provider",
        "inference_location",
    )
    assert found["policies"] == []


def test_by_todays_policies_with_the_rule_that_did_it(world: World) -> None:
    _edit("    require: {inference_location: {within: EEA}}", "    require: {provider: '*'}")
    done = run(f"replay --decision {_ids(world)[1]} --now")
    assert done.code == 1
    assert "rule `house/in-the-eea` says something else" in done.out


def test_routes_that_came_and_went(world: World) -> None:
    _edit("pin: denied-slug", "pin: denied-slug")
    _edit("id: far:denied", "id: far:other")
    done = " ".join(run(f"replay --decision {_ids(world)[1]} --now").out.split())
    assert "routes that could not be asked for then: far:other" in done
    assert "routes that can no longer be asked for: far:denied" in done


def test_what_the_record_withholds_cannot_be_put_to_other_documents(world: World) -> None:
    name = _ids(world)[2]
    assert run(f"replay --decision {name} --now").code == 0
    _edit("personal data have a purpose", "personal data need a purpose")
    done = run(f"replay --decision {name} --now")
    assert (done.code, "withholds words of the caller (`model`)" in done.out) == (2, True)


def test_a_decision_that_does_not_come_out_the_same_is_compared_with_a_word_about_it(
    world: World,
) -> None:
    del world
    name = _written_anew(lambda record: record["decision"].update(reason="retired"))
    done = run(f"replay --decision {name} --log {ELSEWHERE} --now")
    assert (done.code, "it is not what was recorded" in " ".join(done.out.split())) == (2, True)


def test_the_examples_of_the_command_run(world: World) -> None:
    assert command.epilog is not None
    lines = command.epilog.replace("\b", "").splitlines()
    examples = [line.strip() for line in lines if line.strip().startswith("policy-router")]
    assert examples
    for example in examples:
        asked = example.removeprefix("policy-router ").replace("6b4e59db", _ids(world)[0])
        done = run(asked)
        in_doubt = "Set aside" in done.out
        assert done.code in ({0, 1, 2} if in_doubt else {0, 1}), example
