"""Screens as people see them; `--update-cases` writes them anew, for a person to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_router.report.screen import Screen
from tests.cli.running import AT, run, without_digests
from tests.house.tree import ROOT

SCREENS = Path(__file__).parent / "screens"
HEALTH = (
    "--data health --regime eu_gdpr --purpose patient-letters --lawful-basis A6-1-b "
    "--special-condition A9-2-h"
)
ELSEWHERE = "--config tests/cli/projects/elsewhere.yaml"
ORGANISATION = "--config examples/organisation"
VERDICTS = "tests/cli/projects/verdicts.json"

# ---- name of the screen, the command, its exit code
CASES = {
    "decide-public-text": (
        "decide --policy gdpr --model opper:openai/o4-mini --data non_personal",
        0,
    ),
    "decide-personal": (
        "decide --policy gdpr --model opper:openai/o4-mini --data personal --regime eu_gdpr",
        1,
    ),
    "decide-personal-with-contracts": (
        f"decide {ORGANISATION} --model openai/o4-mini --data personal --regime eu_gdpr",
        0,
    ),
    "decide-health": (f"decide {ORGANISATION} --model openai/o4-mini {HEALTH}", 1),
    "decide-facts-missing": (f"decide {ORGANISATION} --model openai/o4-mini --data health", 1),
    "decide-unknown-model": ("decide --policy gdpr --model o4-mini --data personal", 1),
    "decide-any-model": (f"decide {ORGANISATION} {HEALTH}", 0),
    "decide-obligation": (
        f"decide {ORGANISATION} --model openai/o4-mini --data personal --server-tool web_search",
        1,
    ),
    "decide-unsuitable": (
        f"decide {ORGANISATION} --model openai/o4-mini --data non_personal --tokens-out 200000",
        1,
    ),
    "decide-not-reachable": (
        f"decide {ELSEWHERE} --model openai/o4-mini --data non_personal",
        1,
    ),
    "explain-personal": (
        "explain --policy gdpr --model opper:openai/o4-mini --data personal --regime eu_gdpr",
        1,
    ),
    "explain-health": (f"explain {ORGANISATION} --model openai/o4-mini {HEALTH}", 1),
    "why-personal": ("why opper:openai/o4-mini --data personal --regime eu_gdpr", 1),
    "why-health": ("why opper:openai/o4-mini --data health", 1),
    "why-routes-in-use": (f"why --data personal --regime eu_gdpr {ORGANISATION}", 0),
    "audit": (f"audit {ORGANISATION}", 0),
    "audit-detail": (
        f"audit {ORGANISATION} --scenario customer-data --provider mistral --detail",
        0,
    ),
    "audit-markdown": (f"audit {ORGANISATION} --format markdown", 0),
    "audit-csv": (
        f"audit {ORGANISATION} --model openai/o4-mini,example-gmbh/* --format csv",
        0,
    ),
    "audit-without-a-project": ("audit --policy gdpr", 0),
    "audit-fail-on": (f"audit {ORGANISATION} --fail-on 'expiring<90d'", 1),
    "gaps-in-use": (f"gaps {ORGANISATION}", 0),
    "decide-any-model-without-a-project": ("decide --policy gdpr --data non_personal", 0),
    "gaps": (f"gaps {ORGANISATION} --provider openai,mistral --most 4", 0),
    "registry-show": ("registry show openai/o4-mini", 0),
    "registry-show-in-a-project": (f"registry show openai/o4-mini {ORGANISATION}", 0),
    "registry-show-own-route": (f"registry show inhouse:assistant-eu {ORGANISATION}", 0),
    "registry-compare": (
        f"registry compare openai/o4-mini example-gmbh/assistant {ORGANISATION}",
        0,
    ),
    "registry-list": (
        "registry list --where '{inference_location: {within: [EEA]}}' --sort price.input",
        0,
    ),
    "registry-list-unknown": (
        "registry list --where '{training: [prohibited, off_by_default]}' --unknown --most 4",
        0,
    ),
    "registry-evidence": (f"registry evidence openai/o4-mini {ORGANISATION}", 0),
    "registry-stats": ("registry stats", 0),
    "registry-stale": (f"registry stale --within 90d {ORGANISATION}", 0),
    "registry-diff": (f"registry diff {ORGANISATION[9:]} shipped --policy gdpr", 0),
    "policy-diff": (f"policy diff {ORGANISATION[9:]} shipped --policy gdpr", 0),
    "registry-reconcile": (
        f"registry reconcile {VERDICTS} --policy gdpr --scenario public-text,customer-data",
        1,
    ),
    "check": (f"check {ORGANISATION}", 0),
    "test": (f"test {ORGANISATION}", 0),
}


@pytest.mark.parametrize("name", CASES)
def test_screen(name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    command, code = CASES[name]
    instant = "" if command.startswith(("check", "test")) else f" --at {AT}"
    done = run(command + instant)
    shown = without_digests(f"$ policy-router {command}{instant}\n{done.out}")
    file = SCREENS / f"{name}.txt"
    if request.config.getoption("--update-cases"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(shown, "utf-8")
    assert (done.code, done.err) == (code, "")
    assert shown == file.read_text("utf-8")


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith(("decide", "why"))])
def test_a_decision_fits_one_screen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for module in ("decide", "why"):
        name_of_screen = f"policy_router.cli.{module}.screen"
        monkeypatch.setattr(name_of_screen, lambda: Screen(person=True))
    lines = run(f"{CASES[name][0]} --at {AT}").lines
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 100


def test_there_is_no_screen_without_a_case() -> None:
    assert {file.stem for file in SCREENS.glob("*.txt")} == set(CASES)
