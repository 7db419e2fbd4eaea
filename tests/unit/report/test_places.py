"""Where something is written, for readers: what came with the program is said to have."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_router.domain.diagnostic import Span
from policy_router.report.places import place
from tests.house.tree import ROOT

PACK = "policies/gdpr/policy.yaml"
GATEWAY = "data/gateways/opper.yaml"


def _placed(file: str) -> str:
    return place(Span(file, 7, 1))


def test_what_came_with_the_program_is_said_to_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _placed(PACK) == "shipped pack gdpr, line 7"
    assert _placed(GATEWAY) == f"shipped {GATEWAY}:7"


@pytest.mark.parametrize("file", [PACK, GATEWAY])
def test_a_file_of_the_users_own_by_the_same_name_is_not(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text("", "utf-8")
    assert _placed(file) == f"{file}:7"


@pytest.mark.parametrize("file", ["policies/vendors.yaml", "--where", str(ROOT / PACK), "0" * 999])
def test_any_other_file_stands_by_its_name(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _placed(file) == f"{file}:7"


def test_in_a_checkout_what_is_shipped_is_the_file_that_stands_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    assert _placed(GATEWAY) == f"shipped {GATEWAY}:7"


def test_what_could_act_on_a_terminal_is_shown() -> None:
    assert _placed("a\x1b.yaml") == "a\\u{1b}.yaml:7"
