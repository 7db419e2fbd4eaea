"""Records of earlier builds stay replayable: they come out the same, or their build is named."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from policy_router.audit.replay import Fidelity
from policy_router.log.reading import records_in
from policy_router.service.maker import this_program
from policy_router.service.replaying import Replayer
from tests.cli.running import run
from tests.house.tree import ROOT

LOGS = sorted((ROOT / "tests/cases/records").iterdir())
"""A log each, as some build wrote it, with the documents it kept; none is ever written anew."""


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.name)
def test_a_record_of_an_earlier_build_comes_out_the_same_or_its_build_is_named(log: Path) -> None:
    replayer = Replayer(log)
    decided = [r for r in records_in(log) if r["kind"] == "decision" and r["decision"]]
    assert decided
    for record in decided:
        found = replayer.replayed(record)
        assert found.fidelity is not Fidelity.DIFFERS
        if found.fidelity is not Fidelity.SAME:
            assert found.maker not in {None, this_program()}
            assert found.refusal is None or found.refusal.code == "LOG503"


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.name)
def test_the_command_says_so(log: Path) -> None:
    done = run(f"replay --all --log {log} --format json")
    data = json.loads(done.out)
    assert data["differs"] == 0
    assert data["decisions"] == data["same"] + data["other_version"] + data["cannot"]
    assert set(data["codes"]) <= {"LOG503"}


def test_whatever_decides_a_call_records_its_build() -> None:
    found = [
        call
        for room in ("enforcement", "api", "service", "explorer")
        for file in (ROOT / "router/policy_router" / room).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Decided"
    ]
    assert found
    assert [ast.unparse(c) for c in found if "build()" not in ast.unparse(c)] == []
