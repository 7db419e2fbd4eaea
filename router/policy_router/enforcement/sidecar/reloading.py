"""Documents that are read again while calls are served: all of them, or none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policy_router.audit.record import Replaced, load_record, not_replaced_record
from policy_router.domain.diagnostic import Diagnostic, DocumentErrors, Severity
from policy_router.enforcement.judging import report
from policy_router.enforcement.observing import enforcement_in, observes
from policy_router.enforcement.reach import keyless
from policy_router.enforcement.sidecar.metrics import Metrics
from policy_router.engine.render import instant
from policy_router.log.kept import Log
from policy_router.log.segment import LogDamaged
from policy_router.service.pdp import PDP, WrongSnapshot
from policy_router.store.project import Loaded
from policy_router.store.watching import Seen, seen

LOOK_SECONDS: Final = 1.0

_LOGGER: Final = logging.getLogger("policy_router")


@dataclass(slots=True)
class Reloading:
    """Puts documents in force, and says so: in the log, the metrics and to the operator.

    `known`: what the files looked like before those were read that are in force at first. `codes`:
    of what kept the files from being put in force when they were read last.
    """

    pdp: PDP
    log: Log
    metrics: Metrics
    known: Seen
    codes: tuple[str, ...] = ()
    has_told_age: bool = False

    def tell(self, before: Loaded | None = None) -> None:
        """Prepare what is in force, and record it and what it replaces.

        Raises `OSError` if that cannot be recorded.
        """
        self.pdp.prepare()
        digests, loaded = self.pdp.snapshot.digests, self.pdp.loaded
        now = self.pdp.now()
        is_observing = observes(loaded, now)
        replaced = None if before is None else replaced_by(before, loaded)
        self.metrics.tell_snapshot(
            digests.policies, digests.registry, lambda: observes(loaded, self.pdp.now())
        )
        self.log.append(load_record(now, digests, replaced, observed=is_observing))
        if is_observing:
            until = enforcement_in(loaded).observe_until
            _LOGGER.warning("nothing is enforced until %s: every call passes", until)
        for found in keyless(loaded):
            _LOGGER.warning(_NO_KEY, found.gateway, found.missing.found, found.routes)
            _LOGGER.warning("  help: %s", found.missing.advice)

    def reload(self) -> None:
        """Read all documents again; where they cannot be used, the last good ones stay in force."""
        before = self.pdp.loaded
        done = self._replaced()
        self.metrics.count_reload(done=done)
        if done:
            now = self.pdp.snapshot.digests
            self._tell_change(before)
            what = ", ".join(changed(before, self.pdp.loaded)) or "nothing that counts"
            _LOGGER.info(_RELOADED, now.policies, now.registry, what)

    def _replaced(self) -> bool:
        try:
            self.pdp.reload()
        except DocumentErrors as errors:
            wrong = [d for d in errors.diagnostics if d.severity is Severity.ERROR]
            self._stay("; ".join(map(_told, wrong)), *(d.code for d in wrong))
        except (WrongSnapshot, OSError) as error:
            self._stay(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the last good ones stay
            report("could not read the documents", error)
            self._stay("they could not be read")
        else:
            self.codes, self.has_told_age = (), False
            return True
        return False

    def _tell_change(self, before: Loaded) -> None:
        try:
            self.tell(before)
        except (OSError, LogDamaged) as error:
            _LOGGER.error("reloaded, which could not be recorded: %s", error)  # noqa: TRY400

    def _stay(self, why: str, *codes: str) -> None:
        self.codes = codes
        words = "not reloaded, the last good documents stay in force until %s: %s"
        _LOGGER.error(words, self._until(), why)
        self._record_stay(outdated=False)

    def _until(self) -> str:
        return instant((self.pdp.until or self.pdp.now()).replace(microsecond=0))

    def _record_stay(self, *, outdated: bool) -> None:
        now, digests = self.pdp.now(), self.pdp.snapshot.digests
        until = self.pdp.until or now
        try:
            self.log.append(not_replaced_record(now, digests, until, self.codes, outdated=outdated))
        except (OSError, LogDamaged) as error:
            _LOGGER.error("which could not be recorded: %s", error)  # noqa: TRY400

    async def watch(self) -> None:
        """Reload whenever a file of the project has changed, for as long as nobody cancels."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next look may be better
                report("could not look at the documents", error)
            await asyncio.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Look at the files once: reload if one has changed, and say when the age is reached.

        Here too it is prepared what calls are decided from, as dates in the documents come.
        """
        self.pdp.prepare()
        now = self._seen()
        if now is not None and now == self.known:
            self.pdp.unchanged()
        elif now is not None:
            self.known = now
            self.reload()
        if self.pdp.outdated and not self.has_told_age:
            self.has_told_age = True
            _LOGGER.error("no call passes: %s", _OUTDATED)
            self._record_stay(outdated=True)

    def _seen(self) -> Seen | None:
        """What the files look like that are in force now; None where that cannot be told."""
        project = self.pdp.loaded.project
        try:
            return frozenset() if project is None else seen(project)
        except OSError as error:
            _LOGGER.error("could not look at the documents: %s", error)  # noqa: TRY400
            return None


def replaced_by(before: Loaded, after: Loaded) -> Replaced:
    """What of `before` is not in `after` as it was, where no digest tells."""
    callers = _differing(_callers(before), _callers(after))
    gateways = _differing(_gateways(before), _gateways(after))
    return Replaced(before.snapshot.digests, callers, gateways)


def _callers(loaded: Loaded) -> dict[str, object]:
    found = loaded.callers.items()
    return {name: (each.key_sha256, each.facts, each.may_declare) for name, each in found}


def _gateways(loaded: Loaded) -> dict[str, object]:
    found = loaded.snapshot.registry.gateways.items()
    return {name: (each.type, each.base_url, each.key) for name, each in found}


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    names = before.keys() | after.keys()
    return tuple(sorted(name for name in names if before.get(name) != after.get(name)))


def changed(before: Loaded, after: Loaded) -> Iterator[str]:
    """The documents that are otherwise than before, by name; of many the first few."""
    old, new = _by_name(before), _by_name(after)
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    for name in names[:_MOST_TOLD]:
        yield f"`{name}`" + ("" if name in old and name in new else _COME_OR_GONE[name in new])
    if len(names) > _MOST_TOLD:
        yield f"{len(names) - _MOST_TOLD} more"


def _by_name(loaded: Loaded) -> dict[str, bytes]:
    texts = loaded.texts
    return {} if texts is None else {s.name: s.data for s in (*texts.sources, *texts.registry)}


_MOST_TOLD: Final = 5
_COME_OR_GONE: Final = {True: " (new)", False: " (gone)"}
_RELOADED: Final = "reloaded: policies %s, registry %s; changed: %s"
_NO_KEY: Final = "gateway `%s` has no key, as %s: nothing can be sent through it (routes: %d)"
_OUTDATED: Final = "the documents in force could not be replaced for too long (`last_good_hours`)"


def _told(wrong: Diagnostic) -> str:
    return f"{wrong.span}: {wrong.code}: {wrong.message}"
