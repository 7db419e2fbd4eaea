"""What an enforcement point decides and records with."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol

from policy_router.audit.log import FileLog, Log
from policy_router.service.pdp import PDP
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits


class Detector(Protocol):
    """Finds personal data in text, without a network, in time linear in its length."""

    def categories(self, text: str) -> AbstractSet[str]:
        """Categories of `data` that are in `text`; what is not found may be there all the same."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What an enforcement point decides with: `point` names it in the records."""

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

    Raises `ValueError` if the project says nothing about that: no record, no call.
    """
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
