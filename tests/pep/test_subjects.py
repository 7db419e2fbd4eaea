"""Persons whom callers name are in the records as pseudonyms, and nowhere else at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policy_router import load
from policy_router.audit.schemas import schema_files
from policy_router.domain.diagnostic import DocumentErrors
from policy_router.enforcement.answer import Forward, Reply
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.gate import Gate, gate_for
from policy_router.enforcement.subject import HEADER
from policy_router.wire.http_call import HttpCall
from tests.cli.running import run
from tests.pep.asking import admit
from tests.pep.test_replayed import _replays
from tests.pep.world import ALLOWED, DENIED, KEY_VARIABLE, UPSTREAM_KEY, World, build

PERSON = "canary-zebulon@patients.example"
OTHER = "somebody@patients.example"
STORE = "keys/subjects"
BODY = {"messages": [{"role": "user", "content": "hello"}]}


def _valid(kind: str, record: dict[str, Any]) -> None:
    Draft202012Validator(json.loads(schema_files()[f"{kind}.schema.json"])).validate(record)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A project that keeps pseudonyms, in the folder of the test."""
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    monkeypatch.chdir(tmp_path)
    build(tmp_path)
    (tmp_path / "keys").mkdir()
    _project(tmp_path, f"log: {{folder: var/log, subjects: {STORE}}}")
    return World(tmp_path, load(project=tmp_path))


def _project(folder: Path, log: str) -> None:
    file = folder / "policy-router.yaml"
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("log:")]
    file.write_text("\n".join([*lines, log, ""]), "utf-8")


def _ask(gate: Gate, *persons: str, model: str = ALLOWED) -> Forward | Reply:
    headers = tuple((HEADER, person) for person in persons)
    body = json.dumps({"model": model, **BODY}).encode()
    floor = floor_of(gate.pdp.loaded.callers["clinic"])
    return admit(gate, HttpCall("POST", "/chat/completions", "", headers, body), floor)


def test_a_record_holds_a_pseudonym_and_nothing_else_does(world: World) -> None:
    gate = gate_for("test", world.pdp)
    for model in (ALLOWED, DENIED, ALLOWED):
        answer = _ask(gate, PERSON, model=model)
        assert PERSON not in str(answer)
        if isinstance(answer, Forward):
            assert HEADER not in dict(answer.headers)
    _ask(gate, OTHER)
    _ask(gate)
    records = world.records("decision")
    for record in records:
        _valid("record", record)
    said = [record.get("subject") for record in records]
    assert said[0] == said[1] == said[2] != said[3]
    assert said[4] is None
    assert "zebulon" not in world.written
    store = b"".join(path.read_bytes() for path in (world.folder / "keys").iterdir())
    assert b"zebulon" not in store
    assert _replays(world) == {"test": 5}


@pytest.mark.parametrize("persons", [(PERSON, OTHER), ("",), ("x" * 257,)])
def test_who_it_is_about_must_be_told_once(world: World, persons: tuple[str, ...]) -> None:
    answer = _ask(gate_for("test", world.pdp), *persons)
    assert isinstance(answer, Reply)
    assert json.loads(answer.body)["error"]["code"] == "unknown_fact"
    assert not (world.folder / STORE).exists()
    assert "zebulon" not in f"{answer}{world.written}"


def test_where_no_pseudonyms_are_kept_naming_a_person_is_refused(world: World) -> None:
    _project(world.folder, "log: {folder: var/log}")
    gate = gate_for("test", load(project=world.folder))
    answer = _ask(gate, PERSON)
    assert isinstance(answer, Reply)
    assert json.loads(answer.body)["error"]["code"] == "unknown_fact"
    assert "zebulon" not in f"{answer}{world.written}"


def test_nobody_who_is_unknown_fills_the_store(world: World) -> None:
    body = json.dumps({"model": ALLOWED, **BODY}).encode()
    call = HttpCall("POST", "/chat/completions", "", ((HEADER, PERSON),), body)
    assert isinstance(admit(gate_for("test", world.pdp), call, None), Reply)
    assert not (world.folder / STORE).exists()


def test_without_the_store_no_call_is_sent(world: World, caplog: pytest.LogCaptureFixture) -> None:
    gate = gate_for("test", world.pdp)
    (world.folder / STORE).write_bytes(b"broken" * 1000)
    (world.folder / STORE).chmod(0o600)
    answer = _ask(gate, PERSON)
    assert isinstance(answer, Reply)
    assert answer.status == 503
    assert [r["refused"] for r in world.records("decision")] == ["undecided"]
    assert "zebulon" not in f"{answer}{caplog.text}"
    assert isinstance(_ask(gate), Forward)


def test_a_person_is_found_until_forgotten(world: World) -> None:
    gate = gate_for("test", world.pdp)
    for person in (PERSON, OTHER, PERSON):
        _ask(gate, person)
    found = json.loads(run("log search --subject - --format json", stdin=f"{PERSON}\n").out)
    assert len(found) == 2
    shown = run(f"log show {found[0]['id']}").out
    assert "about the person p-" in shown
    done = run("log forget -", stdin=f"{PERSON}\n")
    assert (done.code, "destroyed" in done.out, "zebulon" in done.out) == (0, True, False)
    assert run(f"log forget {PERSON}").code == 1
    assert "no record can be traced" in run(f"log search --subject {PERSON}").err
    assert len(json.loads(run(f"log search --subject {OTHER} --format json").out)) == 1
    (unlinked,) = world.records("unlinked")
    _valid("unlinked", unlinked)
    assert run("log verify").code == 0
    assert "zebulon" not in world.written
    _ask(gate, PERSON)
    named = [record["subject"] for record in world.records("decision")]
    assert named[3] not in named[:3]


@pytest.mark.parametrize(
    ("store", "says"),
    [
        ("var/log/subjects", "lies in the folder of the log"),
        ("nowhere/subjects", "there is no folder"),
        ("keys", "is a folder"),
        ("keys/open", "others may read"),
    ],
)
def test_a_store_in_the_wrong_place_keeps_it_from_starting(
    world: World, store: str, says: str
) -> None:
    (world.folder / "keys/open").write_bytes(b"")
    (world.folder / "keys/open").chmod(0o644)
    _project(world.folder, f"log: {{folder: var/log, subjects: {store}}}")
    with pytest.raises(DocumentErrors) as caught:
        gate_for("test", load(project=world.folder))
    (found,) = caught.value.diagnostics
    assert (found.code, says in found.message) == ("PRJ426", True)


def test_where_there_is_no_store_it_is_said(world: World) -> None:
    _ask(gate_for("test", world.pdp))
    _project(world.folder, "log: {folder: var/log}")
    for command in (f"log forget {PERSON}", f"log search --subject {PERSON}"):
        done = run(command)
        assert (done.code, "keeps no pseudonyms" in done.err) == (2, True)
