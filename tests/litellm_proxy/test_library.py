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
WAYS = {
    "a call of the library": "litellm.acompletion(model='openai/assistant', **base, **asked)",
    "a call of its router": "router.acompletion(model='assistant', **asked)",
    "a deployment by its id": "router.acompletion(model='assistant-eu', **asked)",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_call_that_never_came_in_goes_nowhere(tmp_path: Path, way: str) -> None:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    with serving() as eu:
        done = subprocess.run(
            [str(made()), "-c", f"{HEAD}\nasyncio.run({WAYS[way]})\n"],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "PYTHONPATH": f"{ROOT / 'router'}{os.pathsep}{tmp_path}",
                "LITELLM_LOCAL_MODEL_COST_MAP": "True",
                "EU_BASE": eu.base_url,
            },
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode != 0
        assert "which deployment would get the call cannot be seen" in done.stderr, done.stderr
        assert eu.untouched
