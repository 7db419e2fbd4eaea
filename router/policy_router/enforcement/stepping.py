"""Advancing an exchange from an event loop, which must not wait for a disk or a long text."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from policy_router.audit.record import Ending, Record
from policy_router.enforcement.exchange import (
    ON_THE_WAY,
    Came,
    Deliver,
    Ended,
    Exchange,
    Finished,
    Hold,
    Keep,
    Send,
    advance,
    told,
)
from policy_router.log.async_ledger import AsyncLedger
from policy_router.log.kept import AsyncLog, Log
from policy_router.log.ledger import Ledger

_LEDGERS: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, AsyncLedger]]] = (
    WeakKeyDictionary()
)

Next = Send | Hold | Deliver | Finished


@dataclass(frozen=True, slots=True)
class InThreads:
    """A log that is waited for in threads."""

    log: Log

    async def append(self, record: Record, *, in_passing: bool = False) -> None:  # noqa: ARG002
        """Keep `record`; raises `OSError` if it is not kept."""
        await asyncio.to_thread(self.log.append, record)


@dataclass(frozen=True, slots=True)
class Here:
    """A log that keeps nobody waiting."""

    log: Log

    async def append(self, record: Record, *, in_passing: bool = False) -> None:  # noqa: ARG002
        """Keep `record`; raises `OSError` if it is not kept."""
        self.log.append(record)


def from_loop(log: Log) -> AsyncLog:
    """How the running event loop comes to `log`."""
    if not isinstance(log, Ledger):
        return InThreads(log) if getattr(log, "waits", True) else Here(log)
    ledgers = _LEDGERS.setdefault(asyncio.get_running_loop(), {})
    found = ledgers.get(id(log))
    if found is None:
        found = ledgers[id(log)] = AsyncLedger(log)  # which holds it, so that its id stays its own
    return found


class Stepping:
    """One exchange, as an event loop advances it."""

    def __init__(self, steps: Exchange, log: Log) -> None:
        self._steps = steps
        self._log = log
        self._from_loop = from_loop(log)

    async def on(self, came: Came = None) -> Next:
        """Tell the exchange what came, and return what has to be done next."""
        return await advanced(self._steps, self._from_loop, came)

    def end(self, how: Ending) -> None:
        """Tell the exchange how it ended, at once, where nothing can be awaited any more."""
        advance(self._steps, self._log, Ended(how))


async def advanced(steps: Exchange, log: AsyncLog, came: Came = None) -> Next:
    """Tell the exchange what came, keep what is to be kept, and return what has to be done next.

    What may take long is done in a thread. Whoever is cancelled meanwhile ends the exchange.
    """
    step = told(steps.send, came)
    while isinstance(step, ON_THE_WAY):
        try:
            if isinstance(step, Keep):
                await log.append(step.record, in_passing=step.is_last)
            else:
                await asyncio.to_thread(step.work)
        except asyncio.CancelledError:
            if isinstance(step, Keep):
                told(steps.throw, OSError("nobody knows whether it was kept: the program ends"))
            steps.close()
            raise
        except Exception as error:  # noqa: BLE001 - the exchange knows what to make of it
            step = told(steps.throw, error)
        else:
            step = told(steps.send, None)
    return step
