"""A saved audit, to compare with: what stood then, of every scenario on every route."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from policy_router.audit.matrix import Standing
from policy_router.audit.outlooks import Cell
from policy_router.domain.claim import in_utc

MOST_BYTES: Final = 256 * 1024 * 1024
"""What a saved audit may take."""


class BaselineRefused(ValueError):
    """A file that is no whole audit as `audit --format json` writes it; says why."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was found at an instant. `policies`, `registry`: the digests it was found from."""

    at: datetime
    policies: str
    registry: str
    standings: Mapping[Cell, Standing]


def baseline_of(text: str) -> Baseline:
    """The audit in `text`; raises `BaselineRefused` unless it is whole."""
    try:
        return _read(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, BaselineRefused):
            raise
        message = "it is not what `audit --format json` writes"
        raise BaselineRefused(message) from error


def _read(data: dict[str, Any]) -> Baseline:
    standings: dict[Cell, Standing] = {}
    for cell in data["cells"]:
        key = _text(cell["scenario"]), _text(cell["route"])
        if key in standings:
            message = f"it speaks of `{key[0]}` on `{key[1]}` twice"
            raise BaselineRefused(message)
        standings[key] = Standing(cell["standing"])
    counted = {
        (name, standing): data["counts"][name][standing.value]
        for name in data["counts"]
        for standing in Standing
    }
    for (name, standing), amount in counted.items():
        found = sum(1 for (s, _), here in standings.items() if (s, here) == (name, standing))
        if found != amount:
            message = "it was filtered: save it without `--standing`"
            raise BaselineRefused(message)
    if {scenario for scenario, _ in standings} - set(data["counts"]):
        raise KeyError
    digests = data["digests"]
    at = in_utc(datetime.fromisoformat(data["at"]))
    return Baseline(at, _text(digests["policies"]), _text(digests["registry"]), standings)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
