"""Recorded decisions made again from the documents that were kept beside their log."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from policy_router.audit.record import Record, rests_on_data
from policy_router.audit.replay import (
    Asked,
    Deviation,
    Fidelity,
    again_data,
    asked_in,
    canonical,
    deviations,
)
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Digests
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.unreplayable import Unreplayable
from policy_router.engine.decide import Engine
from policy_router.service.decision import Decision
from policy_router.service.kept import made_again
from policy_router.service.maker import Maker, this_program

MOST_SNAPSHOTS: Final = 3
"""How many snapshots are held ready: records of one time name few."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of one record. `maker`: of the decision, None if its record names no version.

    `deviations`: only where it is not the same; `refusal`: why it could not be made again.
    `rests_on`: what stands behind the permission that was made again, as records have it.
    """

    record: Record
    fidelity: Fidelity
    maker: Maker | None
    deviations: tuple[Deviation, ...] = ()
    refusal: Unreplayable | None = None
    rests_on: Record | None = None

    @property
    def of_another_version(self) -> bool:
        """Whether another version or build of the program than this one made the decision."""
        return self.maker is not None and self.maker != this_program()


class Replayer:
    """Decides again what the log in a folder says was decided.

    A snapshot is made once for all records that follow on each other; what keeps it from being
    made is remembered too.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._engines: OrderedDict[Digests, Engine | Unreplayable] = OrderedDict()

    def replayed(self, record: Record) -> Replayed:
        """Whether the decision in a record comes out the same, byte for byte."""
        maker = _maker_of(record)
        try:
            made = self.again(asked_in(record))
        except Unreplayable as refusal:
            return Replayed(record, Fidelity.CANNOT, maker, refusal=refusal)
        recorded: dict[str, Any] = record["decision"]
        again, rests_on = again_data(record, made.determination), _rests_on(record, made)
        if _RESTS_ON in record:
            recorded = {**recorded, _RESTS_ON: record[_RESTS_ON]}
            again[_RESTS_ON] = rests_on
        if canonical(recorded) == canonical(again):
            return Replayed(record, Fidelity.SAME, maker, rests_on=rests_on)
        fidelity = Fidelity.DIFFERS if maker == this_program() else Fidelity.OTHER_VERSION
        return Replayed(record, fidelity, maker, deviations(recorded, again), rests_on=rests_on)

    def again(
        self, asked: Asked, moment: Moment | None = None, snapshot: Snapshot | None = None
    ) -> Decision:
        """The decision on what was asked, by default from the same documents and as of then.

        Raises `Unreplayable`.
        """
        engine = self._engine(asked.digests) if snapshot is None else Engine(snapshot)
        if asked.gateway is not None:
            engine = engine.at_gateway(asked.gateway)
        return Decision(engine, engine.decide(asked.facts, moment or asked.moment), asked.facts)

    def _engine(self, digests: Digests) -> Engine:
        found = self._engines.get(digests)
        if found is None:
            found = self._engines[digests] = _made(self._log, digests)
            while len(self._engines) > MOST_SNAPSHOTS:
                self._engines.popitem(last=False)
        self._engines.move_to_end(digests)
        if isinstance(found, Unreplayable):
            raise found
        return found


_RESTS_ON: Final = "rests_on"
"""What records of earlier versions do not hold."""


def _rests_on(record: Record, made: Decision) -> Record | None:
    if not (record["admitted"] and made.permitted):
        return None
    return rests_on_data(made.rests_on, record["attempt"]["route"], made.determination)


def _maker_of(record: Record) -> Maker | None:
    version = record.get("version")
    return None if version is None else Maker(version, record.get("build"))


MOST_NAMED: Final = 20
_OFTEN: Final = 100


@dataclass(slots=True)
class Many:
    """What came of many records.

    `undecided`: calls refused before anything was decided. `codes`: why decisions could not be made
    again; `others`: how many were made by which other version or build. `named`: the first ones
    that are not the same.
    """

    counts: Counter[Fidelity] = field(default_factory=Counter)
    undecided: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    named: list[Replayed] = field(default_factory=list)

    def add(self, found: Replayed) -> None:
        """Count one."""
        self.counts[found.fidelity] += 1
        if found.refusal is not None:
            self.codes[found.refusal.code] += 1
        if found.of_another_version:
            self.others[str(found.maker)] += 1
        if found.fidelity is not Fidelity.SAME and len(self.named) < MOST_NAMED:
            self.named.append(found)


def replay_many(
    replayer: Replayer, records: Iterable[Record], progress: Callable[[int], None]
) -> Many:
    """Make every decision in `records` again; no more than a few of them are held."""
    found = Many()
    for number, record in enumerate(records, start=1):
        if record["decision"] is None:
            found.undecided += 1
        else:
            found.add(replayer.replayed(record))
        if number % _OFTEN == 0:
            progress(number)
    return found


def _made(log: Path, digests: Digests) -> Engine | Unreplayable:
    try:
        return Engine(made_again(log, digests).snapshot)
    except Unreplayable as refusal:
        return refusal
