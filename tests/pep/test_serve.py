"""The command `serve` as a process: starting, reloading, stopping, and letting callers in."""

from __future__ import annotations

import json
import re
import signal
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import openai
import pytest
from jsonschema import Draft202012Validator

from policy_router import load
from policy_router.audit.schemas import schema_files
from policy_router.enforcement.arriving import Room
from policy_router.enforcement.sidecar.app import State
from policy_router.enforcement.sidecar.bounds import limits_of, patience_of, room_of
from policy_router.enforcement.sidecar.running import Stop
from policy_router.enforcement.sidecar.upstream import Patience
from policy_router.wire.json_strict import DEFAULT_LIMITS
from tests.fakes.speaking import ANSWER
from tests.patience import until
from tests.pep.conftest import Stage, Staged
from tests.pep.sdk import MESSAGES
from tests.pep.serving import PORTS, Process, got, ran, serving_process
from tests.pep.world import ALLOWED, DENIED, KEYS

LOAD = Draft202012Validator(json.loads(schema_files()["load.schema.json"]))


def _ask(at: Process, key: str, model: str = ALLOWED) -> str | None:
    with openai.OpenAI(api_key=key, base_url=f"{at.address}/v1", max_retries=0) as client:
        answer = client.chat.completions.create(model=model, messages=MESSAGES)
    return answer.choices[0].message.content


def _records(stage: Stage, kind: str) -> list[dict[str, Any]]:
    return stage.world.records(kind)


def _rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_it_serves_records_counts_and_stops(stage: Stage) -> None:
    with serving_process(stage.world.folder) as at:
        assert _ask(at, KEYS["clinic"]) == ANSWER
        with pytest.raises(openai.PermissionDeniedError):
            _ask(at, KEYS["clinic"], DENIED)
        counted = got(f"{at.admin}/metrics").text
        assert 'policy_router_decisions_total{observed="false",outcome="permitted",' in counted
        assert 'outcome="refused",reason="no_compliant_route"} 1.0' in counted
        assert 'policy_router_answers_total{standing="attested"} 1.0' in counted
        assert got(f"{at.admin}/other").status_code == 404
        assert got(f"{at.address}/metrics").status_code == 401
        assert "clinic" not in counted
        at.told(signal.SIGTERM)
        assert at.ended() == 0
    (loaded,) = _records(stage, "load")
    LOAD.validate(loaded)
    assert loaded["digests"]["policies"] in at.said
    assert [r["refused"] for r in _records(stage, "decision")] == [None, None, "unknown_caller"]
    everything = f"{at.said}{at.warnings}{stage.world.written}"
    assert not [key for key in KEYS.values() if key in everything]


def _refuses(address: str) -> None:
    """Wait until nobody can connect any more."""

    def refuses() -> bool:
        try:
            got(f"{address}/readyz")
        except (httpx2.ConnectError, httpx2.RemoteProtocolError, httpx2.ReadError):
            return True
        return False

    until(refuses)


def test_open_streams_are_finished_before_it_stops(stage: Stage) -> None:
    stage.near.pause = threading.Event()
    with serving_process(stage.world.folder) as at:
        asked: Any = {"model": ALLOWED, "messages": MESSAGES, "stream": True}
        with openai.OpenAI(api_key=KEYS["clinic"], base_url=f"{at.address}/v1") as client:
            stream = client.chat.completions.create(**asked)
            said = next(stream).choices[0].delta.content
            at.told(signal.SIGTERM)
            _refuses(at.address)
            assert at.process.poll() is None
            stage.near.pause.set()
            said += "".join(chunk.choices[0].delta.content for chunk in stream)
        assert said == ANSWER
        assert at.ended() == 0
    assert _records(stage, "outcome")[0]["ending"] == "complete"


def test_whoever_spreads_calls_is_told_before_none_is_taken(stage: Stage) -> None:
    with serving_process(stage.world.folder, "--notice", "600") as at:
        at.told(signal.SIGTERM)
        until(lambda: got(f"{at.address}/readyz").status_code != 200)
        assert got(f"{at.address}/readyz").json() == {"status": "stopping"}
        assert got(f"{at.address}/healthz").status_code == 200
        assert _ask(at, KEYS["clinic"]) == ANSWER
        at.told(signal.SIGTERM)
        assert at.ended() == 0


def test_no_call_is_taken_once_the_notice_is_over() -> None:
    server, loop, state = SimpleNamespace(should_exit=False, force_exit=False), _Later(), State()
    stop = Stop(server, state, notice=30)  # type: ignore[arg-type]
    stop(loop)  # type: ignore[arg-type]
    assert (state.stopping, server.should_exit) == (True, False)
    ((seconds, then),) = loop.due
    then()
    assert (seconds, server.should_exit, server.force_exit) == (30, True, False)
    stop(loop)  # type: ignore[arg-type]
    assert server.force_exit


class _Later:
    """A loop whose time does not pass."""

    def __init__(self) -> None:
        self.due: list[tuple[float, Any]] = []

    def call_later(self, seconds: float, then: Any, *given: Any) -> None:  # noqa: ANN401
        self.due.append((seconds, partial(then, *given)))


@pytest.mark.parametrize(
    ("options", "signals"), [(["--drain", "1"], [signal.SIGTERM]), ([], [signal.SIGTERM] * 2)]
)
def test_a_stream_that_does_not_end_is_stopped_and_recorded(
    stage: Stage, options: list[str], signals: list[signal.Signals]
) -> None:
    stage.near.pause = threading.Event()
    with serving_process(stage.world.folder, *options) as at:
        asked: Any = {"model": ALLOWED, "messages": MESSAGES, "stream": True}
        with openai.OpenAI(api_key=KEYS["clinic"], base_url=f"{at.address}/v1") as client:
            stream = client.chat.completions.create(**asked)
            next(stream)
            for number in signals:
                at.told(number)
                _refuses(at.address)
            assert at.ended() == 0
            with pytest.raises(openai.APIConnectionError):
                list(stream)
        stage.near.pause.set()
        assert "Traceback" not in at.warnings
    assert _records(stage, "outcome")[0]["ending"] == "stopped"


def test_a_changed_file_is_in_force_a_moment_later(stage: Stage) -> None:
    documents = stage.world.folder / "documents.yaml"
    with serving_process(stage.world.folder) as at:
        assert _ask(at, KEYS["clinic"]) == ANSWER
        _rewrite(documents, "value: [DE]", "value: [US]")
        at.warned("; changed: `documents.yaml`\n")
        with pytest.raises(openai.PermissionDeniedError):
            _ask(at, KEYS["clinic"])
        assert at.warnings.count("INFO") == 1
    first, second = _records(stage, "load")
    LOAD.validate(second)
    assert second["before"] == first["digests"]["policies"]
    assert second["before_registry"] == first["digests"]["registry"]
    assert second["digests"]["registry"] != first["digests"]["registry"]
    assert second["changed"] == {"callers": [], "gateways": []}
    assert (first["before"], first["before_registry"], first["changed"]) == (None, None, None)


def test_a_caller_and_a_gateway_that_no_digest_tells_of(stage: Stage) -> None:
    """Whose key it is, and where calls go: a record of the load says that it is another one."""
    documents = stage.world.folder / "documents.yaml"
    with serving_process(stage.world.folder) as at:
        text = documents.read_text("utf-8")
        hashed = sha256(KEYS["website"].encode()).hexdigest()
        text = text.replace(hashed, "0" * 64)
        far = re.compile(r"(id: far\n.*?base_url: )\S+", re.DOTALL)
        file = documents.with_name("new")
        file.write_text(far.sub(r"\1https://elsewhere.example/v1", text), "utf-8")
        file.replace(documents)
        at.warned("reloaded: policies")
        listed = ran(stage.world.folder, "log", "search", "--kind", "load")
    second = _records(stage, "load")[1]
    LOAD.validate(second)
    assert second["changed"] == {"callers": ["website"], "gateways": ["far"]}
    assert "callers that changed: website" in " ".join(listed.stdout.split())


def test_a_broken_file_leaves_the_last_good_documents_in_force(stage: Stage) -> None:
    documents = stage.world.folder / "documents.yaml"
    with serving_process(stage.world.folder) as at:
        _rewrite(documents, "kind: policy\n", "kind: polity\n")
        at.told(signal.SIGHUP)
        at.warned("documents.yaml:2:7: SCH108")
        assert _ask(at, KEYS["clinic"]) == ANSWER
        assert 'reloads_total{outcome="refused"}' in got(f"{at.admin}/metrics").text
        _rewrite(documents, "kind: polity\n", "kind: policy\n")
        at.warned("INFO reloaded: policies")
        assert 'reloads_total{outcome="in_force"}' in got(f"{at.admin}/metrics").text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_heard_as_soon_as_it_says_where_it_listens(
    stage: Stage, number: signal.Signals
) -> None:
    with serving_process(stage.world.folder) as at:
        at.told(signal.SIGHUP)
        at.told(number)
        assert at.ended() == 0


def test_what_is_pinned_is_not_replaced(stage: Stage) -> None:
    digests = load(project=stage.world.folder).snapshot.digests
    pins = ["--pin-digest", f"{digests.policies},{digests.registry}"]
    with serving_process(stage.world.folder, *pins) as at:
        _rewrite(stage.world.folder / "documents.yaml", "value: [DE]", "value: [US]")
        at.warned("not the ones that are pinned")
        assert _ask(at, KEYS["clinic"]) == ANSWER
    refused = ran(stage.world.folder, "serve", *PORTS, *pins)
    assert refused.returncode == 2
    assert "not the ones that are pinned" in refused.stderr


def test_a_caller_is_let_in_while_it_runs(stage: Stage) -> None:
    """And what its document says of it holds: nothing it is not told of is permitted."""
    with serving_process(stage.world.folder) as at:
        arguments = ("--data", "personal", "--regime", "eu_gdpr", "--purpose", "letters")
        added = ran(
            stage.world.folder, "caller", "add", "newcomer", *arguments, "--into", "documents.yaml"
        )
        assert added.returncode == 0, added.stderr
        (key,) = re.findall(r"^  (pr-\S+)$", added.stdout, re.MULTILINE)
        at.warned("reloaded: policies")
        assert _ask(at, key) == ANSWER
        with pytest.raises(openai.PermissionDeniedError):
            _ask(at, key, DENIED)
    assert key not in (stage.world.folder / "documents.yaml").read_text("utf-8")
    assert {record["caller"] for record in _records(stage, "decision")} == {"newcomer"}


def test_a_caller_that_is_there_is_not_added_again(stage: Stage) -> None:
    file = stage.world.folder / "documents.yaml"
    before = file.read_text("utf-8")
    again = ran(stage.world.folder, "caller", "add", "clinic", "--into", "documents.yaml")
    assert again.returncode == 2
    assert "clinic" in again.stderr
    assert "pr-" not in again.stdout
    assert file.read_text("utf-8") == before


def test_to_try_it_out_there_is_a_caller_for_the_run(staged: Staged) -> None:
    stage = staged()
    _without_callers(stage)
    with serving_process(stage.world.folder, "--dev", "--data", "non_personal") as at:
        (key,) = re.findall(r'api_key="(pr-\S+)"', at.said)
        assert f'base_url="{at.address}/v1"' in at.said
        assert _ask(at, key) == ANSWER
        with pytest.raises(openai.AuthenticationError):
            _ask(at, KEYS["clinic"])
    assert _records(stage, "decision")[0]["caller"] == "dev"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([], "nobody could call"),
        (["--dev", "--host", "0.0.0.0"], "from this machine only"),  # noqa: S104 - it is refused
    ],
)
def test_it_does_not_start_where_nobody_or_anybody_could_call(
    stage: Stage, options: list[str], why: str
) -> None:
    _without_callers(stage)
    refused = ran(stage.world.folder, "serve", *PORTS, *options)
    assert refused.returncode == 2
    assert why in refused.stderr
    assert not stage.world.log.exists()


def test_nor_without_a_log_or_where_it_cannot_record(stage: Stage) -> None:
    project = stage.world.folder / "policy-router.yaml"
    (stage.world.folder / "var").write_text("a file where the folder should be", "utf-8")
    unwritable = ran(stage.world.folder, "serve", *PORTS)
    assert unwritable.returncode == 2
    assert "Traceback" not in unwritable.stderr
    _rewrite(project, "log: {folder: var/log}\n", "")
    refused = ran(stage.world.folder, "serve", *PORTS)
    assert refused.returncode == 2
    assert "there is no log" in refused.stderr


def test_an_address_in_use_is_said_so(stage: Stage) -> None:
    with serving_process(stage.world.folder) as at:
        port = at.address.rpartition(":")[2]
        refused = ran(stage.world.folder, "serve", "--port", port, "--admin-port", "0")
    assert refused.returncode == 2
    assert "in use" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_while_it_only_observes_it_is_loud(staged: Staged, tmp_path: Path) -> None:
    now = datetime.fromtimestamp(tmp_path.stat().st_mtime, UTC)  # by the clock of the machine
    end = (now + timedelta(days=20)).date()
    stage = staged(project=f"enforcement: {{mode: observe, until: {end}}}\n")
    with serving_process(stage.world.folder) as at:
        at.warned("nothing is enforced until")
        assert _ask(at, KEYS["clinic"], DENIED) == ANSWER
        with pytest.raises(openai.AuthenticationError):
            _ask(at, "nobody's")
        assert 'observes="true"' in got(f"{at.admin}/metrics").text
    assert [record["observed"] for record in _records(stage, "decision")] == [True, False]


def test_it_bears_what_the_project_says(staged: Staged) -> None:
    stage = staged(project="serve: {body_mib: 1, text_mib: 2, silent_seconds: 700, calls: 3}\n")
    loaded = stage.pdp.loaded
    assert limits_of(loaded) == replace(DEFAULT_LIMITS, size=2**20, text=2**21)
    assert room_of(loaded).most_calls == 3
    assert patience_of(loaded) == Patience(silent=700)
    assert patience_of(loaded, 5.0) == Patience(silent=5)
    with serving_process(stage.world.folder) as at:
        assert _ask(at, KEYS["clinic"]) == ANSWER
        with openai.OpenAI(
            api_key=KEYS["clinic"], base_url=f"{at.address}/v1", max_retries=0
        ) as client:
            large = [{"role": "user", "content": "x" * 2**20}]
            with pytest.raises(openai.APIStatusError, match="larger than 1048576 bytes") as refused:
                client.chat.completions.create(model=ALLOWED, messages=large)  # type: ignore[arg-type]
    assert refused.value.status_code == 413
    assert [r["refused"] for r in _records(stage, "decision")] == [None, "body_too_large"]


def test_otherwise_it_bears_what_it_does_by_itself(stage: Stage) -> None:
    loaded = stage.pdp.loaded
    assert limits_of(loaded) == DEFAULT_LIMITS
    assert room_of(loaded) == Room()
    assert patience_of(loaded) == Patience()
    assert limits_of(replace(loaded, project=None)) == DEFAULT_LIMITS


def _without_callers(stage: Stage) -> None:
    file = stage.world.folder / "documents.yaml"
    kept = [d for d in file.read_text("utf-8").split("---\n") if not d.startswith("kind: caller")]
    file.write_text("---\n".join(kept), "utf-8")
