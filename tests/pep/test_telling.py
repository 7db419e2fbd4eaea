"""Anchors and collectors while calls are served: told soon, and never in the way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import openai
import pytest

from policy_router.log.checkpoint import checkpoints_in
from policy_router.log.git_anchor import GitAnchor
from policy_router.log.reading import lines_in
from policy_router.log.segment import opening_of
from policy_router.log.writer import CHECKPOINTS
from tests.fakes.collector import collecting
from tests.fakes.speaking import ANSWER
from tests.patience import until
from tests.pep.conftest import Stage, Staged
from tests.pep.sdk import MESSAGES
from tests.pep.serving import Process, got, ran, serving_process
from tests.pep.world import ALLOWED, CANARY, DENIED, KEYS, UPSTREAM_KEY


def _with_log(stage: Stage, more: str) -> None:
    file = stage.world.folder / "policy-router.yaml"
    text = file.read_text("utf-8")
    assert "{folder: var/log}" in text
    file.write_text(text.replace("{folder: var/log}", f"{{folder: var/log, {more}}}"), "utf-8")


def _bare(folder: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", "--bare", str(folder)], check=True)
    return folder


def _ask(at: Process, content: str = "hello", model: str = ALLOWED) -> str | None:
    messages = [*MESSAGES, {"role": "user", "content": content}]
    with openai.OpenAI(
        api_key=KEYS["clinic"], base_url=f"{at.address}/v1", max_retries=0
    ) as client:
        answer = client.chat.completions.create(model=model, messages=messages)
    return answer.choices[0].message.content


def _told(remote: Path, log: Path) -> bool:
    opening = opening_of(log, 1)
    assert opening is not None
    return GitAnchor(str(remote)).told(opening.log) == checkpoints_in(log / CHECKPOINTS)


def test_checkpoints_are_pushed_while_it_serves_and_at_its_end(stage: Stage) -> None:
    remote = _bare(stage.world.folder / "anchor.git")
    _with_log(stage, "anchor_git: anchor.git")
    with serving_process(stage.world.folder) as at:
        until(lambda: _told(remote, stage.world.log))
        assert _ask(at) == ANSWER
        counted = got(f"{at.admin}/metrics").text
        assert 'policy_router_log_told_total{to="git"} 1.0' in counted
        assert 'policy_router_log_untold_seconds{to="git"} 0.0\n' in counted
        at.told(signal.SIGTERM)
        assert at.ended() == 0
    assert _told(remote, stage.world.log)
    assert len(checkpoints_in(stage.world.log / CHECKPOINTS)) == 2
    verified = ran(stage.world.folder, "log", "verify", "--anchor-git", str(remote))
    assert (verified.returncode, verified.stderr) == (0, "")
    records = checkpoints_in(stage.world.log / CHECKPOINTS)[-1].size
    covered = f"{remote} covers the first {records} records"
    assert records > 0
    assert covered in " ".join(verified.stdout.split())


def test_a_log_that_was_cut_back_is_not_what_was_pushed(stage: Stage) -> None:
    """The rest of it follows on each other and would pass without the repository."""
    remote = _bare(stage.world.folder / "anchor.git")
    _with_log(stage, "anchor_git: anchor.git")
    with serving_process(stage.world.folder) as at:
        assert _ask(at) == ANSWER
        at.told(signal.SIGTERM)
        assert at.ended() == 0
    assert _told(remote, stage.world.log)
    segment = max(stage.world.log.glob("*.jsonl"))
    segment.write_bytes(b"".join(segment.read_bytes().splitlines(keepends=True)[:-1]))
    (stage.world.log / CHECKPOINTS).unlink()
    assert ran(stage.world.folder, "log", "verify", "--alone").returncode == 0
    against = ran(stage.world.folder, "log", "verify", "--anchor-git", str(remote))
    assert (against.returncode, against.stderr) == (1, "")


def test_a_repository_that_is_gone_is_told_loudly_and_costs_no_call(stage: Stage) -> None:
    _with_log(stage, "anchor_git: not-there.git")
    with serving_process(stage.world.folder) as at:
        assert _ask(at) == ANSWER
        at.warned("`git` is not told of the log: `git ls-remote`")
        ready = got(f"{at.address}/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "ok")
        until(lambda: "not_told_seconds" in got(f"{at.address}/readyz").json())
        assert got(f"{at.address}/readyz").json()["not_told_seconds"].keys() == {"git"}
        counted = got(f"{at.admin}/metrics").text
        assert 'policy_router_log_telling_failures_total{to="git"}' in counted
        untold = re.search(
            r'^policy_router_log_untold_seconds\{to="git"\} (\S+)$', counted, re.MULTILINE
        )
        assert untold is not None
        assert float(untold[1]) > 0
        _bare(stage.world.folder / "not-there.git")
        at.warned("`git` is told of the log again")
        assert "not_told_seconds" not in got(f"{at.address}/readyz").json()
        assert _ask(at) == ANSWER


def test_git_that_hangs_keeps_nothing_waiting(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = stage.world.folder / "tools"
    tools.mkdir()
    begun = tools / "begun"
    (tools / "git").write_text(f"#!/bin/sh\necho $$ > {begun}\nexec sleep 60\n")
    (tools / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    _with_log(stage, "anchor_git: anchor.git")
    with serving_process(stage.world.folder) as at:
        until(lambda: begun.exists() and begun.read_text().endswith("\n"))
        assert [_ask(at) for _ in range(5)] == [ANSWER] * 5
        os.kill(int(begun.read_text()), 0)  # raises unless it hangs still
        at.told(signal.SIGTERM)
        assert at.ended() == 0
    assert len(stage.world.records("outcome")) == 5


def test_no_word_of_a_call_gets_to_an_anchor_or_a_collector(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("policy_router.log.otel", exc_type=ImportError)
    stage = staged()
    remote = _bare(stage.world.folder / "anchor.git")
    _with_log(stage, "anchor_git: anchor.git, otel: records")
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        with serving_process(stage.world.folder) as at:
            assert _ask(at, CANARY) == ANSWER
            for model in (DENIED, CANARY):
                with pytest.raises(openai.APIStatusError):
                    _ask(at, CANARY, model)
            counted = got(f"{at.admin}/metrics").text
            at.told(signal.SIGTERM)
            assert at.ended() == 0
        sent = b"".join(collector.bodies)
        texts = [event.body.string_value.encode() for event in collector.events]
    assert set(lines_in(stage.world.log)) <= set(texts)
    assert {c.line().rstrip() for c in checkpoints_in(stage.world.log / CHECKPOINTS)} <= set(texts)
    pushed = b"".join(path.read_bytes() for path in remote.rglob("*") if path.is_file())
    everywhere = (counted.encode(), sent, pushed, at.warnings.encode(), at.said.encode())
    for secret in (CANARY, ANSWER, UPSTREAM_KEY, *KEYS.values()):
        assert [said for said in everywhere if secret.encode() in said] == []


def test_log_tell_tells_once(stage: Stage) -> None:
    remote = _bare(stage.world.folder / "anchor.git")
    with serving_process(stage.world.folder) as at:
        assert _ask(at) == ANSWER
        at.told(signal.SIGTERM)
        at.ended()
    alone = ran(stage.world.folder, "log", "tell")
    assert alone.stdout == "a checkpoint covers all records already\n"
    _with_log(stage, "anchor_git: anchor.git")
    for new in ("2 new checkpoints", "0 new checkpoints"):
        done = ran(stage.world.folder, "log", "tell")
        assert (done.returncode, new in done.stdout) == (0, True), done
    assert _told(remote, stage.world.log)
    remote.rename(remote.with_suffix(".gone"))
    done = ran(stage.world.folder, "log", "tell")
    assert (done.returncode, "not told: `git`" in done.stdout) == (1, True)
