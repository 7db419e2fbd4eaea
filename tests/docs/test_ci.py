"""The hooks and the snippets for builds run, and stop what they should stop."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy_router.cli.templates import CI
from tests.docs.consoles import environment
from tests.formats import junit, sarif
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


WORKFLOW, PIPELINE, NIGHTLY, CONFIG = map(yaml.safe_load, blocks("yaml"))
STEPS = [step["run"] for step in WORKFLOW["jobs"]["policies"]["steps"] if "run" in step]
COMMANDS = [step for step in STEPS if step.startswith("policy-router ")]
(REPORTS,) = [step for step in STEPS if step.startswith("mkdir ")]
JOB = PIPELINE["policies"]


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as it is written."""
    folder = tmp_path_factory.mktemp("new") / "project"
    assert typed(f"policy-router init {folder}", folder.parent).returncode == 0
    return folder


@pytest.fixture
def project(new: Path, tmp_path: Path) -> Path:
    """A sound project of each test's own."""
    return shutil.copytree(new, tmp_path / "project")


def typed(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a build does."""
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder, env=environment(), check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def make_fail(project: Path) -> None:
    """Let a case of the suite expect what does not come."""
    suite = project / "suite.yaml"
    text = suite.read_text("utf-8")
    suite.write_text(text.replace("{outcome: denied}", "{outcome: permitted}"), "utf-8")


def make_broken(project: Path) -> None:
    """Name a territory that does not exist in a policy that is in force."""
    file = project / "policy-router.yaml"
    file.write_text(file.read_text("utf-8").replace("[opper]", "[oper]"), "utf-8")


def test_the_hooks_are_those_the_page_names() -> None:
    (repository,) = CONFIG["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in HOOKS]


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_a_hook_stops_what_it_should(hook: dict[str, Any], project: Path) -> None:
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    assert shlex.split(hook["entry"])[0] == "policy-router"
    assert typed(hook["entry"], project).returncode == 0
    make_fail(project)
    assert typed(hook["entry"], project).returncode == int(hook["id"].endswith("test"))
    make_broken(project)
    done = typed(hook["entry"], project)
    assert done.returncode == 2
    assert "did you mean `opper`?" in done.stdout + done.stderr


def test_the_page_shows_the_script_that_init_writes(project: Path) -> None:
    assert blocks("sh") == [CI]
    assert (project / "ci" / "policies.sh").read_text("utf-8") == CI


def test_the_script_writes_reports(project: Path) -> None:
    done = typed("ci/policies.sh", project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sarif((project / "reports/check.sarif").read_text("utf-8"))["results"] == []
    assert junit((project / "reports/test.xml").read_text("utf-8")).get("failures") == "0"
    assert "| --- |" in (project / "reports/audit.md").read_text("utf-8").replace("---|", " --- |")


def test_the_script_stops_at_a_failed_case_and_says_it_in_words(project: Path) -> None:
    make_fail(project)
    done = typed("ci/policies.sh", project)
    assert done.returncode == 1
    assert "outcome: expected permitted, found refused" in done.stdout
    assert junit((project / "reports/test.xml").read_text("utf-8")).get("failures") == "1"


def test_the_script_stops_at_a_broken_document_and_says_it_in_words(project: Path) -> None:
    make_broken(project)
    done = typed("ci/policies.sh", project)
    assert done.returncode == 2
    assert "did you mean `opper`?" in done.stdout
    assert sarif((project / "reports/check.sarif").read_text("utf-8"))["results"]


def test_the_workflow_has_both_commands() -> None:
    assert {command.split()[1] for command in COMMANDS} == {"check", "test"}
    assert STEPS[0] == "pip install policy-router"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_workflow_stops_at_a_broken_document(command: str, project: Path) -> None:
    assert typed(command, project).returncode == 0
    make_broken(project)
    assert typed(command, project).returncode == 2


@pytest.mark.parametrize(
    ("spoil", "check", "test"),
    [
        (Path.exists, [], []),
        (make_fail, [], ["unexpected-decision"]),
        (make_broken, ["PRJ405"], ["PRJ405"]),
    ],
)
def test_the_workflow_uploads_both_reports_whatever_they_say(
    spoil: Callable[[Path], object], check: list[str], test: list[str], project: Path
) -> None:
    spoil(project)
    assert typed(REPORTS, project).returncode == 0
    folder = project / WORKFLOW["jobs"]["policies"]["steps"][-1]["with"]["sarif_file"]
    found = {file.stem: sarif(file.read_text("utf-8")) for file in folder.iterdir()}
    rules = {name: [r["ruleId"] for r in log["results"]] for name, log in found.items()}
    assert rules == {"check": check, "test": test}
    assert len({log["automationDetails"]["id"] for log in found.values()}) == 2


@pytest.mark.parametrize(
    ("spoil", "code", "failures"),
    [
        (Path.exists, 0, {"check": "0", "test": "0"}),
        (make_fail, 1, {"check": "0", "test": "1"}),
        (make_broken, 2, {"check": "1"}),
    ],
)
def test_the_job_of_a_pipeline_stops_where_it_should_and_leaves_its_reports(
    spoil: Callable[[Path], object], code: int, failures: dict[str, str], project: Path
) -> None:
    install, *script = JOB["script"]
    assert install == STEPS[0]
    spoil(project)
    assert typed("\n".join(["set -e", *script]), project).returncode == code
    reports = project.glob(JOB["artifacts"]["reports"]["junit"])
    assert {r.stem: junit(r.read_text("utf-8")).get("failures") for r in reports} == failures


def test_commands_run_with_this_interpreter() -> None:
    assert Path(sys.executable).parent.as_posix() in environment()["PATH"]


def test_the_nightly_job_stops_at_what_was_lost(project: Path) -> None:
    """Nothing is lost right after an audit was saved; without the gateway everything is."""
    _, _, command = NIGHTLY["policies-nightly"]["script"]
    assert typed("policy-router audit --format json > saved.json", project).returncode == 0
    assert typed(f"mkdir -p reports && {command}", project).returncode == 0
    file = project / "policy-router.yaml"
    file.write_text(file.read_text("utf-8").replace("[opper]", "[openrouter]"), "utf-8")
    done = typed(command, project)
    assert done.returncode == 1
    assert "FAILED  lost-routes>0" in done.stdout
    failures = junit((project / "reports/audit.xml").read_text("utf-8")).iter("failure")
    assert [failure.get("type") for failure in failures] == ["ALR611"]
