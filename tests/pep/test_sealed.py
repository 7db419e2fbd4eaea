"""Nobody who can only write to the cache changes what an enforcement point decides.

The worst case is taken: somebody who also has the secret that seals the cache. What a command shows
can then be changed, which these tests do first, so that they are known to have changed something.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import httpx2
import openai
import pytest

from examples.fastapi_app.app import create_app
from policy_router import PDP, Request, load
from policy_router.cli.documents import Chosen
from policy_router.enforcement.asgi import PolicyMiddleware
from policy_router.enforcement.gate import gate_for
from policy_router.enforcement.httpx2_transport import PolicyTransport
from policy_router.enforcement.sidecar.metrics import Metrics
from policy_router.enforcement.sidecar.reloading import Reloading
from policy_router.log.kept import MemoryLog
from policy_router.store.cache import users_cache
from policy_router.store.watching import seen
from tests.cli.running import run
from tests.fakes.served import served
from tests.house.tree import ROOT
from tests.pep.conftest import Stage
from tests.pep.sdk import MESSAGES
from tests.pep.serving import ran, serving_process
from tests.pep.world import DENIED, KEYS

DECIDE = f"decide {DENIED} --data health --regime eu_gdpr --purpose letters"

FACTS = Request(data=["health"], regime=["eu_gdpr"], purpose="letters")


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a cache and a secret of this test's own."""
    folder = tmp_path_factory.mktemp("kept")
    monkeypatch.setenv("POLICY_ROUTER_CACHE", str(folder / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    return folder / "cache"


def lies(kept: Path, seal: Callable[[str, bytes], str]) -> int:
    """Have every file of the cache say that the denied route runs in the EEA; how many did not."""
    files = [*kept.glob("*.cache")]
    changed = 0
    for file in files:
        text = file.read_bytes()[64:]
        other = text.replace(b'"US"', b'"DE"')
        file.write_bytes(seal(file.stem, other).encode() + other)
        changed += other != text
    return changed


def by_the_user(key: str, text: bytes) -> str:
    cache = users_cache(os.environ)
    assert cache is not None
    return cache.seal(key.encode(), text)


def by_anybody(key: str, text: bytes) -> str:
    return sha256(key.encode() + text).hexdigest()


@pytest.fixture
def lying(stage: Stage, kept: Path) -> Iterator[Stage]:
    """A cache for the project, named both ways, that says what its documents do not."""
    here = ["--config", str(stage.world.folder)]
    shown = [*DECIDE.split(), "--at", "2026-11-22T12:00Z"]
    assert ran(stage.world.folder, *shown).returncode == 1
    assert run(" ".join([*shown, *here])).code == 1
    assert lies(kept, by_the_user) >= 2
    assert ran(stage.world.folder, *shown).returncode == 0, "nothing was tampered with"
    assert run(" ".join([*shown, *here])).code == 0, "nothing was tampered with"
    yield stage
    assert run(" ".join([*shown, *here])).code == 0, "somebody made the cache anew"


def refused(address: str) -> None:
    http = httpx2.Client()
    with (
        openai.OpenAI(
            api_key=KEYS["clinic"], base_url=f"{address}/v1", http_client=http, max_retries=0
        ) as client,
        pytest.raises(openai.PermissionDeniedError) as no,
    ):
        client.chat.completions.create(model=DENIED, messages=MESSAGES)
    assert no.value.code == "no_compliant_route"


def test_the_sidecar_decides_from_the_texts(lying: Stage) -> None:
    with serving_process(lying.world.folder) as at:
        refused(at.address)
    assert lying.untouched


def test_the_middleware_decides_from_the_texts(lying: Stage) -> None:
    pdp = load(project=lying.world.folder)
    with served(create_app(pdp)) as address:
        refused(address)
        pdp.reload()
        refused(address)
    assert lying.untouched


def test_a_transport_decides_from_the_texts(lying: Stage) -> None:
    pdp = load(project=lying.world.folder)
    transport = PolicyTransport(pdp, log=MemoryLog(), who=FACTS)
    with httpx2.Client(transport=transport) as http:
        body = {"model": DENIED, "messages": MESSAGES}
        answer = http.post(f"{lying.near.base_url}/chat/completions", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "no_compliant_route")
    assert lying.untouched


def test_what_is_read_again_while_calls_are_served_is_read_as_text(lying: Stage) -> None:
    pdp = load(project=lying.world.folder)
    before = pdp.snapshot
    project = pdp.loaded.project
    assert project is not None
    reloading = Reloading(
        pdp, MemoryLog(), Metrics(lambda: 0, lambda: (pdp.age, pdp.oldest)), seen(project)
    )
    reloading.reload()
    assert pdp.snapshot is not before
    assert pdp.snapshot == before
    assert pdp.loaded.is_from_texts


def test_no_enforcement_point_takes_what_a_cache_may_have_said(stage: Stage, kept: Path) -> None:
    shown = Chosen(stage.world.folder, (), all_routes=False).shown()
    assert not shown.loaded.is_from_texts
    points: list[Callable[[PDP], object]] = [
        lambda pdp: gate_for("test", pdp, MemoryLog()),
        lambda pdp: PolicyMiddleware(create_app(stage.pdp), pdp=pdp, log=MemoryLog()),
        lambda pdp: PolicyTransport(pdp, log=MemoryLog(), who=FACTS),
    ]
    for point in points:
        with pytest.raises(ValueError, match="not from a cache"):
            point(shown)
    assert [*kept.iterdir()]


def test_whoever_has_not_the_secret_cannot_change_what_a_command_shows(
    stage: Stage, kept: Path
) -> None:
    command = f"{DECIDE} --at 2026-11-22T12:00Z --config {stage.world.folder}"
    honest = run(command)
    assert honest.code == 1
    assert lies(kept, by_anybody) >= 1
    assert run(command) == honest


SHOWS = {
    *(
        "decide",
        "doctor",
        "documents",
        "explain",
        "log_folder",
        "registry_import",
        "registry_scope",
    ),
    *("replay", "scope", "sides", "why"),
}
"""The commands, and what they share, that may show what was kept; imports keep what they fetch."""


def test_the_rooms_that_decide_calls_do_not_know_the_cache() -> None:
    package = ROOT / "router" / "policy_router"
    naming = {
        file.relative_to(package)
        for room in ("api", "enforcement", "service", "cli", "verify", "log")
        for file in (package / room).rglob("*.py")
        if _names_the_cache(ast.parse(file.read_text("utf-8")))
    }
    assert naming == {Path("cli", f"{name}.py") for name in (*SHOWS, "main")}


def _names_the_cache(tree: ast.Module) -> bool:
    return any(
        (isinstance(node, ast.ImportFrom) and node.module == "policy_router.store.cache")
        or (isinstance(node, ast.Call) and not node.args and _is_shown(node.func))
        for node in ast.walk(tree)
    )


def _is_shown(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and called.attr == "shown"
