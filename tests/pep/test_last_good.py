"""Documents that cannot be replaced: they are decided from for a time, and then nothing is."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from policy_router import load
from policy_router.api.answering import DecisionApi
from policy_router.domain.diagnostic import DocumentErrors
from policy_router.enforcement.answer import Reply
from policy_router.enforcement.exchange import Finished, Send, advance, exchange
from policy_router.enforcement.facts import NOBODY, floor_of
from policy_router.enforcement.forward_auth import ForwardAuth
from policy_router.enforcement.observing import Unchanged
from policy_router.enforcement.sidecar.app import Sidecar
from policy_router.enforcement.sidecar.reloading import changed
from policy_router.service.pdp import WrongSnapshot
from policy_router.wire.http_call import HttpCall
from tests.pep.asking import admit
from tests.pep.keeping import BODY, CHAT, DAY, JSON, MOMENT, Keeping, Kept
from tests.pep.keeping import keeping as keeping  # noqa: PLC0414 - a fixture
from tests.pep.test_forward_auth import ASKED_ABOUT
from tests.pep.world import ALLOWED, DENIED, build


def test_documents_that_cannot_be_replaced_are_decided_from_for_a_day(keeping: Keeping) -> None:
    kept = keeping()
    kept.breaks()
    assert kept.asks() is None
    kept.clock.at += DAY
    assert kept.asks() is None
    kept.clock.at += MOMENT
    assert kept.asks() == "outdated_documents"
    assert kept.log.records[-1]["refused"] == "outdated_documents"


@pytest.mark.parametrize("hours", [1, 168])
def test_the_project_says_for_how_long(keeping: Keeping, hours: int) -> None:
    kept = keeping(f"enforcement: {{last_good_hours: {hours}}}\n")
    kept.breaks()
    kept.clock.at += timedelta(hours=hours)
    assert kept.asks() is None
    kept.clock.at += MOMENT
    assert kept.asks() == "outdated_documents"


@pytest.mark.parametrize("hours", ["0", "169", "-1", "1.5", "day"])
def test_it_is_neither_nothing_nor_for_good(tmp_path: Path, hours: str) -> None:
    with pytest.raises(DocumentErrors) as refused:
        build(tmp_path, project=f"enforcement: {{last_good_hours: {hours}}}\n")
    (found,) = refused.value.diagnostics
    assert found.code in {"SCH105", "SCH106"}
    assert found.span.file.endswith("policy-router.yaml")


def test_mended_in_time_or_late_they_count_again(keeping: Keeping) -> None:
    kept = keeping()
    kept.breaks()
    kept.clock.at += DAY / 2
    kept.mends()
    kept.clock.at += DAY
    kept.reloading.look()
    assert kept.asks() is None
    kept.breaks()
    kept.clock.at += DAY + MOMENT
    assert kept.asks() == "outdated_documents"
    kept.mends()
    assert kept.asks() is None


def test_a_second_failure_does_not_begin_the_time_anew(keeping: Keeping) -> None:
    kept = keeping()
    kept.breaks()
    kept.clock.at += DAY / 2
    (kept.folder / "documents.yaml").write_text("kind: nothing\n", "utf-8")
    kept.reloading.look()
    kept.reloading.reload()
    kept.clock.at += DAY / 2 + MOMENT
    kept.reloading.look()
    assert kept.asks() == "outdated_documents"


def test_files_that_stay_as_they_are_never_age(keeping: Keeping) -> None:
    kept = keeping()
    for _ in range(5):
        kept.clock.at += DAY
        kept.reloading.look()
        assert kept.asks() is None
        assert kept.pdp.age == timedelta()


def test_a_look_that_hangs_confirms_nothing(keeping: Keeping) -> None:
    kept = keeping()
    kept.reloading.look()
    kept.clock.at += DAY + MOMENT
    assert kept.asks() == "outdated_documents"
    kept.reloading.look()
    assert kept.asks() is None


def test_files_that_nobody_can_look_at_are_not_confirmed(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = keeping()
    kept.reloading.look()

    def gone(*_: object) -> None:
        raise OSError("the volume is gone")

    monkeypatch.setattr("policy_router.enforcement.sidecar.reloading.seen", gone)
    kept.clock.at += DAY + MOMENT
    kept.reloading.look()
    assert kept.asks() == "outdated_documents"


def test_a_program_that_never_reads_again_is_left_alone(keeping: Keeping) -> None:
    """A library watches no file: what it has read counts until reading it again fails."""
    kept = keeping()
    kept.clock.at += 30 * DAY
    assert kept.asks() is None


def test_documents_other_than_the_pinned_ones_are_not_put_in_force_for_ever(
    keeping: Keeping,
) -> None:
    digest = load(project=keeping().folder).snapshot.digests.policies
    kept = keeping(pinned=[digest])
    file = kept.folder / "documents.yaml"
    file.write_text(file.read_text("utf-8").replace("within: EEA", "within: DE"), "utf-8")
    with pytest.raises(WrongSnapshot):
        kept.pdp.reload()
    assert kept.asks() is None
    kept.clock.at += DAY + MOMENT
    assert kept.asks() == "outdated_documents"


def _reply(
    kept: Kept, point: ForwardAuth | DecisionApi, method: str, path: str, query: str, body: bytes
) -> Reply:
    loaded = kept.pdp.loaded
    floor = floor_of(loaded.callers["website"])
    answer = point.answer(HttpCall(method, path, query, (JSON,), body), floor, loaded)
    assert isinstance(answer, Reply)
    return answer


@pytest.mark.parametrize(
    ("point", "method", "path", "query", "body"),
    [
        (ForwardAuth, "GET", "/authorize", "gateway=near", b""),
        (DecisionApi, "POST", "/decide", "", b'{"model": "maker/allowed"}'),
        (DecisionApi, "POST", "/explain", "", b'{"model": "maker/allowed"}'),
        (DecisionApi, "GET", "/routes", "", b""),
    ],
)
def test_whoever_asks_is_told_the_same(
    keeping: Keeping,
    point: type[ForwardAuth | DecisionApi],
    method: str,
    path: str,
    query: str,
    body: bytes,
) -> None:
    kept = keeping(ASKED_ABOUT)
    kept.breaks()
    asked = (kept, point(kept.gate), method, path, query, body)
    assert _reply(*asked).status in {200, 204}
    kept.clock.at += DAY + MOMENT
    refused = _reply(*asked)
    assert refused.status == 503
    assert json.loads(refused.body)["error"]["code"] == "outdated_documents"


def test_a_list_of_models_is_none_then(keeping: Keeping) -> None:
    kept = keeping()
    kept.breaks()
    kept.clock.at += DAY + MOMENT
    answer = admit(kept.gate, HttpCall("GET", "/models", "", (), b""), NOBODY)
    assert isinstance(answer, Reply)
    assert answer.status == 503


def test_nor_does_a_call_pass_that_would_only_be_observed(keeping: Keeping) -> None:
    now = datetime.now(UTC)  # as an occasion has it
    observing = f"enforcement: {{mode: observe, until: {(now + 20 * DAY).date()}}}\n"
    kept = keeping(observing, now)
    denied = replace(CHAT, body=BODY.replace(ALLOWED.encode(), DENIED.encode()))
    unchanged = Unchanged("https://far.example/v1/chat/completions", ())

    def answer() -> object:
        floor = floor_of(kept.pdp.loaded.callers["clinic"])
        steps = exchange(kept.gate, denied, floor, kept.pdp.loaded, lambda: unchanged)
        return advance(steps, kept.log)

    kept.breaks()
    assert isinstance(answer(), Send)
    kept.clock.at += DAY + MOMENT
    assert isinstance(answer(), Finished)
    assert kept.log.records[-1]["refused"] == "outdated_documents"


def test_it_is_recorded_when_they_stay_and_when_they_are_too_old(
    keeping: Keeping, caplog: pytest.LogCaptureFixture
) -> None:
    kept = keeping()
    kept.breaks()
    kept.clock.at += DAY + MOMENT
    kept.reloading.look()
    kept.reloading.look()
    first, second = kept.told
    assert (first["outdated"], second["outdated"]) == (False, True)
    assert first["until"] == second["until"] == "2026-11-23T12:00:00Z"
    assert first["codes"] == ["PRJ403", "SCH108"]
    assert first["digests"]["policies"] == kept.pdp.snapshot.digests.policies
    assert "stay in force until 2026-11-23T12:00:00Z: " in caplog.text
    assert caplog.text.count("no call passes") == 1
    kept.mends()
    kept.breaks()
    kept.clock.at += DAY + MOMENT
    kept.reloading.look()
    assert [record["outdated"] for record in kept.told] == [False, True, False, True]


def test_metrics_tell_the_age_and_how_old_is_too_old(keeping: Keeping) -> None:
    kept = keeping()
    kept.breaks()
    kept.clock.at += timedelta(hours=2)
    said = kept.reloading.metrics.text().decode()
    assert "policy_router_documents_age_seconds 7200.0" in said
    assert "policy_router_documents_oldest_seconds 86400.0" in said


def _health(kept: Kept, path: str) -> tuple[int, dict[str, Any]]:
    events: list[dict[str, Any]] = []

    async def send(event: Any) -> None:  # noqa: ANN401 - ASGI's own
        events.append(event)

    async def receive() -> Any:  # noqa: ANN401 - ASGI's own
        return {"type": "http.request"}

    scope = {"type": "http", "path": path, "method": "GET"}
    asyncio.run(Sidecar(kept.gate)(scope, receive, send))
    return events[0]["status"], json.loads(events[1]["body"])


def test_readiness_tells_until_when_and_then_that_it_is_not_ready(keeping: Keeping) -> None:
    kept = keeping()
    assert _health(kept, "/readyz") == (200, {"status": "ok"})
    kept.breaks()
    until = {"documents_until": "2026-11-23T12:00:00Z"}
    assert _health(kept, "/readyz") == (200, {"status": "ok", **until})
    kept.clock.at += DAY + MOMENT
    assert _health(kept, "/readyz") == (503, {"status": "outdated", **until})
    assert _health(kept, "/healthz") == (200, {"status": "ok", **until})


def test_reloads_and_looks_at_once_leave_no_doubt_behind(keeping: Keeping) -> None:
    kept = keeping()

    def many(step: Callable[[], None]) -> None:
        for _ in range(20):
            step()

    threads = [
        threading.Thread(target=many, args=(step,))
        for step in (kept.reloading.look, kept.reloading.reload)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept.reloading.look()
    assert kept.pdp.until is None
    assert kept.pdp.age == timedelta()


def test_the_next_look_comes_whatever_became_of_the_last(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = keeping()
    looks: list[int] = []
    twice = threading.Event()

    def seen_or_not(_: object) -> object:
        looks.append(len(looks))
        if len(looks) == 1:
            raise RuntimeError("a defect")
        twice.set()
        raise OSError("the volume is gone")

    async def watched() -> None:
        watching = asyncio.ensure_future(kept.reloading.watch())
        assert await asyncio.to_thread(twice.wait, 30)
        watching.cancel()

    module = "policy_router.enforcement.sidecar.reloading"
    monkeypatch.setattr(f"{module}.seen", seen_or_not)
    monkeypatch.setattr(f"{module}.LOOK_SECONDS", 0)
    asyncio.run(watched())
    assert "could not look at the documents: RuntimeError at" in caplog.text


def test_what_a_reload_changed_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path)
    monkeypatch.chdir(tmp_path)
    before = load(project=Path()).loaded
    documents, project = Path("documents.yaml"), Path("policy-router.yaml")
    documents.write_text(documents.read_text("utf-8") + "# a note\n", "utf-8")
    assert list(changed(before, load(project=Path()).loaded)) == ["`documents.yaml`"]
    assert list(changed(before, before)) == []
    Path("more").mkdir()
    for number in range(7):
        caller = f"kind: caller\nid: c{number}\nlanguage: 1\nfacts: {{data: [personal]}}\n"
        Path(f"more/c{number}.yaml").write_text(caller, "utf-8")
    text = project.read_text("utf-8").replace("[documents.yaml]", "[documents.yaml, more]")
    project.write_text(text, "utf-8")
    found = list(changed(before, load(project=Path()).loaded))
    assert found[:2] == ["`documents.yaml`", "`more/c0.yaml` (new)"]
    assert (len(found), found[-1]) == (6, "4 more")
