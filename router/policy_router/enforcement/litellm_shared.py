"""One gate for all hooks of one process that write one log.

LiteLLM runs a file again for each name it takes from it (`callbacks`, `custom_auth`), so that what
is written there once is made twice.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Final

from policy_router.detect.detector import Detector
from policy_router.enforcement.gate import gate_for
from policy_router.enforcement.litellm_gate import LiteLLMGate, gateway_of
from policy_router.log.kept import Log
from policy_router.service.pdp import PDP
from policy_router.wire.json_strict import Limits

_POINT: Final = "litellm"
_MADE: Final[dict[Path, LiteLLMGate]] = {}
_ONE_AT_A_TIME: Final = Lock()


def shared_gate(
    pdp: PDP, gateway: str | None, log: Log | None, limits: Limits, detectors: tuple[Detector, ...]
) -> LiteLLMGate:
    """The gate for the gateway that stands for the proxy; it decides with the first `pdp`.

    With a `log` of the program's own it is a gate of its own. Raises `ValueError` as `gateway_of`
    and `gate_for`, and if there is a gate for the same log that is made otherwise.
    """
    name = gateway_of(pdp, gateway)
    project = pdp.loaded.project
    if log is not None or project is None or project.log is None:
        return LiteLLMGate(gate_for(_POINT, pdp, log, limits, detectors), name)
    folder = project.log.folder.resolve()
    with _ONE_AT_A_TIME:
        made = _MADE.get(folder)
        if made is None:
            gate = gate_for(_POINT, pdp, log, limits, detectors)
            made = _MADE[folder] = LiteLLMGate(gate, name)
    if (made.gateway, made.gate.limits, _names(made.gate.detectors)) != (
        name,
        limits,
        _names(detectors),
    ):
        message = f"another hook writes the log `{folder}`, for another gateway or made otherwise"
        raise ValueError(message)
    return made


def _names(detectors: tuple[Detector, ...]) -> list[str]:
    return [detector.name for detector in detectors]
