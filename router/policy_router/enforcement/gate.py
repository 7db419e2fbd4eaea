"""What an enforcement point decides and records with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from policy_router.detect.detector import Detector
from policy_router.enforcement.callers import Floors
from policy_router.enforcement.detecting import detectors_in
from policy_router.enforcement.endings import Endings
from policy_router.enforcement.kinds import Kinds
from policy_router.enforcement.log_place import check_log
from policy_router.enforcement.per_load import PerLoad
from policy_router.log.kept import Log
from policy_router.log.ledger import Ledger
from policy_router.log.subjects import Subjects
from policy_router.service.ledgers import ledger_in
from policy_router.service.pdp import PDP
from policy_router.store.program import build
from policy_router.store.project import Loaded
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits


def floors_in(loaded: Loaded) -> Floors:
    """Those of the callers of a load."""
    return Floors(loaded.callers.values())


def may_wait(loaded: Loaded) -> bool:
    """Whether any call may be waited for: for the disk with a key, or for what reads its texts.

    So where a gateway within reach has its key in a file, and with Presidio.
    """
    if loaded.project is not None and loaded.project.detection.presidio:
        return True
    gateways, project = loaded.snapshot.registry.gateways, loaded.project
    within = gateways if project is None else project.gateways
    keys = [gateways[name].key for name in within]
    return any(key is not None and key.file is not None for key in keys)


@dataclass(frozen=True, slots=True)
class Gate:
    """What an enforcement point decides with: `point` names it in the records.

    `detectors`: those of the program, beside the project's. `floors`, `kinds`, `endings`: what is
    worked out once for all calls under one load; `waits`: whether any of them may be waited for.
    `subjects`: the keys of persons, if it keeps any.
    """

    pdp: PDP
    log: Log
    point: str
    limits: Limits = field(default=DEFAULT_LIMITS)
    detectors: tuple[Detector, ...] = ()
    subjects: Subjects | None = None
    floors: PerLoad[Floors] = field(
        default_factory=lambda: PerLoad(floors_in), repr=False, compare=False
    )
    kinds: PerLoad[Kinds] = field(default_factory=lambda: PerLoad(Kinds), repr=False, compare=False)
    endings: PerLoad[Endings] = field(
        default_factory=lambda: PerLoad(Endings), repr=False, compare=False
    )
    waits: PerLoad[bool] = field(
        default_factory=lambda: PerLoad(may_wait), repr=False, compare=False
    )
    of_project: PerLoad[tuple[Detector, ...]] = field(
        default_factory=lambda: PerLoad(detectors_in), repr=False, compare=False
    )

    def detectors_under(self, loaded: Loaded) -> tuple[Detector, ...]:
        """The program's and the project's; raises `DetectorMissing` if one cannot be had."""
        of_project = self.of_project.of(loaded)
        return (*self.detectors, *of_project) if self.detectors else of_project

    def close(self) -> None:
        """Have a checkpoint cover what was recorded; calls may be recorded all the same.

        What keeps it from being written is told to the operator.
        """
        if isinstance(self.log, Ledger):
            self.log.cover()


def gate_for(
    point: str,
    pdp: PDP,
    log: Log | None = None,
    limits: Limits = DEFAULT_LIMITS,
    detectors: tuple[Detector, ...] = (),
) -> Gate:
    """The gate of an enforcement point; without `log` it records where the project says.

    The documents that decisions are made from are kept beside a log of files, before any decision.

    Raises `DetectorMissing` if a detector that the project names cannot be had, `OSError` if the
    documents cannot be kept, `ValueError` if what they say may come from a cache, and as
    `ledger_of`: no record, no call.
    """
    if not pdp.loaded.is_from_texts:
        raise ValueError(_CACHED)
    detectors_in(pdp.loaded)
    keeps = log or ledger_of(pdp)
    build()  # read now: no call waits for files
    if isinstance(keeps, Ledger):
        pdp.keep_beside(keeps.folder)
    return Gate(pdp, keeps, point, limits, detectors, _subjects_of(pdp))


def _subjects_of(pdp: PDP) -> Subjects | None:
    project = pdp.loaded.project
    path = None if project is None or project.log is None else project.log.subjects
    return None if path is None else Subjects(path)


_CACHED: Final = (
    "calls are decided by documents that are read as text, not from a cache: use `load`"
)


def ledger_of(pdp: PDP) -> Ledger:
    """Where the project says that decisions are logged.

    Raises `ValueError` if it says nothing about that, and `DocumentErrors`, which name the field,
    if what it names cannot be written or cannot sign.
    """
    project = pdp.loaded.project
    if project is None or project.log is None:
        message = (
            "there is no log, and a call is only sent once its decision is recorded: "
            "name one in the project (`log: {folder: ...}`), or pass one"
        )
        raise ValueError(message)
    place = project.log
    check_log(project)
    return ledger_in(place)
