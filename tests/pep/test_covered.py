"""Whoever keeps records and is closed has a checkpoint cover them, and for what they were asked."""

from __future__ import annotations

import asyncio

import pytest

from policy_router.enforcement.asgi import PolicyMiddleware
from policy_router.log.ledger import Ledger
from policy_router.log.verification import verify
from policy_router.service.ledgers import ledger_in
from policy_router.store.described import LogPlace
from tests.pep.conftest import Stage, Staged
from tests.pep.conftest import staged as staged  # noqa: PLC0414 - a fixture
from tests.pep.sdk import LIBRARIES, MESSAGES, async_client, sync_client
from tests.pep.world import ALLOWED, KEYS


@pytest.fixture
def stage(staged: Staged) -> Stage:
    return staged()


def _is_covered(stage: Stage) -> bool:
    found = verify(stage.world.log)
    return found.problem is None and found.records == found.covered > 0


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_transport_that_is_closed(stage: Stage, library: str) -> None:
    with sync_client(stage, library, key=KEYS["clinic"], log=None) as client:
        client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
        assert not _is_covered(stage)
    assert _is_covered(stage)


@pytest.mark.parametrize("library", LIBRARIES)
def test_one_of_an_event_loop(stage: Stage, library: str) -> None:
    async def call() -> None:
        async with async_client(stage, library, key=KEYS["clinic"], log=None) as client:
            await client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
            await asyncio.sleep(0.1)  # what nobody waits for is written a little later
            assert not _is_covered(stage)

    asyncio.run(call())
    assert _is_covered(stage)


def test_an_app_that_ends(stage: Stage) -> None:
    ledger = Ledger(stage.world.log)
    ledger.append({"kind": "unlinked"})

    async def app(*_: object) -> None:
        assert not _is_covered(stage)

    middleware = PolicyMiddleware(app, pdp=stage.pdp, prefix="/v1", log=ledger)
    asyncio.run(middleware({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert _is_covered(stage)


def test_how_long_a_record_waits_is_said_by_the_project(stage: Stage) -> None:
    ledger = ledger_in(LogPlace(stage.world.log, checkpoint_minutes=3))
    assert ledger.seconds == 180
    assert ledger_in(LogPlace(stage.world.log)).seconds == 600
