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


Ground = tuple[str, str]
"""A kind, `exception` or `signoff`, and an id."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was found at an instant. `policies`, `registry`: the digests it was found from.

    `scenarios`: those it speaks of. `grounds`: the exceptions and sign-offs that its permissions
    rested on, as kind and id; `agreements`: the contracts that any of them rested on.
    """

    at: datetime
    policies: str
    registry: str
    standings: Mapping[Cell, Standing]
    scenarios: frozenset[str]
    grounds: Mapping[Cell, tuple[Ground, ...]]
    agreements: tuple[str, ...]


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
    grounds: dict[Cell, tuple[Ground, ...]] = {}
    for cell in data["cells"]:
        key = _text(cell["scenario"]), _text(cell["route"])
        if key in standings:
            message = f"it speaks of `{key[0]}` on `{key[1]}` twice"
            raise BaselineRefused(message)
        standings[key] = Standing(cell["standing"])
        named = (("exception", cell["exceptions"]), ("signoff", cell["signoffs"]))
        grounds[key] = tuple((kind, _text(name)) for kind, names in named for name in names)
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
    return Baseline(
        at,
        _text(digests["policies"]),
        _text(digests["registry"]),
        standings,
        frozenset(data["counts"]),
        grounds,
        tuple(map(_text, data["rests_on"]["agreements"])),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
