"""A project whose files change while it runs, by a clock that is handed in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policy_router import PDP, load
from policy_router.audit.schemas import schema_files
from policy_router.enforcement.answer import Reply
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.sidecar.metrics import Metrics
from policy_router.enforcement.sidecar.reloading import Reloading
from policy_router.log.kept import MemoryLog
from policy_router.store.watching import seen
from policy_router.wire.http_call import HttpCall
from tests.pep.asking import admit
from tests.pep.world import ALLOWED, KEY_VARIABLE, UPSTREAM_KEY, build

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
MOMENT = timedelta(microseconds=1)
NOT_REPLACED = Draft202012Validator(json.loads(schema_files()["not_replaced.schema.json"]))
BODY = json.dumps({"model": ALLOWED, "messages": [{"role": "user", "content": "hello"}]}).encode()
JSON = ("content-type", "application/json")
CHAT = HttpCall("POST", "/chat/completions", "", (JSON,), BODY)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self, begin: datetime) -> None:
        self.at = begin

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Kept:
    """A project that is reloaded as the sidecar does it."""

    folder: Path
    clock: Clock
    pdp: PDP
    log: MemoryLog
    reloading: Reloading

    @property
    def gate(self) -> Gate:
        return Gate(self.pdp, self.log, "test")

    @property
    def told(self) -> list[dict[str, Any]]:
        """The records of documents that were not replaced."""
        found = [record for record in self.log.records if record["kind"] == "not_replaced"]
        for record in found:
            NOT_REPLACED.validate(record)
        return found

    def breaks(self) -> None:
        """Have the files say what cannot be put in force, and somebody look."""
        file = self.folder / "documents.yaml"
        self.good = file.read_text("utf-8")
        file.write_text(self.good.replace("kind: policy\n", "kind: polity\n"), "utf-8")
        self.reloading.look()

    def mends(self) -> None:
        """Have the files say again what they said."""
        (self.folder / "documents.yaml").write_text(self.good + "# mended\n", "utf-8")
        self.reloading.look()

    def asks(self) -> str | None:
        """The code of the refusal of a call that is permitted; None if it goes out."""
        caller = self.pdp.loaded.callers["clinic"]
        answer = admit(self.gate, CHAT, floor_of(caller))
        if not isinstance(answer, Reply):
            return None
        assert answer.status == 503
        return str(json.loads(answer.body)["error"]["code"])


Keeping = Callable[..., Kept]


@pytest.fixture
def keeping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keeping:
    """Make the project; its file may say more."""
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)

    def made(project: str = "", begin: datetime = BEGIN, **more: Any) -> Kept:  # noqa: ANN401 - whatever `load` takes
        build(tmp_path, project=project)
        clock, log = Clock(begin), MemoryLog()
        pdp = load(project=tmp_path, clock=clock, **more)
        assert pdp.loaded.project is not None
        metrics = Metrics(lambda: 0, lambda: (pdp.age, pdp.oldest))
        known = seen(pdp.loaded.project)
        return Kept(tmp_path, clock, pdp, log, Reloading(pdp, log, metrics, known))

    return made
