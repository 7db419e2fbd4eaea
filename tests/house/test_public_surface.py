"""What `import policy_router` offers, and what it costs."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import pytest

import policy_router
from tests.house.tree import ROOT

OPTIONAL = {"aiohttp", "anthropic", "asyncio", "duckdb", "fastapi", "httpx", "httpx2", "ibis"}
OPTIONAL |= {"jsonschema", "litellm", "mcp", "openai", "pandas", "rich", "ssl", "starlette"}
OPTIONAL |= {"aiohappyeyeballs", "httptools", "orjson", "uvicorn", "z3"}

# Run in an interpreter of its own. Python's own files and those of installed packages may be
# read while modules load; so may our source. Anything else is I/O.
WATCH = """
import json, sys
seen = []
libraries = (sys.prefix, sys.base_prefix, sys.exec_prefix)
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        path = arguments[0]
        if not path.endswith((".py", ".pyc")) and not path.startswith(libraries):
            seen.append("open " + path)
    elif event.startswith(("socket.", "subprocess.", "os.system", "urllib.")):
        seen.append(event)
sys.addaudithook(watch)
import policy_router
json.dump({"io": seen, "modules": sorted(sys.modules)}, sys.stdout)
"""


@cache
def _import_alone() -> dict[str, list[str]]:
    """Import the package in a fresh interpreter; return its I/O and the modules it loaded."""
    command = [sys.executable, "-W", "error", "-c", WATCH]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    answer: dict[str, list[str]] = json.loads(done.stdout)
    return answer


def test_importing_loads_nothing_optional() -> None:
    loaded = {name.partition(".")[0] for name in _import_alone()["modules"]}
    assert "policy_router" in loaded
    assert loaded & OPTIONAL == set()


def test_importing_does_no_io() -> None:
    assert _import_alone()["io"] == []


def test_all_names_the_whole_surface() -> None:
    assert dir(policy_router) == sorted(policy_router.__all__)
    for name in policy_router.__all__:
        assert getattr(policy_router, name).__name__ == name


def test_any_other_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute `lode`"):
        policy_router.lode  # noqa: B018 - looking it up is the test
