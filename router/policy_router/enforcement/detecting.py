"""The detectors of a project and of its program, and what they see in the texts of a call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from typing import Final

from policy_router.detect.detector import Detector, detect
from policy_router.domain.detection import NOTHING_DETECTED, Detected, Detection
from policy_router.domain.release import install
from policy_router.store.project import Loaded
from policy_router.wire.http_call import Asked

_NONE: Final = Detection()
_NEEDS: Final = {
    "pii": ("phonenumbers", "stdnum"),
    "presidio": ("presidio_analyzer",),
}
"""The packages of each extra."""


class DetectorMissing(ValueError):
    """A detector that a project names cannot be had here."""


def detected_in(asked: Asked, detectors: tuple[Detector, ...], loaded: Loaded) -> Detected:
    """What `detectors` see in the texts of a call, as far as the project has them read.

    What is in base64, or given as the numbers of its tokens, none of them reads.
    """
    if not detectors:
        return NOTHING_DETECTED
    read = asked.call.operation.texts(asked.call.body)
    seen = detect(detectors, read, _detection(loaded).most_read)
    return seen if asked.call.shown.legible else replace(seen, whole=False)


def detectors_in(loaded: Loaded) -> tuple[Detector, ...]:
    """The detectors that the project names; raises `DetectorMissing` if one cannot be had."""
    return _made(_detection(loaded))


def _detection(loaded: Loaded) -> Detection:
    return _NONE if loaded.project is None else loaded.project.detection


@lru_cache(maxsize=4)
def _made(detection: Detection) -> tuple[Detector, ...]:
    return tuple(_detectors(detection))


def _detectors(detection: Detection) -> Iterator[Detector]:
    if detection.built_in is not None:
        _check("built_in", "pii")
        from policy_router.detect.built_in import BuiltIn  # noqa: PLC0415 - an extra

        yield BuiltIn(detection.built_in)
    if detection.presidio:
        _check("presidio", "presidio")
        from policy_router.detect.presidio import Presidio  # noqa: PLC0415 - an extra

        try:
            yield Presidio(dict(detection.presidio))
        except OSError as error:
            message = f"the project names a spaCy pipeline that is not installed: {error}"
            raise DetectorMissing(message) from error


def _check(detector: str, extra: str) -> None:
    missing = [package for package in _NEEDS[extra] if find_spec(package) is None]
    if missing:
        message = (
            f"the project names the detector `{detector}`, which needs {', '.join(missing)}: "
            f"{install(extra)}"
        )
        raise DetectorMissing(message)
