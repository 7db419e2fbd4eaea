"""What an enforcement point decides and records with."""

from __future__ import annotations

from dataclasses import dataclass, field

from policy_router.detect.detector import Detector
from policy_router.enforcement.detecting import detectors_in
from policy_router.log.kept import Log, open_ledger
from policy_router.log.ledger import Ledger
from policy_router.service.pdp import PDP
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class Gate:
    """What an enforcement point decides with: `point` names it in the records.

    `detectors`: those of the program, beside the project's.
    """

    pdp: PDP
    log: Log
    point: str
    limits: Limits = field(default=DEFAULT_LIMITS)
    detectors: tuple[Detector, ...] = ()


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
    documents cannot be kept, and as `ledger_of`: no record, no call.
    """
    detectors_in(pdp.loaded)
    keeps = log or ledger_of(pdp)
    if isinstance(keeps, Ledger):
        pdp.keep_beside(keeps.folder)
    return Gate(pdp, keeps, point, limits, detectors)


def ledger_of(pdp: PDP) -> Ledger:
    """Where the project says that decisions are logged.

    Raises `ValueError` if it says nothing about that or names no key that can sign, `OSError` if
    the key cannot be read, and `ImportError` if what signs is not installed.
    """
    project = pdp.loaded.project
    if project is None or project.log is None:
        message = (
            "there is no log, and a call is only sent once its decision is recorded: "
            "name one in the project (`log: {folder: ...}`), or pass one"
        )
        raise ValueError(message)
    place = project.log
    return open_ledger(place.folder, place.key, place.anchor)
