"""Retention while calls are served: once a day, where the project says how long it keeps."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from policy_router.enforcement.judging import report
from policy_router.log.ledger import Ledger
from policy_router.log.segment import LogDamaged
from policy_router.log.telling import NotTold, Telling
from policy_router.service.pdp import PDP, utc_now
from policy_router.service.retention import prune

EVERY: Final = timedelta(days=1)

_LOGGER: Final = logging.getLogger("policy_router")


@dataclass(frozen=True, slots=True)
class Pruning:
    """Removes from `ledger` what is older than the project in force keeps."""

    pdp: PDP
    ledger: Ledger
    telling: Telling

    async def watch(self) -> None:
        """Do so at once, and then every day, for as long as nobody cancels."""
        while True:
            await asyncio.to_thread(self.prune)
            await asyncio.sleep(EVERY.total_seconds())

    def prune(self) -> None:
        """Do so once; whatever goes wrong is told to the operator, and calls go on."""
        project = self.pdp.loaded.project
        if project is None or project.log is None or project.log.keep_days is None:
            return
        now, days = utc_now(), project.log.keep_days
        try:
            found = prune(self.ledger, now - timedelta(days=days), now, self.telling)
        except NotTold as error:
            _LOGGER.error("nothing is removed from the log: %s", error)  # noqa: TRY400
            return
        except (OSError, LogDamaged) as error:
            report("could not remove what is older than the project keeps", error)
            return
        if found.segments is not None:
            _LOGGER.warning("removed from the log: records before %d", found.segments.first)
