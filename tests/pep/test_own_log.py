"""A log of somebody's own, as the documentation shows it: no record there, no call."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import openai
import pytest
from jsonschema import Draft202012Validator

from policy_router.audit.schemas import schema_files
from policy_router.log.kept import Log
from tests.house.tree import ROOT
from tests.pep.conftest import Stage
from tests.pep.sdk import sync_client
from tests.pep.world import ALLOWED, CANARY, KEYS, UPSTREAM_KEY

PAGE = (ROOT / "docs" / "log.md").read_text("utf-8")
RECORD = Draft202012Validator(json.loads(schema_files()["record.schema.json"]))


@pytest.fixture
def table(tmp_path: Path) -> tuple[Log, Path]:
    """The log of the page, and its file."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    said: dict[str, Any] = {}
    exec(code, said)  # noqa: S102 - our own documentation
    log: Log = said["TableLog"](str(tmp_path / "table"))
    return log, tmp_path / "table"


def _ask(stage: Stage, log: Log) -> str | None:
    with sync_client(stage, "httpx2", key=KEYS["clinic"], log=log) as client:
        messages: Any = [{"role": "user", "content": CANARY}]
        answer = client.chat.completions.create(model=ALLOWED, messages=messages)
    return answer.choices[0].message.content


def test_a_log_of_ones_own_has_every_record_and_no_word(
    stage: Stage, table: tuple[Log, Path]
) -> None:
    log, file = table
    assert _ask(stage, log)
    with sqlite3.connect(file) as reading:
        rows = reading.execute("SELECT kind, text FROM record").fetchall()
    reading.close()
    assert [kind for kind, _ in rows] == ["decision", "outcome"]
    RECORD.validate(json.loads(rows[0][1]))
    everything = file.read_bytes()
    for secret in (CANARY, UPSTREAM_KEY, *KEYS.values()):
        assert secret.encode() not in everything


def test_what_it_cannot_keep_is_not_sent(stage: Stage, table: tuple[Log, Path]) -> None:
    log, file = table
    with sqlite3.connect(file) as breaking:
        breaking.execute("DROP TABLE record")
    breaking.close()
    with pytest.raises(openai.APIStatusError) as caught:
        _ask(stage, log)
    assert caught.value.status_code == 503
    assert stage.untouched
    assert CANARY not in str(caught.value)
