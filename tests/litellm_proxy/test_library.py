"""LiteLLM's library without its proxy: calls that no caller and no deployment can be told of."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fakes.upstream import serving
from tests.house.tree import ROOT
from tests.litellm_proxy.environment import made
from tests.litellm_proxy.proxy import EXAMPLE

pytestmark = [pytest.mark.packaging, pytest.mark.xdist_group("litellm")]

HEAD = """
import asyncio, os
import litellm
from governed import hook
litellm.callbacks = [hook]
base = {"api_base": os.environ["EU_BASE"], "api_key": "k"}
asked = {"messages": [{"role": "user", "content": "hello"}]}
deployment = {"model_name": "assistant", "litellm_params": {"model": "openai/assistant", **base},
              "model_info": {"id": "assistant-eu"}}
router = litellm.Router(model_list=[deployment], num_retries=0)
"""
WAYS = (
    "litellm.acompletion(model='openai/assistant', **base, **asked)",
    "router.acompletion(model='assistant', **asked)",
    "router.acompletion(model='assistant-eu', **asked)",  # a deployment by its id
)


TWICE = """
from litellm.proxy.types_utils.utils import get_instance_fn
first = get_instance_fn("governed.hook", "config.yaml")
second = get_instance_fn("governed.authenticate", "config.yaml").__self__
assert first is not second and first._gate is second._gate
from policy_router.wire.json_strict import Limits
from policy_router.enforcement.litellm_hook import PolicyHook
try:
    PolicyHook(first._gate.gate.pdp, limits=Limits(size=1))
except ValueError as error:
    print(error)
"""
TAKEN = """
async def taken():
    for way in ways:
        try:
            await eval(way)
        except Exception as error:
            print(way, "failed:", str(error).replace(chr(10), " "))
        else:
            print(way, "came back")
asyncio.run(taken())
"""


def _run(folder: Path, program: str, base: str) -> subprocess.CompletedProcess[str]:
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
    return subprocess.run(
        [str(made()), "-c", program],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": f"{ROOT / 'router'}{os.pathsep}{folder}",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "EU_BASE": base,
        },
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_call_that_never_came_in_goes_nowhere(tmp_path: Path) -> None:
    """In one process: to import LiteLLM takes far longer than a call."""
    with serving() as eu:
        done = _run(tmp_path, f"{HEAD}\nways = {WAYS}\n{TAKEN}", eu.base_url)
        assert eu.untouched
    found = dict(
        line.split(" failed: ", 1) for line in done.stdout.splitlines() if "failed" in line
    )
    assert list(found) == list(WAYS), done.stdout + done.stderr
    for error in found.values():
        assert "which deployment would get the call cannot be seen" in error


def test_a_file_that_litellm_runs_twice_makes_one_gate(tmp_path: Path) -> None:
    done = _run(tmp_path, TWICE, "")
    assert done.returncode == 0, done.stderr
    assert "another hook writes the log" in done.stdout
