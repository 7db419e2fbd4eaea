"""Advancing an exchange from an event loop: the record waits for the disk, so in a thread."""

from __future__ import annotations

import asyncio

from policy_router.audit.log import Log
from policy_router.enforcement.exchange import (
    Came,
    Deliver,
    Exchange,
    Finished,
    Hold,
    Send,
    advance,
)


async def advanced(
    steps: Exchange, log: Log, came: Came = None
) -> Send | Hold | Deliver | Finished:
    """What `advance` returns; whoever is cancelled meanwhile waits for it.

    So an exchange is never told a second thing while it is at the first.
    """
    step = asyncio.ensure_future(asyncio.to_thread(advance, steps, log, came))
    try:
        return await asyncio.shield(step)
    except asyncio.CancelledError:
        await asyncio.wait([step])
        raise
