"""Documents that are read again while calls are served: all of them, or none."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from policy_router.audit.record import load_record
from policy_router.domain.diagnostic import DocumentErrors, Severity
from policy_router.enforcement.judging import report
from policy_router.enforcement.observing import enforcement_in, observes
from policy_router.enforcement.sidecar.metrics import Metrics
from policy_router.log.kept import Log
from policy_router.service.pdp import PDP, WrongSnapshot
from policy_router.store.garbage import take_for_lasting
from policy_router.store.watching import Seen, seen

LOOK_SECONDS: Final = 1.0

_LOGGER: Final = logging.getLogger("policy_router")


@dataclass(frozen=True, slots=True)
class Reloading:
    """Puts documents in force, and says so: in the log, the metrics and to the operator.

    `known`: what the files looked like before those were read that are in force at first.
    """

    pdp: PDP
    log: Log
    metrics: Metrics
    known: Seen

    def tell(self, before: str | None = None) -> None:
        """Record what is in force; raises `OSError` if that cannot be recorded."""
        digests, loaded = self.pdp.snapshot.digests, self.pdp.loaded
        now = datetime.now(UTC)
        is_observing = observes(loaded, now)
        self.metrics.tell_snapshot(digests.policies, digests.registry, observes=is_observing)
        self.log.append(load_record(now, digests, before, observed=is_observing))
        if is_observing:
            until = enforcement_in(loaded).observe_until
            _LOGGER.warning("nothing is enforced until %s: every call passes", until)

    def reload(self) -> None:
        """Read all documents again; where they cannot be used, the last good ones stay in force."""
        before = self.pdp.snapshot.digests
        done = self._replaced()
        self.metrics.count_reload(done=done)
        if done:
            after = self.pdp.snapshot.digests
            self._tell_change(before.policies)
            take_for_lasting()
            _LOGGER.warning("reloaded: policies %s, registry %s", after.policies, after.registry)

    def _replaced(self) -> bool:
        try:
            self.pdp.reload()
        except DocumentErrors as errors:
            wrong = [d for d in errors.diagnostics if d.severity is Severity.ERROR]
            self._stay("; ".join(f"{d.span.file}: {d.message}" for d in wrong))
        except (WrongSnapshot, OSError) as error:
            self._stay(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the last good ones stay
            report("could not read the documents", error)
        else:
            return True
        return False

    def _tell_change(self, before: str) -> None:
        try:
            self.tell(before)
        except OSError as error:
            _LOGGER.error("reloaded, which could not be recorded: %s", error)  # noqa: TRY400

    def _stay(self, why: str) -> None:
        _LOGGER.error("not reloaded, the last good documents stay in force: %s", why)

    async def watch(self) -> None:
        """Reload whenever a file of the project has changed, for as long as nobody cancels."""
        known = self.known
        while True:
            now = await asyncio.to_thread(self._seen)
            if now != known:
                known = now
                await asyncio.to_thread(self.reload)
            await asyncio.sleep(LOOK_SECONDS)

    def _seen(self) -> Seen:
        """What the files look like that are in force now; nothing where that cannot be told."""
        project = self.pdp.loaded.project
        try:
            return frozenset() if project is None else seen(project)
        except OSError as error:
            self._stay(str(error))
            return frozenset()
