"""Every command explains itself, and its examples run."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from policy_router.audit.record import Finding, Occasion, record_of
from policy_router.cli.main import COMMANDS, main
from policy_router.enforcement.gate import gate_for
from policy_router.enforcement.kinds import decided as what_is_recorded
from policy_router.log.kept import open_ledger
from policy_router.service.pdp import load, utc_now
from policy_router.service.request import Request
from tests.cli.running import run
from tests.explorer.serving import serving
from tests.house.tree import ROOT
from tests.pep.serving import serving_process

CALL = "6b4e59db-24a0-4e2c-95b9-6bc25dbe7c34"
IMPORTS = ROOT / "tests" / "cases" / "imports"

# Run in an interpreter of its own: what the help of the whole program loads.
LOADED = """
import sys
from policy_router.cli.main import main
try:
    main(["--help"])
except SystemExit:
    pass
print("loaded:", *sorted(name for name in sys.modules))
"""


def examples(command: str) -> list[str]:
    """The examples in a command's help, as they are typed after the program's name."""
    text = run(f"{command} --help").out
    return re.findall(r"^    policy-router (.+)$", text.partition("Examples:")[2], re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_description_and_examples(name: str) -> None:
    command = main.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert command.help
    assert examples(name)
    assert all(shlex.split(example)[0] == name for example in examples(name))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_is_for(name: str) -> None:
    command = main.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    silent = [p.name for p in command.params if p.param_type_name == "option" and not p.help]
    assert silent == []


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new project, which is the current one."""
    folder = tmp_path / "project"
    assert run(f"init {folder} --example").code == 0
    for name, copy in (("opper", "models"), ("litellm", "prices")):
        shutil.copy(IMPORTS / f"{name}.json", folder / f"{copy}.json")
    monkeypatch.chdir(folder)
    log = open_ledger(Path("var/log"), anchor=Path("checkpoints-kept-elsewhere"))
    occasion = Occasion(CALL, utc_now(), "sidecar", None, 2)
    log.append(record_of(occasion, Finding(refused="unknown_caller")))
    log.check()
    return folder


@pytest.fixture
def decided(project: Path) -> None:
    """The same project, whose log holds a decision instead."""
    shutil.rmtree(project / "var")
    pdp = load(project=project)
    log = gate_for("sidecar", pdp).log
    found = pdp.decide(Request(model="openai/o4-mini", data=["non_personal"]))
    finding = Finding(what_is_recorded(found))
    log.append(record_of(Occasion(CALL, utc_now(), "sidecar", None, 2), finding))


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize("example", examples("replay"))
def test_an_example_of_replay_runs(example: str) -> None:
    done = run(example)
    assert done.code in {0, 1}, done.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "example",
    [
        example
        for name in COMMANDS
        if name not in {"init", "replay", "serve", "ui"}
        for example in examples(name)
    ],
)
def test_an_example_runs(example: str) -> None:
    done = run(example)
    assert done.code in {0, 1}, done.err


@pytest.mark.parametrize("example", examples("init"))
def test_an_example_of_init_runs(
    example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(example).code == 0


@pytest.mark.parametrize("example", examples("serve"))
def test_an_example_of_serve_serves(
    example: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPPER_API_KEY", "none")
    assert run("caller add somebody --data non_personal").code == 0
    with serving_process(project, *shlex.split(example)[1:]) as at:
        assert httpx2.get(f"{at.address}/readyz").status_code == 200


@pytest.mark.parametrize("example", examples("ui"))
def test_an_example_of_ui_serves(example: str, project: Path) -> None:
    with serving(" ".join(shlex.split(example)[1:]), project) as at:
        assert httpx2.get(at.link).status_code == 200


def test_the_help_of_the_program_loads_no_command_and_no_library_but_click() -> None:
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    loaded = done.stdout.rpartition("loaded:")[2].split()
    ours = {name for name in loaded if name.startswith("policy_router.")}
    assert ours <= {
        "policy_router.cli",
        "policy_router.cli.main",
        "policy_router.domain",
        "policy_router.domain.diagnostic",
        "policy_router.domain.release",
    }
    assert not {"pydantic", "yaml", "jsonschema", "hypothesis"} & set(loaded)


def test_without_a_command_the_help_is_shown() -> None:
    done = run("")
    assert (done.code, done.out) == (2, "")
    assert done.err == run("--help").out


def test_the_help_lists_every_command() -> None:
    text = run("--help").out
    assert [name for name in COMMANDS if f"\n  {name} " not in text] == []
    assert "Examples:" in text
