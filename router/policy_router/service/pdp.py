"""The policy decision point: one current snapshot, replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from policy_router.domain.claim import Moment, in_utc
from policy_router.domain.organisation import Enforcement
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.service.decision import Decision
from policy_router.service.last_good import LastGood
from policy_router.service.request import Request
from policy_router.service.same_log import check_same_log
from policy_router.store.project import Loaded, load_project
from policy_router.wire.refusal import RefusalCode, Refused

if TYPE_CHECKING:
    from policy_router.service.kept import Keeper

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current instant in UTC."""
    return datetime.now(UTC)


class _Current(NamedTuple):
    """What is in force: replaced as one, so that no decision sees half of it."""

    loaded: Loaded
    engine: Engine
    before: Engine | None = None


def _put_in_force(loaded: Loaded, before: Engine | None = None) -> _Current:
    return _Current(loaded, Engine(loaded.snapshot), before)


class PDP:
    """Decides requests from the documents it was loaded from. Make one with `load`.

    Safe to share between threads: a decision uses the one snapshot that was current when it
    began, and `reload` swaps snapshots whole.
    """

    def __init__(self, read: Callable[[], Loaded], clock: Clock = utc_now) -> None:
        self._read = read
        self._clock = clock
        self._reloading = Lock()
        self._last_good = LastGood(clock)
        self._keepers: dict[Path, Keeper] = {}
        self._current = _put_in_force(read())

    @property
    def loaded(self) -> Loaded:
        """The documents in force: snapshot, callers, scenarios, warnings."""
        return self._current.loaded

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot in force."""
        return self._current.engine.snapshot

    def keep_beside(self, log: Path) -> None:
        """Keep what is in force, and what will be before it is, beside the log in the folder `log`.

        Raises `OSError` if it cannot be kept.
        """
        from policy_router.service.kept import Keeper  # noqa: PLC0415 - needs POSIX, and a log

        with self._reloading:
            if log not in self._keepers:
                keeper = Keeper(log)
                keeper.keep(self._current.loaded)
                self._keepers[log] = keeper

    def decide(
        self,
        request: Request | RequestFacts,
        *,
        at: datetime | None = None,
        known_at: datetime | None = None,
        snapshot: Snapshot | None = None,
        gateway: str | None = None,
    ) -> Decision:
        """Decide `request` as of `at` (default: now), as known at `known_at` (default: all).

        `snapshot`: the one that was in force when the call came in (default: the one that is).
        `gateway`: the one the call goes to in any case, so that only its routes count.

        Raises `DocumentErrors` if the request states a fact that does not exist, `ValueError` if
        an instant has no zone, and `Refused` if the documents in force are `outdated`.
        """
        if self.outdated:
            raise _too_old()
        engine = self._engine_for(snapshot)
        if gateway is not None:
            engine = engine.at_gateway(gateway)
        facts = request.facts() if isinstance(request, Request) else request
        moment = Moment(at or self._clock(), known_at)
        return Decision(engine, engine.decide(facts, moment), facts)

    def is_at_hand(self, snapshot: Snapshot) -> bool:
        """Whether a decision from `snapshot` as of now takes no longer than any other."""
        for engine in (self._current.engine, self._current.before):
            if engine is not None and engine.snapshot is snapshot:
                return engine.is_at_hand(self._clock())
        return False

    def prepare(self) -> None:
        """Bind what decisions as of now are made from, so that no call waits for it."""
        self._current.engine.epoch(Moment(self._clock()))

    def _engine_for(self, snapshot: Snapshot | None) -> Engine:
        _, engine, before = self._current
        if snapshot is None or snapshot is engine.snapshot:
            return engine
        if before is not None and snapshot is before.snapshot:
            return before
        return Engine(snapshot)

    def permitted_routes(
        self,
        request: Request | RequestFacts,
        *,
        at: datetime | None = None,
        known_at: datetime | None = None,
    ) -> tuple[str, ...]:
        """The ids of the routes that may carry `request`, best first; empty if it is denied."""
        return self.decide(request, at=at, known_at=known_at).chain

    def reload(self) -> Snapshot:
        """Read all documents again and put them in force, all or nothing.

        Two at once take turns, so that what was read last stays in force. Raises `DocumentErrors`
        if the documents must not be used, or name another log, and `OSError` if they cannot be kept
        where they are to be; the last good snapshot stays in force until it is `outdated`.
        """
        with self._reloading:
            try:
                loaded = self._read()
                check_same_log(self.loaded.project, loaded.project)
                for keeper in self._keepers.values():
                    keeper.keep(loaded)
                current = _put_in_force(loaded, self._current.engine)
            except BaseException:
                self._last_good.refused(self.oldest)
                raise
            self._current = current
            self._last_good.replaced(self.oldest)
        return current.engine.snapshot

    def unchanged(self) -> None:
        """Hear from whoever watches the files that they are as they were when they were read."""
        self._last_good.looked(self.oldest)

    def now(self) -> datetime:
        """The instant that decisions are made for."""
        return self._clock()

    @property
    def age(self) -> timedelta:
        """For how long the documents in force are not known to be what their files say."""
        at = self._last_good.at
        return timedelta() if at is None else self._clock() - at

    @property
    def oldest(self) -> timedelta:
        """The age that documents in force may reach, as their project says."""
        project = self.loaded.project
        enforcement = Enforcement() if project is None else project.enforcement
        return timedelta(hours=enforcement.last_good_hours)

    @property
    def outdated(self) -> bool:
        """Whether they are older than that: then nothing is decided from them any more."""
        end = self._last_good.end
        return end is not None and self._clock() > end

    @property
    def until(self) -> datetime | None:
        """When they will be, as the files say what cannot be put in force; None if they do not."""
        return self._last_good.end if self._last_good.is_refused else None


def _too_old() -> Refused:
    return Refused(
        RefusalCode.OUTDATED_DOCUMENTS,
        "the documents in force could not be replaced for longer than they may be kept, so "
        "nothing is decided from them",
        "tell the operator: `policy-router check` says what is wrong with the new ones",
    )


class WrongSnapshot(ValueError):
    """Documents that are not the ones that were pinned; `str` says which they are."""


def load(
    *,
    project: str | Path | None = None,
    packs: Iterable[str] = (),
    all_routes: bool = False,
    pinned: Iterable[str] = (),
    clock: Clock = utc_now,
) -> PDP:
    """Load a project (its file or folder), or shipped `packs` alone, and return its PDP.

    `all_routes` ignores which gateways the organisation has. `pinned`: digests of the policies and
    the registry that alone may be put in force, now and by a reload. Raises `DocumentErrors` with
    every problem of every file, and `WrongSnapshot` for documents with another digest.
    """
    path = None if project is None else Path(project)
    names, wanted = tuple(packs), tuple(pinned)

    def read() -> Loaded:
        today = in_utc(clock()).date()
        loaded = load_project(path, packs=names, all_routes=all_routes, today=today)
        _check_pinned(loaded.snapshot, wanted)
        return loaded

    return PDP(read, clock)


def _check_pinned(snapshot: Snapshot, pinned: tuple[str, ...]) -> None:
    digests = snapshot.digests
    if set(pinned) - {digests.policies, digests.registry}:
        found = f"policies {digests.policies}, registry {digests.registry}"
        raise WrongSnapshot(f"the documents are not the ones that are pinned: {found}")
