"""The log in the explorer: the calls that `log search` finds, and what `log verify` says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import openai
import pytest

from policy_router.log.kept import open_ledger
from policy_router.log.keys import make_key
from policy_router.log.segment import path_of, segments_in
from policy_router.service.telling import telling_of
from policy_router.store.described import LogPlace
from tests.cli.reported import Page
from tests.cli.running import run
from tests.explorer.visiting import HERE, Visit, documents_of, read, visiting
from tests.pep.conftest import Staged
from tests.pep.conftest import staged as staged  # noqa: PLC0414 - a fixture
from tests.pep.sdk import MESSAGES, sync_client
from tests.pep.world import ALLOWED, CANARY, DENIED, KEYS


@pytest.fixture
def project(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose clinic called twice, once for a model that is ruled out, its website once."""
    stage = staged()
    monkeypatch.chdir(stage.world.folder)
    for caller, model in (("clinic", ALLOWED), ("clinic", DENIED), ("website", ALLOWED)):
        with sync_client(stage, "httpx2", key=KEYS[caller], log=None) as client:
            try:
                client.chat.completions.create(model=model, messages=MESSAGES)
            except openai.PermissionDeniedError:
                assert model == DENIED
    return stage.world.folder


@pytest.fixture
def visit(project: Path) -> Visit:
    return visiting(documents_of(project))


def ids(page: Page) -> list[str]:
    """The calls that a page lists."""
    found = [urlsplit(a.attributes["href"]) for a in page.of("a") if "href" in a.attributes]
    return [dict(parse_qsl(each.query))["id"] for each in found if each.path == "/log/call"]


def searched(options: str) -> list[str]:
    done = run(f"log search {options} --format json")
    assert done.code == 0, done.err
    return [call["id"] for call in reversed(json.loads(done.out))]


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", ""),
        ("outcome=refused", "--refused"),
        ("outcome=permitted", "--permitted"),
        ("caller=website", "--caller website"),
        (f"model={DENIED}", f"--model {DENIED}"),
        ("reason=no_compliant_route", "--reason no_compliant_route"),
        ("route=near:allowed", "--route near:allowed"),
        ("since=2020-01-01", "--since 2020-01-01T00:00:00Z"),
        ("until=2020-01-01", "--until 2020-01-02T00:00:00Z"),
        ("caller=nobody", "--caller nobody"),
    ],
)
def test_the_calls_are_those_that_a_search_finds(visit: Visit, query: str, options: str) -> None:
    page = visit.page(f"/log?{query}")
    assert ids(page) == searched(options)
    assert ("No call in the log is like that" in page.words()) == (not searched(options))


def test_one_call_is_told_in_full_and_without_content(visit: Visit) -> None:
    for name in searched(""):
        told = visit.page(f"/log/call?id={name}").words()
        shown = run(f"log show {name}").out
        assert name in told
        assert ("Nothing was sent" in told) == ("Nothing was sent" in shown)
        assert not [secret for secret in (CANARY, *KEYS.values()) if secret in told]
    refused = searched("--refused")[0]
    told = visit.page(f"/log/call?id={refused}").words()
    for words in ("clinic", "house/in-the-eea", "not met", "health", "no route meets every rule"):
        assert words in told


def test_the_log_is_verified_and_a_change_is_found(visit: Visit, project: Path) -> None:
    sent = (("origin", HERE),)
    fine = read(visit.ask("POST", "/log/verify", sent).text).words()
    said = " ".join(run("log verify").out.split())
    assert "? consistent, not anchored" in fine
    assert fine[fine.index("records, each of which follows") :][:40] in said
    assert "only an anchor that is out of that person's reach rules it out" in fine
    folder = project / "var/log"
    file = path_of(folder, segments_in(folder)[0])
    file.write_bytes(file.read_bytes().replace(b'"clinic"', b'"clanic"', 1))
    found = read(visit.ask("POST", "/log/verify", sent).text).words()
    assert "✕ not verified" in found
    assert "✓" not in found
    done = visit.ask("GET", "/log?caller=website")
    assert done.status_code == 409, "nothing is searched in a log that was changed"
    assert "the log is not what was written" in done.text.lower()


def test_the_log_is_compared_with_all_that_the_project_names(project: Path, tmp_path: Path) -> None:
    """Every anchor and the key, as `log verify` with each of them; what cannot be read is said."""
    make_key(project / "key.pem")
    (project / "var/log/checkpoints").unlink()  # by those who kept the records, without a key
    remote, sent = tmp_path / "remote", (("origin", HERE),)
    subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], check=True)
    file = project / "policy-router.yaml"
    lines = file.read_text("utf-8")
    for named, verdict in (
        ("key: key.pem", "✕ not verified"),
        ("key: key.pem, anchor: anchor", "holds no checkpoint"),
        ("key: key.pem, anchor: anchor", "✓ verified"),
        (f"anchor: anchor, anchor_git: {remote}", "holds no checkpoint of this log"),
        (f"anchor: anchor, anchor_git: {remote}", "✓ verified"),
        (f"key: none.pem, anchor: anchor, anchor_git: {remote}", "cannot be read"),
    ):
        log = f"log: {{folder: var/log, {named}}}"
        file.write_text(lines.replace("log: {folder: var/log}", log), "utf-8")
        if verdict == "✓ verified":
            place = LogPlace(project / "var/log", project / "key.pem", project / "anchor")
            open_ledger(place.folder, place.key, place.anchor).check()
            with_git = LogPlace(place.folder, anchor_git=str(remote))
            assert "git" not in named or telling_of(with_git).look()
        done = visiting(documents_of(project)).ask("POST", "/log/verify", sent)
        assert verdict.lower() in read(done.text).words().lower(), named


def test_a_log_that_went_on_with_another_key_is_verified_with_both(
    project: Path, tmp_path: Path
) -> None:
    """As `log verify --key` of both; with the project's alone, what came before is not its own."""
    (project / "var/log/checkpoints").unlink()  # by those who kept the records, without a key
    old, new = (make_key(tmp_path / f"{name}.pem") for name in ("old", "new"))
    for signer in ("old", "new"):
        open_ledger(project / "var/log", tmp_path / f"{signer}.pem").check()
    file = project / "policy-router.yaml"
    log = f"log: {{folder: var/log, key: {tmp_path / 'new.pem'}}}"
    file.write_text(file.read_text("utf-8").replace("log: {folder: var/log}", log), "utf-8")
    sent = (("origin", HERE),)
    for former, said in (
        ((), "✕ not verified"),
        ((new.public_key.hex(),), "✕ not verified"),
        ((old.public_key.hex().upper(),), "? signed, not anchored"),
    ):
        visit = visiting(documents_of(project))
        visit.former = former
        assert said in read(visit.ask("POST", "/log/verify", sent).text).words().lower(), former


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("outcome=maybe", 422),
        ("since=monday", 422),
        ("colour=red", 422),
        ("page=x", 422),
        ("reason=no_such", 422),
    ],
)
def test_what_is_no_search_is_refused(visit: Visit, query: str, status: int) -> None:
    assert visit.ask("GET", f"/log?{query}").status_code == status


def test_a_call_that_is_not_there(visit: Visit) -> None:
    assert visit.ask("GET", "/log/call?id=nothing").status_code == 404
    assert visit.ask("GET", "/log/call").status_code == 404


def test_a_log_of_nothing_is_not_verified() -> None:
    visit = visiting(documents_of())
    for method, path in (("GET", "/log"), ("GET", "/log?caller=x"), ("POST", "/log/verify")):
        done = visit.ask(method, path, (("origin", HERE),))
        assert done.status_code == 404
        assert "Nothing was recorded in the log of the project yet" in done.text


def test_a_log_that_is_gone_is_not_one_that_was_never_there(project: Path) -> None:
    assert (project / "var/log/checkpoints").exists()
    for path in (project / "var/log").glob("*.jsonl"):
        path.unlink()
    visit = visiting(documents_of(project))
    done = visit.ask("GET", "/log")
    assert (done.status_code, "and none is there" in done.text) == (409, True)
    done = visit.ask("POST", "/log/verify", (("origin", HERE),))
    assert (done.status_code, "records were kept, 0 are there" in done.text) == (200, True)
