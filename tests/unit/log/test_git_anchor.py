"""A git repository as an anchor: what was pushed stays, and whatever fails there is said."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policy_router.log.checkpoint import Checkpoint, checkpoints_in
from policy_router.log.git_anchor import GitAnchor, branch_of
from policy_router.log.ledger import Ledger
from policy_router.log.telling import Anchoring, NotTold
from policy_router.log.verification import verify
from policy_router.log.writer import CHECKPOINTS, Sizes
from tests.unit.log.test_ledger import record

SIZES = Sizes(segment=2_000, checkpoint=4)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    folder = tmp_path / "anchor.git"
    git("init", "--quiet", "--bare", str(folder))
    return folder


def git(*words: str, at: Path | None = None) -> str:
    who = ("-c", "user.name=somebody", "-c", "user.email=nobody@company.example")
    done = subprocess.run(["git", *who, *words], cwd=at, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def written(folder: Path, first: int, count: int = 10) -> Ledger:
    ledger = Ledger(folder, sizes=SIZES)
    for number in range(first, first + count):
        ledger.append(record(number))
    ledger.check()
    return ledger


def own(folder: Path) -> list[Checkpoint]:
    return checkpoints_in(folder / CHECKPOINTS)


def test_every_checkpoint_is_pushed_once_and_read_again(tmp_path: Path, remote: Path) -> None:
    folder, anchor = tmp_path / "log", GitAnchor(str(remote))
    anchoring = Anchoring(folder, anchor)
    assert anchoring.tell() == 0
    for first in (0, 10, 20):
        written(folder, first)
        assert anchoring.tell() > 0
        assert anchoring.tell() == 0
        assert anchor.told(own(folder)[0].log) == own(folder)
    branch = branch_of(own(folder)[0].log)
    assert git("rev-list", "--count", branch, at=remote) == "3"
    assert verify(folder, anchor.told(own(folder)[0].log)).problem is None


def test_whoever_starts_again_goes_on_from_what_is_there(tmp_path: Path, remote: Path) -> None:
    folder = tmp_path / "log"
    written(folder, 0)
    Anchoring(folder, GitAnchor(str(remote))).tell()
    Anchoring(folder, GitAnchor(str(remote))).tell()
    written(folder, 10)
    Anchoring(folder, GitAnchor(str(remote))).tell()
    assert GitAnchor(str(remote)).told(own(folder)[0].log) == own(folder)


def test_several_logs_share_a_repository(tmp_path: Path, remote: Path) -> None:
    for name in ("one", "other"):
        written(tmp_path / name, 0)
        Anchoring(tmp_path / name, GitAnchor(str(remote))).tell()
    for name in ("one", "other"):
        assert GitAnchor(str(remote)).told(own(tmp_path / name)[0].log) == own(tmp_path / name)
    assert GitAnchor(str(remote)).told("policy-router/unheard-of") == []


def test_two_who_tell_of_one_log_do_not_lose_what_the_other_told(
    tmp_path: Path, remote: Path
) -> None:
    folder = tmp_path / "log"
    first, second = (Anchoring(folder, GitAnchor(str(remote))) for _ in range(2))
    for number, anchoring in enumerate((first, second, first, first, second)):
        written(folder, number * 10)
        try:
            anchoring.tell()
        except NotTold:
            anchoring.tell()
    assert GitAnchor(str(remote)).told(own(folder)[0].log) == own(folder)


def test_a_log_that_was_written_anew_is_not_pushed_over_what_is_there(
    tmp_path: Path, remote: Path
) -> None:
    folder = tmp_path / "log"
    written(folder, 0)
    anchoring, log = Anchoring(folder, GitAnchor(str(remote))), own(folder)[0].log
    anchoring.tell()
    kept = GitAnchor(str(remote)).told(log)
    forged = [Checkpoint(log, c.size, bytes(32), c.at) for c in own(folder)]
    for telling in (anchoring, Anchoring(folder, GitAnchor(str(remote)))):
        for lines in (forged + forged, forged[:1], forged):
            (folder / CHECKPOINTS).write_bytes(b"".join(each.line() for each in lines))
            with pytest.raises(NotTold, match=r"not of this log|say otherwise|are gone"):
                telling.tell()
    assert GitAnchor(str(remote)).told(log) == kept


def test_what_a_later_commit_takes_out_is_found_all_the_same(tmp_path: Path, remote: Path) -> None:
    folder, clone = tmp_path / "log", tmp_path / "clone"
    written(folder, 0)
    Anchoring(folder, GitAnchor(str(remote))).tell()
    log = own(folder)[0].log
    branch = branch_of(log).removeprefix("refs/heads/")
    git("clone", "--quiet", "--branch", branch, str(remote), str(clone))
    (clone / ".gitattributes").write_text("checkpoints -diff\n")
    (clone / CHECKPOINTS).write_text("")
    git("add", "--all", at=clone)
    git("commit", "--quiet", "--message", "nothing was here", at=clone)
    git("push", "--quiet", at=clone)
    assert GitAnchor(str(remote)).told(log) == own(folder)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{folder}/nowhere.git", "does not appear to be a git repository"),
        ("ext::sh -c 'touch {folder}/seen'", "not allowed"),
        ("http://127.0.0.1:9/x.git", "not allowed"),
        ("--upload-pack=touch {folder}/seen", "blocked"),
    ],
)
def test_a_repository_that_cannot_be_used_is_said_and_nothing_else_is_run(
    tmp_path: Path, bad: str, why: str
) -> None:
    written(tmp_path / "log", 0)
    with pytest.raises(NotTold, match=why):
        Anchoring(tmp_path / "log", GitAnchor(bad.format(folder=tmp_path))).tell()
    assert not (tmp_path / "seen").exists()


def test_no_settings_hooks_or_questions_of_others_have_a_part_in_it(
    tmp_path: Path, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = tmp_path / "hooks" / "pre-push"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/seen\nexit 1\n")
    hook.chmod(0o755)
    settings = tmp_path / ".gitconfig"
    settings.write_text(f"[core]\nhooksPath = {hook.parent}\n[commit]\ngpgSign = true\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    written(tmp_path / "log", 0)
    assert Anchoring(tmp_path / "log", GitAnchor(str(remote))).tell() > 0
    assert not (tmp_path / "seen").exists()


def test_git_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for git whose child would go on, and hold the pipe, long after it."""
    (tmp_path / "git").write_text("#!/bin/sh\nsleep 60 &\nsleep 60\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    written(tmp_path / "log", 0)
    with pytest.raises(NotTold, match=r"longer than 0\.2 seconds"):
        Anchoring(tmp_path / "log", GitAnchor("x", patience=0.2)).tell()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(NotTold, match="cannot be run"):
        Anchoring(tmp_path / "log", GitAnchor("x")).tell()


@pytest.mark.parametrize("year", [1, 1960, 1970, 2026, 2100, 2500, 9999])
def test_a_clock_may_be_wrong_by_any_amount(tmp_path: Path, remote: Path, year: int) -> None:
    folder, anchor = tmp_path / "log", GitAnchor(str(remote))
    instant = datetime(year, 1, 2, tzinfo=UTC)
    ledger = Ledger(folder, sizes=SIZES, now=lambda: instant)
    ledger.append(record(1))
    ledger.check()
    assert Anchoring(folder, anchor).tell() == 1
    assert anchor.told(own(folder)[0].log) == own(folder)


def test_a_clock_that_goes_backwards_changes_nothing(tmp_path: Path, remote: Path) -> None:
    folder, anchor = tmp_path / "log", GitAnchor(str(remote))
    instants = iter(datetime(year, 1, 2, tzinfo=UTC) for year in range(2050, 1950, -1))
    ledger, anchoring = (
        Ledger(folder, sizes=SIZES, now=lambda: next(instants)),
        Anchoring(folder, anchor),
    )
    for number in range(40):
        ledger.append(record(number))
        ledger.check()
        assert anchoring.tell() > 0
    told = anchor.told(own(folder)[0].log)
    assert told == own(folder)
    assert verify(folder, told).problem is None
    (folder / "00000002.jsonl").write_bytes(b"")
    assert verify(folder, told).problem is not None


def test_a_branch_that_was_told_and_is_gone_is_said_and_pushed_whole(
    tmp_path: Path, remote: Path
) -> None:
    folder, anchor = tmp_path / "log", GitAnchor(str(remote))
    anchoring = Anchoring(folder, anchor)
    written(folder, 0)
    anchoring.tell()
    log = own(folder)[0].log
    git("update-ref", "-d", branch_of(log), at=remote)
    written(folder, 10)
    with pytest.raises(NotTold, match="is gone"):
        anchoring.tell()
    anchoring.tell()
    assert anchor.told(log) == own(folder)
