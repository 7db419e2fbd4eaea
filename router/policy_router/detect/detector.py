"""What a detector is, and what several of them say of the texts of a call together."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from traceback import extract_tb
from typing import Final, Protocol

from policy_router.domain.detection import NOTHING_DETECTED, Detected

_LOGGER: Final = logging.getLogger("policy_router")


class Detector(Protocol):
    """Anything that tells categories of personal data by a text alone.

    It opens no connection, keeps nothing, and takes time in proportion to the text. One that can
    tell at one look that no part of a text shows anything may say so by `passes_over(text)`.
    """

    @property
    def name(self) -> str:
        """What records and reports call it."""

    def categories(self, text: str) -> frozenset[str]:
        """The categories of `data` that `text` shows; none does not mean that it holds none."""


def detect(detectors: Sequence[Detector], texts: Sequence[str], most: int) -> Detected:
    """What `detectors` see in `texts`, of which they read `most` characters together.

    Nothing is raised: a detector that fails has not read its text. A category that was seen once
    is not looked for again, but another may still be.
    """
    if sum(map(len, texts)) <= most:
        together = "\n".join(texts)
        detectors = [each for each in detectors if not _passes_over(each, together)]
        if not detectors:
            return NOTHING_DETECTED
    seen: dict[str, frozenset[str]] = {}
    whole, left = True, most
    for text in texts:
        whole = whole and len(text) <= left
        part, left = text[:left], max(0, left - len(text))
        for detector in detectors if part else ():
            found = _asked(detector, part)
            if found is None:
                whole = False
            elif found:
                seen[detector.name] = seen.get(detector.name, frozenset()) | found
    return Detected(frozenset[str]().union(*seen.values()), tuple(sorted(seen)), whole)


def _passes_over(detector: Detector, text: str) -> bool:
    try:
        return bool(getattr(detector, "passes_over", _never)(text))
    except Exception:  # noqa: BLE001 - whatever it is, a closer look will tell
        return False


def _never(_: str) -> bool:
    return False


def _asked(detector: Detector, text: str) -> frozenset[str] | None:
    try:
        return detector.categories(text)
    except Exception as error:  # noqa: BLE001 - whatever it is, the text was not read
        _report(detector, error)
        return None


def _report(detector: Detector, error: Exception) -> None:
    """Tell the operator what fault it was and where; its words may hold what was in the text."""
    frames = [f"{f.filename}:{f.lineno}" for f in extract_tb(error.__traceback__)]
    kind = type(error).__name__
    _LOGGER.error("detector `%s` failed: %s at %s", detector.name, kind, ", ".join(frames))
