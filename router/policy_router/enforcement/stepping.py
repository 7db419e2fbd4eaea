"""Advancing an exchange from an event loop, which must not wait for a disk or a long text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from policy_router.audit.record import Ending, Record
from policy_router.enforcement.exchange import (
    Came,
    Deliver,
    Ended,
    Exchange,
    Finished,
    Hold,
    Keep,
    Send,
    Step,
    advance,
    told,
)
from policy_router.enforcement.gate import Gate
from policy_router.log.async_ledger import AsyncLedger
from policy_router.log.kept import AsyncLog, Log
from policy_router.log.ledger import Ledger
from policy_router.store.project import Loaded

LONGEST_HERE: Final = 2**16
"""Bytes of a body that an event loop reads and decides itself; a thread costs more than that."""

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


def is_long(gate: Gate, loaded: Loaded, body: bytes) -> bool:
    """Whether to decide a call may take so long that a loop should not wait for it.

    Detectors of a program, and Presidio, may take their time with a text of any length.
    """
    slow = gate.detectors or (loaded.project is not None and loaded.project.detection.presidio)
    return bool(slow) or len(body) > LONGEST_HERE


class Stepping:
    """One exchange, as an event loop advances it; `apart`: as in `advanced`."""

    def __init__(self, steps: Exchange, log: Log, *, apart: bool) -> None:
        self._steps = steps
        self._log = log
        self._from_loop = from_loop(log)
        self._apart = apart

    async def on(self, came: Came = None) -> Next:
        """Tell the exchange what came, and return what has to be done next."""
        return await advanced(self._steps, self._from_loop, came, apart=self._apart)

    def end(self, how: Ending) -> None:
        """Tell the exchange how it ended, at once, where nothing can be awaited any more."""
        advance(self._steps, self._log, Ended(how))


async def advanced(
    steps: Exchange, log: AsyncLog, came: Came = None, *, apart: bool = False
) -> Next:
    """Tell the exchange what came, keep what is to be kept, and return what has to be done next.

    `apart`: in a thread, but for the log's own waiting.
    """
    step = await _told_apart(steps.send, came) if apart else told(steps.send, came)
    while isinstance(step, Keep):
        try:
            await log.append(step.record, in_passing=step.is_last)
        except asyncio.CancelledError:
            told(steps.throw, OSError("nobody knows whether it was kept: the program is ending"))
            raise
        except Exception as error:  # noqa: BLE001 - the exchange knows what to make of it
            step = await _told_apart(steps.throw, error) if apart else told(steps.throw, error)
        else:
            step = await _told_apart(steps.send, None) if apart else told(steps.send, None)
    return step


async def _told_apart(tell: Callable[[Any], Step], what: Came | Exception) -> Step | Finished:
    """What `told` returns; whoever is cancelled while the thread is at it waits for it.

    So an exchange is never told a second thing while it is at the first.
    """
    step = asyncio.ensure_future(asyncio.to_thread(told, tell, what))
    try:
        return await asyncio.shield(step)
    except asyncio.CancelledError:
        await asyncio.wait([step])
        raise
