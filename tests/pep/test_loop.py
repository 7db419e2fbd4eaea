"""The event loop of the sidecar never waits for a disk: whoever does keeps every call waiting.

Told by what is called where a loop runs, not by the time it takes.
"""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import httpx2
import pytest

from policy_router.enforcement.apart import LONGEST_HERE
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.sidecar.app import Sidecar
from policy_router.enforcement.sidecar.metrics import Metrics
from policy_router.enforcement.sidecar.pruning import Pruning
from policy_router.enforcement.sidecar.reloading import Reloading
from policy_router.enforcement.subject import HEADER
from policy_router.log.ledger import Ledger
from policy_router.log.subjects import Subjects
from policy_router.store.watching import seen
from tests.fakes.served import served
from tests.pep.conftest import Stage, Staged
from tests.pep.sidecars import CHAT, Running, running
from tests.pep.world import ALLOWED, DENIED
from tests.unit.log.telling import NOBODY

WAITS = (
    "builtins.open",
    "io.open",
    "os.open",
    "os.write",
    "os.fsync",
    "os.stat",
    "os.scandir",
    "os.listdir",
    "os.mkdir",
    "os.unlink",
    "os.replace",
    "fcntl.flock",
    "time.sleep",
    "gc.collect",
)
"""What may take long, or as long as another process likes."""


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what was called where an event loop runs, once the list has been cleared."""
    found: list[str] = []

    def telling(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def told(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever it takes
            if asyncio._get_running_loop() is not None:
                found.append(name)
            return real(*args, **options)

        return told

    for name in WAITS:
        module, _, function = name.partition(".")
        real = getattr(__import__(module), function)
        monkeypatch.setattr(name, telling(name, real))
    return found


TAKES_LONG = (
    "policy_router.compiler.bind.Bound.__init__",
    "policy_router.enforcement.denial.near_names",
    "policy_router.enforcement.kinds.explained",
    "policy_router.enforcement.listing.model_list",
    "policy_router.service.decision.explain",
    "policy_router.wire.encodings.zlib.decompressobj",
    "sqlite3.connect",
)
"""What takes long whatever is asked, wherever the code that asks for it finds it."""

TAKES_LONG_OF_LONG = (
    "policy_router.wire.http_call.parse_in_parts",
    "policy_router.enforcement.judging.serialise",
)
"""What takes long of a long body: the first argument."""


@pytest.fixture
def working(monkeypatch: pytest.MonkeyPatch, watched: list[str]) -> dict[str, int]:
    """How often each of what takes long was done; `watched` has what was where a loop runs."""
    done = dict.fromkeys((*TAKES_LONG, *TAKES_LONG_OF_LONG), 0)

    def telling(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def told(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever it takes
            if name in TAKES_LONG or len(str(args[0])) > LONGEST_HERE:
                done[name] += 1
                if asyncio._get_running_loop() is not None:
                    watched.append(name)
            return real(*args, **options)

        return told

    for name in done:
        monkeypatch.setattr(name, telling(name, resolve_name(name)))
    return done


@contextmanager
def nothing_of_it(found: list[str]) -> Iterator[None]:
    """Nothing that may take long is called inside where a loop runs."""
    found.clear()
    yield
    assert found == []


def test_the_watch_sees_what_waits(watched: list[str], tmp_path: Path) -> None:
    async def waits() -> None:
        (tmp_path / "file").write_text("x", "utf-8")
        time.sleep(0)  # noqa: ASYNC251 - as above
        gc.collect()

    asyncio.run(waits())
    assert {"io.open", "time.sleep", "gc.collect"} <= set(watched)


def test_calls_are_carried_without_waiting_for_the_disk(
    stage: Stage, watched: list[str], tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "log")
    with running(stage, ledger) as sidecar:
        sidecar.post()  # modules are loaded with the first call that needs them
        sidecar.post(json={**CHAT, "model": DENIED})
        with nothing_of_it(watched):
            assert sidecar.post().status_code == 200
            assert sidecar.post(json={**CHAT, "stream": True}).status_code == 200
            assert sidecar.post(json={**CHAT, "model": DENIED}).status_code == 403
            assert sidecar.post(content=b"{").status_code == 400
    assert stage.near.requests


def _long(**more: str) -> dict[str, Any]:
    return {**CHAT, "messages": [{"role": "user", "content": "x" * 2 * LONGEST_HERE}], **more}


def test_what_takes_long_keeps_no_other_call_waiting(
    staged: Staged, watched: list[str], working: dict[str, int], tmp_path: Path
) -> None:
    """Invariant 11: each kind of it is done, and none of it where the loop runs."""
    stage = staged(spare=True)
    stage.near.codings = (
        stage.far.codings
    ) = ()  # an answer is unpacked piece by piece, a body at once
    (tmp_path / "keys").mkdir()
    packed = gzip.compress(json.dumps(_long()).encode(), mtime=0)
    assert len(packed) < LONGEST_HERE
    gate = Gate(stage.pdp, Ledger(tmp_path / "log"), "test", subjects=Subjects(tmp_path / "keys/s"))
    with served(Sidecar(gate)) as address:
        sidecar = Running(Sidecar(gate), address)
        httpx2.get(f"{address}/healthz")  # what starts a server is not asked about
        with nothing_of_it(watched):
            models = {"authorization": f"Bearer {sidecar.key}"}
            assert httpx2.get(f"{address}/v1/models", headers=models).status_code == 200
            assert sidecar.post().status_code == 200
            assert sidecar.post(json=_long()).status_code == 200
            of_packed = {"content-encoding": "gzip", "content-type": "application/json"}
            assert sidecar.post(content=packed, headers=of_packed).status_code == 200
            assert sidecar.post(headers={HEADER: "somebody"}).status_code == 200
            for model in (DENIED, "nobody/knows", DENIED, ALLOWED):
                assert sidecar.post(json=_long(model=model)).status_code in {200, 403}
                assert sidecar.post(json={**CHAT, "model": model}).status_code in {200, 403}
            stage.far.statuses.append(503)
            assert sidecar.post(json=_long()).status_code == 200
    assert [name for name, times in working.items() if not times] == []
    assert working["policy_router.enforcement.kinds.explained"] <= 4


@pytest.mark.parametrize("changed", [False, True])
def test_documents_are_looked_at_and_read_apart(
    staged: Staged, watched: list[str], changed: bool
) -> None:
    stage = staged()
    project = stage.pdp.loaded.project
    assert project is not None
    metrics = Metrics(lambda: 0, lambda: (stage.pdp.age, stage.pdp.oldest))
    known = frozenset() if changed else seen(project)
    reloading = Reloading(stage.pdp, stage.log, metrics, known)
    before = stage.pdp.loaded
    pruning = Pruning(stage.pdp, Ledger(Path("not-there")), NOBODY)

    def has_looked() -> bool:
        replaced = stage.pdp.loaded is not before
        return reloading.known == seen_apart and replaced is changed

    async def for_a_while() -> None:
        watching = [asyncio.ensure_future(each.watch()) for each in (reloading, pruning)]
        with nothing_of_it(watched):
            while not has_looked():  # noqa: ASYNC110 - whoever watches files tells nobody
                await asyncio.sleep(0.01)
            for each in watching:
                each.cancel()
            await asyncio.gather(*watching, return_exceptions=True)

    seen_apart = seen(project)
    asyncio.run(asyncio.wait_for(for_a_while(), 30))
    assert (stage.pdp.loaded is not before) is changed
