"""The demo says what it should, twice the same, and the commands it ends with work."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.patience import PATIENCE

pytestmark = pytest.mark.xdist_group("demo")  # one process, so that it runs once


@cache
def _demo() -> str:
    command = [sys.executable, "-W", "error", "examples/demo.py"]
    done = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.stderr == ""
    return done.stdout


def test_the_routes_in_use_come_first_with_what_each_needs() -> None:
    first = _demo().split("2. May")[0]
    assert len(first.splitlines()) <= 40
    assert "In use are 3 of 317 routes within reach" in first
    for route in ("inhouse:assistant-eu", "opper:openai/gpt-5-mini", "opper:openai/o4-mini"):
        assert len(re.findall(rf"^{route} ", first, re.MULTILINE)) >= 2
    assert "contract with OpenAI API; contract" in first


def test_the_three_rows_come_out_as_documented() -> None:
    outcomes = re.findall(r"^(PERMITTED|REFUSED) ", _demo(), re.MULTILINE)
    assert outcomes == ["REFUSED", "PERMITTED", "REFUSED"]
    second, fourth = re.findall(r"(?ms)^REFUSED.*?^What instead\n(.*?)\n-+$", _demo())
    assert "nothing" in second
    assert "`inhouse:assistant-eu`, the organisation's own" in fourth
    assert _demo().count("- an agreement with Opper") == 1


def test_a_call_is_refused_and_one_let_through() -> None:
    reached = re.findall(r"calls that reached a gateway: (\d)", _demo())
    assert reached == ["0", "1"]
    assert re.findall(r"HTTP (\d+)$", _demo(), re.MULTILINE) == ["403", "200"]
    assert "sent to llm.example-gmbh.example: model `assistant`, store false" in _demo()
    assert "no words of the notes" in _demo()


def test_nobody_is_promised_too_much() -> None:
    assert "compliant" not in _demo().replace("no_compliant_route", "").lower()
    assert "Not legal advice" in _demo()
    assert max(map(len, _demo().split("Try next")[0].splitlines())) <= 100


@pytest.mark.parametrize("number", range(5))
def test_the_commands_to_try_next_work(number: int, tmp_path: Path) -> None:
    lines = re.findall(r"^    \S*policy-router (.*)$", _demo(), re.MULTILINE)
    assert len(lines) == 5
    words = lines[number].replace("my-project", str(tmp_path / "my-project")).split()
    command = [str(Path(sys.executable).parent / "policy-router"), *words]
    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode in {0, 1}, done.stderr
    assert done.stdout
    assert done.stderr == ""
