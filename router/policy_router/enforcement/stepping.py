"""Advancing an exchange from an event loop, which must not wait for a disk."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from policy_router.audit.record import Record
from policy_router.enforcement.exchange import (
    Came,
    Deliver,
    Exchange,
    Finished,
    Hold,
    Keep,
    Send,
    advance,
    told,
)
from policy_router.log.kept import AsyncLog, Log


@dataclass(frozen=True, slots=True)
class InThreads:
    """A log that is waited for in threads."""

    log: Log

    async def append(self, record: Record, *, in_passing: bool = False) -> None:  # noqa: ARG002
        """Keep `record`; raises `OSError` if it is not kept."""
        await asyncio.to_thread(self.log.append, record)


Next = Send | Hold | Deliver | Finished


async def advanced(steps: Exchange, log: Log, came: Came = None) -> Next:
    """What `advance` returns, from a thread; whoever is cancelled meanwhile waits for it.

    So an exchange is never told a second thing while it is at the first.
    """
    step = asyncio.ensure_future(asyncio.to_thread(advance, steps, log, came))
    try:
        return await asyncio.shield(step)
    except asyncio.CancelledError:
        await asyncio.wait([step])
        raise


async def advanced_here(steps: Exchange, log: AsyncLog, came: Came = None) -> Next:
    """The same in this thread, but for the log's own waiting."""
    step = told(steps.send, came)
    while isinstance(step, Keep):
        try:
            await log.append(step.record, in_passing=step.is_last)
        except asyncio.CancelledError:
            told(steps.throw, OSError("nobody knows whether it was kept: the program is ending"))
            raise
        except Exception as error:  # noqa: BLE001 - the exchange knows what to make of it
            step = told(steps.throw, error)
        else:
            step = told(steps.send, None)
    return step
