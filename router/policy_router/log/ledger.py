"""The log for those who decide: threads share it, and none goes on before its record is kept."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from weakref import WeakMethod, WeakSet

from policy_router.log.alarm import Alarm, call
from policy_router.log.checkpoint import Checkpoint, Signer
from policy_router.log.line import packed
from policy_router.log.segment import LogDamaged
from policy_router.log.writer import Recall, Sizes, Writer

_LOGGER: Final = logging.getLogger("policy_router")
USUAL: Final = Sizes()


def _shut() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(slots=True)
class _Entry:
    """A record on its way: `number` once it is kept, `error` once it is not.

    `gate` opens once either is so, or once `leads`: its thread is to write the next group.
    """

    record: bytes
    number: int | None = None
    error: BaseException | None = None
    leads: bool = False
    gate: threading.Lock = field(default_factory=_shut)

    @property
    def settled(self) -> bool:
        """Whether its thread may go on."""
        return self.number is not None or self.error is not None


def _now() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """A log in a folder, which other processes may share.

    Whoever comes while a group is being written waits for the next one with all others who
    came: one write, one `fsync` (group commit). `publish` is told of every checkpoint while the
    log is locked, so it must not take long. `recall` tells the newest checkpoint that it was told
    of: a log that is found is gone on with only if it holds those records.

    A checkpoint comes after so many records or so many seconds as `sizes` says, with `close`, and
    at the end of the program.
    """

    def __init__(  # noqa: PLR0913 - what a log is written with, each of another kind
        self,
        folder: Path,
        signer: Signer | None = None,
        publish: Callable[[Checkpoint], None] | None = None,
        sizes: Sizes = USUAL,
        now: Callable[[], datetime] = _now,
        recall: Recall | None = None,
    ) -> None:
        self.folder = folder
        self.seconds = sizes.seconds
        self._writer = Writer(folder, signer, publish, sizes, now, recall)
        self._waiting: list[_Entry] = []
        self._led = False
        self._joining, self._writing = threading.Lock(), threading.Lock()
        self._alarm = Alarm(sizes.seconds, WeakMethod(self.cover))
        _LEDGERS.add(self)
        os.register_at_fork(after_in_child=partial(call, WeakMethod(self._begin_anew)))

    def append(self, record: Mapping[str, Any]) -> int:
        """Return the number of `record` once it is on the disk.

        Raises `OSError` if it is not kept, `LogDamaged` if the log is not what it was, and
        `ValueError` for what is no record.
        """
        entry = _Entry(packed(record))
        with self._joining:
            self._waiting.append(entry)
            entry.leads, self._led = not self._led, True
        self._wait(entry)
        if entry.error is not None:
            raise entry.error
        return entry.number or 0

    def keep(self, records: Sequence[bytes]) -> range:
        """Keep packed records that follow on each other, all or none. Raises as `append`."""
        with self._writing:
            kept = self._writer.keep(records)
            self._alarm.set()
            return kept

    def check(self) -> Checkpoint | None:
        """Sign and write down where the log is now; None if it has no record yet."""
        with self._writing:
            return self._writer.check()

    def close(self) -> Checkpoint | None:
        """Have a checkpoint cover all that was kept; it can be written to all the same.

        None if one did already. Raises as `append`.
        """
        with self._writing:
            self._alarm.stop()
            return self._writer.cover()

    def cover(self) -> None:
        """As `close`, and then by itself after a while if more is kept. What fails is tried again.

        That is told to the operator, and nobody else waits for it.
        """
        with self._writing:
            self._alarm.stop()
            try:
                self._writer.cover()
            except (OSError, LogDamaged) as error:
                _LOGGER.error("a checkpoint of the log was not written: %s", error)  # noqa: TRY400
                self._alarm.set()

    @property
    def is_written(self) -> bool:
        """Whether something was kept that nothing may cover yet."""
        return self._alarm.is_set

    def close_segment(self, before: datetime) -> None:
        """Begin a new segment, if the one that is written to was begun before an instant."""
        with self._writing:
            self._writer.close_segment(before)

    def _wait(self, entry: _Entry) -> None:
        """Until `entry` is settled, by this thread if it is to lead."""
        try:
            if not entry.leads:
                entry.gate.acquire()
        except BaseException:
            with self._joining:
                if entry in self._waiting and not entry.leads:
                    self._waiting.remove(entry)
            raise
        finally:
            if entry.leads and not entry.settled:
                self._lead()

    def _lead(self) -> None:
        """Keep the records of all who wait now, and leave those who came since to one of them."""
        with self._joining:
            group, self._waiting = self._waiting, []
        self._settle(group)
        for entry in group:
            entry.gate.release()
        with self._joining:
            self._led = bool(self._waiting)
            if self._led:
                self._waiting[0].leads = True
                self._waiting[0].gate.release()

    def _settle(self, group: Sequence[_Entry]) -> None:
        try:
            numbers = self.keep([entry.record for entry in group])
        except BaseException as error:  # noqa: BLE001 - each of the group waits, and is told
            for entry in group:
                entry.error = error
        else:
            for entry, number in zip(group, numbers, strict=True):
                entry.number = number

    def _begin_anew(self) -> None:
        """In a forked child: those who wait, and whoever holds a lock, are not there."""
        self._waiting, self._led = [], False
        self._joining, self._writing = threading.Lock(), threading.Lock()
        self._alarm.forget()


_LEDGERS: Final[WeakSet[Ledger]] = WeakSet()


@atexit.register
def _cover_all() -> None:
    """Cover what nobody closed: a hook or a middleware is not told that its program ends."""
    for ledger in list(_LEDGERS):
        if ledger.is_written:
            ledger.cover()
