"""`log`: records are found, counted, and every change of them is noticed."""

from __future__ import annotations

import json
from pathlib import Path

import openai
import pytest

from policy_router.cli.log import COMMANDS, command
from policy_router.domain.decision import Reason
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.gate import Gate
from policy_router.log.kept import open_ledger
from policy_router.log.ledger import Ledger
from policy_router.report.recorded_reasons import CODES
from policy_router.report.recorded_reasons import words as words_of
from policy_router.wire.http_call import HttpCall
from policy_router.wire.refusal import RefusalCode
from tests.cli.running import run
from tests.pep.asking import admit
from tests.pep.conftest import Stage, Staged
from tests.pep.conftest import staged as staged  # noqa: PLC0414 - a fixture
from tests.pep.sdk import MESSAGES, sync_client
from tests.pep.world import ALLOWED, CANARY, DENIED, KEYS

HERE = "var/log"


@pytest.fixture
def calls(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A project: its clinic called twice, once for a model that is ruled out, its website once."""
    stage = staged()
    monkeypatch.chdir(stage.world.folder)
    for caller, model in (("clinic", ALLOWED), ("clinic", DENIED), ("website", ALLOWED)):
        with sync_client(stage, "httpx2", key=KEYS[caller], log=None) as client:
            try:
                client.chat.completions.create(model=model, messages=MESSAGES)
            except openai.PermissionDeniedError:
                assert model == DENIED
    return stage


def _found(command: str) -> list[dict[str, str]]:
    done = run(f"log search {command} --format json")
    assert done.code == 0, done.err
    listed: list[dict[str, str]] = json.loads(done.out)
    return listed


def test_calls_are_found_by_what_their_records_say(calls: Stage) -> None:
    del calls
    every = _found("")
    assert [call["caller"] for call in every] == ["clinic", "clinic", "website"]
    assert [call["ending"] for call in every] == ["complete", "refused", "complete"]
    assert _found("--refused") == [every[1]]
    assert _found("--permitted") == [every[0], every[2]]
    assert _found("--caller website") == _found("--most 1") == [every[2]]
    assert _found(f"--model {DENIED}") == _found("--reason no_compliant_route") == [every[1]]
    assert _found("--route near:allowed") == [every[0], every[2]]
    assert _found(f"--id {every[0]['id'][:8]}") == [every[0]]
    assert _found(f"--until {every[2]['at']}") == every[:2]
    assert _found(f"--since {every[2]['at']}") == every[2:]
    assert _found("--caller nobody") == []
    assert "No call" in run("log search --caller nobody").out


def test_one_call_is_told_in_full(calls: Stage) -> None:
    refused = _found("--refused")[0]["id"]
    shown = run(f"log show {refused[:8]}")
    assert shown.code == 0
    for words in (refused, "clinic", "house/in-the-eea", "Nothing was sent", "health"):
        assert words in shown.out
    records = json.loads(run(f"log show {_found('--permitted')[0]['id']} --format json").out)
    assert [record["kind"] for record in records] == ["decision", "outcome"]
    everything = "".join(run(f"log {c}").out for c in (f"show {refused}", "search", "stats"))
    assert not [secret for secret in (CANARY, *KEYS.values()) if secret in everything]
    assert calls.world.written


def test_an_id_that_says_too_little_or_nothing_is_misuse(calls: Stage) -> None:
    del calls
    assert "several calls" in run("log show ''").err
    unknown = run("log show zzzz")
    assert (unknown.code, "no call" in unknown.err) == (2, True)


def test_calls_are_counted(calls: Stage) -> None:
    del calls
    counted = json.loads(run("log stats --format json").out)
    assert (counted["calls"], counted["permitted"]) == (3, 2)
    assert counted["callers"] == {"clinic": 2, "website": 1}
    assert counted["reasons"] == {"no_compliant_route": 1}
    assert "2 permitted, 1 refused" in run("log stats").out
    assert counted["never_decided"] == 0
    assert "no call in the log" in run("log stats --since 2999-01-01T00:00:00Z").out


def test_what_no_policy_had_a_word_on_is_counted_apart(calls: Stage) -> None:
    floor = floor_of(calls.pdp.loaded.callers["clinic"])
    call = HttpCall("POST", "/chat/completions", "", (), b"{")
    admit(Gate(calls.pdp, Ledger(calls.world.log), "test"), call, floor)
    counted = json.loads(run("log stats --format json").out)
    assert (counted["calls"], counted["permitted"], counted["never_decided"]) == (4, 2, 1)
    assert "2 permitted, 2 refused, 1 of them before anything was decided" in _flat("log stats")


def _flat(command: str) -> str:
    return " ".join(run(command).out.split())


def test_a_reason_is_one_of_the_published_codes(calls: Stage) -> None:
    """A misspelt one would find nothing, and read as if nothing had happened."""
    del calls
    for wrong in ("nope", "No_policy", "no compliant route", ""):
        done = run(f"log search --reason '{wrong}'")
        assert (done.code, done.out) == (2, "")
        assert [c for c in (*Reason, *RefusalCode) if c.value not in done.err] == []
    assert "did you mean `facts_missing`?" in run("log search --reason fact_missing").err
    for code in (*Reason, *RefusalCode):
        assert run(f"log search --reason {code.value}").code == 0


def test_every_log_command_gives_a_reason_in_words_and_by_its_code(calls: Stage) -> None:
    client = sync_client(calls, "httpx2", key=KEYS["clinic"], log=None)
    with client, pytest.raises(openai.PermissionDeniedError):
        client.chat.completions.create(extra_body={"x": 1}, model=ALLOWED, messages=MESSAGES)
    said = {
        "no_compliant_route": "no route meets every rule",
        "not_classified": "it says something nobody has looked at",
    }
    for code, meaning in said.items():
        (call,) = _found(f"--reason {code}")
        for shown in (f"show {call['id']}", f"search --reason {code}", "stats"):
            lines = run(f"log {shown}").out
            assert f"({code})" in lines
            assert meaning in lines


def test_every_code_has_words_of_its_own() -> None:
    said = [words_of(code) for code in CODES]
    assert len(set(said)) == len(said)
    assert not [text for text in said if "_" in text or text[0].isupper() or text.endswith(".")]
    assert words_of("of_another_version") == "of another version"


def test_a_log_that_nobody_touched_is_verified(calls: Stage) -> None:
    del calls
    done = run("log verify")
    assert (done.code, done.err) == (0, "")
    assert (
        "consistent, not anchored: 6 records" in done.out
    )  # a first line, 3 decisions, 2 outcomes
    assert "written all of it anew" in done.out
    assert json.loads(run("log verify --format json").out)["verified"] is True


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [lines[0], lines[1].replace(b"clinic", b"nobody"), *lines[2:]],
        lambda lines: [*lines[:2], *lines[3:]],
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
    ],
    ids=["changed", "taken out", "swapped"],
)
def test_a_change_is_named_at_its_first_record(calls: Stage, change: object) -> None:
    del calls
    segment = Path(HERE, "00000001.jsonl")
    lines = segment.read_bytes().splitlines(keepends=True)
    assert callable(change)
    segment.write_bytes(b"".join(change(lines)))
    done = run("log verify")
    assert done.code == 1
    for reading in ("search", "stats", "show 0"):
        shown = run(f"log {reading}")
        assert (shown.code, shown.out) == (2, "")
        assert "not what was written" in shown.err
    found = json.loads(run("log verify --format json").out)["problem"]
    assert found["record"] in {0, 1}, "none that is not the first changed one, or before it"
    assert f"from record {found['record']} on" in done.out


def test_checkpoints_are_signed_and_anchored(calls: Stage, tmp_path: Path) -> None:
    del calls
    key = run("log key log.pem").out.split()
    (public,) = [word for word in key if len(word) == 64]
    assert "never replaced" in run("log key log.pem").err
    anchor = tmp_path / "anchor"
    Path(HERE, "checkpoints").unlink()  # by those who kept the records, without a key
    checkpoint = open_ledger(Path(HERE), Path("log.pem"), anchor).check()
    assert checkpoint is not None
    done = run(f"log verify --anchor {anchor} --key {public}")
    said = " ".join(done.out.split())
    assert (done.code, "covers the first 6 records" in said) == (0, True), said
    assert "open" not in done.out.split()
    other = run(f"log verify --key {'0' * 64}")
    assert (other.code, "not signed by a key" in other.out) == (1, True)
    assert run("log verify --key nonsense").code == 2
    Path(HERE, "00000001.jsonl").write_bytes(b"")
    assert run(f"log verify --anchor {anchor}").code in {1, 2}


@pytest.mark.parametrize(
    "name",
    [name for name in COMMANDS if name not in {"export", "forget", "show", "tell", "verify"}],
)
def test_the_examples_of_a_command_run(calls: Stage, name: str) -> None:
    del calls
    found = command.get_command(None, name)  # type: ignore[arg-type]
    assert found is not None
    assert found.epilog is not None
    lines = found.epilog.replace("\b", "").splitlines()
    typed = [line.strip() for line in lines if line.strip().startswith("policy-router ")]
    assert typed
    for line in typed:
        done = run(line.removeprefix("policy-router "))
        assert done.code == 0, done.err


def test_where_there_is_no_log_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "there is no log" in run("log stats --log nowhere").err
    assert run("log verify").code == 2
