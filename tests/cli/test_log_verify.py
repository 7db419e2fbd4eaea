"""`log verify` says no more than it has looked at: what is signed, anchored and kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from policy_router.log.kept import open_ledger
from policy_router.log.line import FIRST
from policy_router.log.reading import records_in
from policy_router.log.segment import Tail, lines_of, opening_lines
from tests.cli.running import run
from tests.pep.conftest import Staged
from tests.pep.conftest import staged as staged  # noqa: PLC0414 - a fixture
from tests.pep.sdk import MESSAGES, sync_client
from tests.pep.world import ALLOWED, KEYS

HERE = Path("var/log")
SEGMENT = HERE / "00000001.jsonl"
DEEP = b'{"kind":"retention","through":' + b"[" * 100_000 + b"}"


@pytest.fixture
def public(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> str:
    """A project with two calls in its log, and a key that has not signed anything yet."""
    stage = staged()
    monkeypatch.chdir(stage.world.folder)
    with sync_client(stage, "httpx2", key=KEYS["clinic"], log=None) as client:
        for _ in range(2):
            client.chat.completions.create(model=ALLOWED, messages=MESSAGES)

    (HERE / "checkpoints").unlink(missing_ok=True)
    return next(word for word in run("log key log.pem").out.split() if len(word) == 64)


def _json(options: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(f"log verify --format json {options}").out)
    return found


def _checked(anchor: Path | None = None) -> None:
    open_ledger(HERE, Path("log.pem"), anchor).check()


def test_a_log_without_a_checkpoint_is_signed_by_nobody(public: str) -> None:
    done = run(f"log verify --key {public}")
    assert (done.code, "nothing is signed" in done.out) == (1, True)
    assert _json(f"--key {public}")["problem"]["code"] == "LOG604"
    assert _json()["standing"] == "consistent"
    assert "no signature covers any of these records" in " ".join(run("log verify").out.split())
    _checked()
    assert _json(f"--key {public}")["standing"] == "signed"
    assert run(f"log verify --key {public}").out.startswith("signed, not anchored: 5 records")


def test_how_many_records_nothing_signed_covers(public: str) -> None:
    _checked(Path("anchor"))
    ledger = open_ledger(HERE)
    for _ in range(3):
        ledger.append({"kind": "unlinked"})
    found = _json(f"--anchor anchor --key {public}")
    assert (found["standing"], found["records"], found["signed"]) == ("anchored", 8, 5)
    said = " ".join(run(f"log verify --anchor anchor --key {public}").out.split())
    assert "verified: 8 records, of which the anchor knows all before record 5" in said
    assert "no signature covers the 3 last records" in said


def test_a_log_whose_key_was_replaced_is_verified_with_both_and_with_no_fewer(public: str) -> None:
    _checked(Path("anchor"))
    Path("log.pem").rename("old.pem")
    other = next(word for word in run("log key log.pem").out.split() if len(word) == 64)
    open_ledger(HERE).append({"kind": "unlinked"})
    _checked(Path("anchor"))
    for alone in (public, other):
        assert _json(f"--key {alone}")["standing"] is None
    both = f"--key {public} --key {other}"
    assert _json(both)["standing"] == "signed"
    assert _json(f"{both} --anchor anchor")["standing"] == "anchored"
    run("log key strange.pem")
    open_ledger(HERE, Path("strange.pem")).check()
    found = _json(both)
    assert (found["standing"], found["problem"]["code"]) == (None, "LOG601")


def test_lines_that_are_no_checkpoints_are_named(public: str) -> None:
    _checked(Path("anchor"))
    for file in (HERE / "checkpoints", Path("anchor")):
        file.write_bytes(b"[" * 100_000 + b"\n" + file.read_bytes() + b'{"size":1e999}')
    _checked(Path("anchor"))
    said = " ".join(run(f"log verify --anchor anchor --key {public}").out.split())
    for where in ("`checkpoints`", "the anchor"):
        assert f"line 1 of {where} is no checkpoint" in said
        assert f"line 3 of {where} is no checkpoint" in said
    damaged = _json("--anchor anchor")["damaged"]
    assert damaged == {"checkpoints": [1, 3], "anchor": [1, 3]}
    assert _json("--anchor anchor")["anchored"] == 5, "what came behind a cut line is read"


def test_whole_lines_behind_the_end_of_a_segment_are_counted(public: str) -> None:
    """A log that names an end before its last lines: they were never told of, or were hidden."""
    del public
    lines = SEGMENT.read_bytes().splitlines(keepends=True)
    shown, hidden = b"".join(lines[:3]), b"".join(lines[3:])
    SEGMENT.write_bytes(shown + b'{"after":')
    open_ledger(HERE).append({"kind": "unlinked"})
    SEGMENT.write_bytes(shown + hidden)
    found = _json()
    assert (found["problem"], found["abandoned_lines"]) == (None, len(lines) - 3)
    assert f"{len(lines) - 3} whole lines in these bytes" in " ".join(run("log verify").out.split())


def test_documents_that_are_not_kept_are_named(public: str) -> None:
    del public
    assert _json()["missing"] == []
    (text, *_) = sorted((HERE / "snapshots/texts").iterdir())
    text.unlink()
    (missing,) = _json()["missing"]
    said = " ".join(run("log verify").out.split())
    assert "documents of 1 snapshot that records name do not lie beside the log" in said
    assert f"policies {missing['policies']}, registry {missing['registry']}" in said
    assert run("log verify").code == 0, "the records are there all the same"


@pytest.mark.parametrize(
    "record",
    [
        DEEP,
        b'{"kind":"retention","through":1e999}',
        b'{"kind":"retention","through":1,"first":[]}',
        b'{"kind":"retention","through":1,"first":1,"root":7}',
        b'{"kind":"retention"}',
        b'{"kind":"retention",}',
        b'{"kind":"retention","kind":[]}',
        b'{"a":\xff,"kind":"retention"}',
    ],
)
def test_a_record_that_cannot_be_read_is_named(public: str, record: bytes) -> None:
    """Whoever may write to the folder can put anything in a line that follows on the others."""
    del public
    tail = Tail(last=FIRST)
    opening = opening_lines("policy-router/x", tail, "2026-01-01T00:00:00+00:00", [])
    SEGMENT.write_bytes(opening + lines_of([record], tail))
    done = run("log verify")
    assert (done.code, done.err) == (1, "")
    assert "from record 1 on, at `00000001.jsonl`, byte" in " ".join(done.out.split())
    assert _json()["problem"]["code"] == "LOG603"


@pytest.mark.parametrize("reading", ["log search", "log stats", "log show 0", "replay --all"])
@pytest.mark.parametrize(
    "record",
    [
        b'{"kind":}',
        b'{"kind":"decision",' + b"[" * 100_000 + b"}",
        b'{"kind":"decision"}',
        b'{"kind":"outcome"}',
        b'{"kind":"outcome","id":"a","recorded_at":"2026-01-01"}',
        b'{"kind":"decision","id":"a","recorded_at":"never","admitted":true,"observed":false}',
    ],
    ids=range(6),
)
def test_who_reads_a_record_that_cannot_be_read_says_so(
    public: str, reading: str, record: bytes
) -> None:
    del public
    tail = Tail(last=FIRST)
    opening = opening_lines("policy-router/x", tail, "2026-01-01T00:00:00+00:00", [])
    SEGMENT.write_bytes(opening + lines_of([record], tail))
    done = run(reading)
    assert (done.code, done.out) == (2, "")
    assert "error[LOG603]" in done.err
    assert "record 1 cannot be read" in done.err


@pytest.mark.parametrize(
    "changed",
    [(b'"segment":1', b'"segment":1e999'), (b'"abandoned":[]', b'"abandoned":[[1,-5]]')],
)
def test_a_first_line_of_nonsense_begins_no_segment(
    public: str, changed: tuple[bytes, bytes]
) -> None:
    del public
    SEGMENT.write_bytes(SEGMENT.read_bytes().replace(*changed))
    done = run("log verify")
    assert (done.code, done.err) == (1, "")
    assert _json()["problem"]["code"] == "LOG601"


@pytest.mark.parametrize("at", [b'"never"', b"7", b'"2026-01-01T00:00:00"', b"[]"])
def test_a_record_of_no_instant_is_named_and_nothing_is_removed(public: str, at: bytes) -> None:
    del public
    tail = Tail(last=FIRST)
    opening = opening_lines("policy-router/x", tail, "2020-01-01T00:00:00+00:00", [])
    record = b'{"kind":"unlinked","recorded_at":' + at + b"}"
    SEGMENT.write_bytes(opening + lines_of([record], tail))
    done = run("log prune --keep 1d")
    assert (done.code, "record 1 cannot be read" in done.err) == (2, True), done
    assert SEGMENT.exists()


def _names(anchors: str) -> None:
    file = Path("policy-router.yaml")
    file.write_text(file.read_text("utf-8").replace("folder: var/log", f"folder: var/log{anchors}"))


def test_it_is_compared_with_the_anchor_that_the_project_names(public: str) -> None:
    assert _json()["anchors"] == []
    _names(", anchor: apart")
    missing = run("log verify")
    assert (missing.code, missing.out) == (2, "")
    assert "holds no checkpoint; `--alone` verifies the log without it" in missing.err
    assert _json("--alone")["standing"] == "consistent"
    _checked(Path("apart"))
    found = _json()
    assert (found["standing"], found["anchors_of_project"]) == ("anchored", True)
    assert found["anchors"] == ["apart"]
    said = " ".join(run("log verify").out.split())
    assert said.startswith("verified: ")
    assert "apart, which the project names, covers the first 5 records" in said
    assert _json(f"--key {public}")["standing"] == "anchored"


def test_what_is_named_stands_in_place_of_what_the_project_names(public: str) -> None:
    del public
    _names(", anchor: apart")
    _checked(Path("elsewhere"))
    found = _json("--anchor elsewhere")
    assert (found["anchors"], found["anchors_of_project"]) == (["elsewhere"], False)
    found = _json(f"--log {HERE}")
    assert (found["anchors"], found["standing"]) == ([], "consistent")
    assert run("log verify --alone --anchor elsewhere").code == 2


def test_a_log_written_anew_is_found_without_naming_the_anchor(public: str) -> None:
    del public
    _names(", anchor: apart")
    _checked(Path("apart"))
    records = [r for r in records_in(HERE) if r["kind"] == "decision"]
    for file in (*HERE.glob("*.jsonl"), HERE / "checkpoints"):
        file.unlink()
    for record in records:
        own = {name: value for name, value in record.items() if name not in {"n", "after"}}
        open_ledger(HERE).append({**own, "caller": "somebody else"})
    assert run("log verify --alone").code == 0
    assert run("log verify").code == 1


GONE = pytest.mark.parametrize("gone", ["segments", "emptied", "folder", "all but junk"])


@pytest.fixture
def lost(public: str, gone: str) -> str:
    """What is left of a log of five records, which an anchor covers."""
    del public
    _names(", anchor: apart")
    _checked(Path("apart"))
    SEGMENT.unlink()
    match gone:
        case "folder":
            shutil.rmtree(HERE)
        case "emptied":
            SEGMENT.touch()
        case "all but junk":
            (HERE / "checkpoints").write_bytes(b'{"log":"policy')
    return gone


@GONE
def test_a_log_that_is_gone_does_not_verify(lost: str) -> None:
    """By whatever says that it was, and neither as misuse nor as one that was never there."""
    commands = {"log verify": "the anchor", "log verify --anchor apart": "the anchor"}
    if lost != "folder":
        commands |= {"log verify --alone": "`checkpoints`", f"log verify --log {HERE}": "`checkp"}
    for command, where in commands.items():
        done = run(command)
        assert (done.code, done.err) == (1, ""), done
        assert f"not verified: from record 0 on, at {where}" in " ".join(done.out.split())
        assert json.loads(run(f"{command} --format json").out)["problem"]["code"] == "LOG601"


@GONE
def test_nobody_reads_a_log_that_is_gone_as_one_that_was_never_there(lost: str) -> None:
    del lost
    readings = ("search", "stats", "show 0", "export --parquet a", "tell", "prune --keep 1d")
    for reading in (*(f"log {each}" for each in readings), "replay --all", "audit --observed"):
        done = run(reading)
        assert (done.code, done.out) == (2, ""), done
        assert "error[LOG601]: the log is not what was written: 5 records were kept" in done.err
        assert "none is there" in done.err


def test_of_a_log_that_never_was_it_says_so() -> None:
    for reading in ("log verify --log nowhere", "log stats --log nowhere"):
        never = run(reading)
        assert (never.code, "nothing was recorded there yet" in never.err) == (2, True)


def test_nobody_says_of_a_log_that_only_a_repository_knew_that_it_never_was(public: str) -> None:
    del public
    _names(", anchor_git: apart.git")
    shutil.rmtree(HERE)
    for command in ("log verify", "log stats"):
        done = run(command)
        assert (done.code, "or it is lost: `git ls-remote " in done.err) == (2, True), done.err
