"""What an enforcement point decides and records with."""

from __future__ import annotations

from dataclasses import dataclass, field

from policy_router.audit.log import FileLog, Log
from policy_router.detect.detector import Detector
from policy_router.enforcement.detecting import detectors_in
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

    Raises `ValueError` if the project says nothing about that (no record, no call), and
    `DetectorMissing` if a detector that it names cannot be had.
    """
    detectors_in(pdp.loaded)
    return Gate(pdp, log or _log_of(pdp), point, limits, detectors)


def _log_of(pdp: PDP) -> Log:
    project = pdp.loaded.project
    if project is None or project.log is None:
        message = (
            "there is no log, and a call is only sent once its decision is recorded: "
            "name one in the project (`log: {file: ...}`), or pass one"
        )
        raise ValueError(message)
    return FileLog(project.log)
