"""What may go where, for programs: CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from policy_router.audit.matrix import Cell, Matrix, Standing
from policy_router.engine.render import instant, used_data
from policy_router.report.grounds import Ends, ends_of
from policy_router.report.matrix import policies, sentences
from policy_router.report.statement import LIMITS
from policy_router.report.tables import csv_table

_TITLES: Final = (
    "scenario", "route", "model", "provider", "gateway", "standing", "reason", "obligations",
    "failed_rules", "unknown_rules", "failed", "unknown", "facts", "watched_unknown",
    "exceptions", "signoffs", "until", "at", "known_at", "policies", "registry",
)  # fmt: skip


def matrix_csv(matrix: Matrix, cells: Iterable[Cell]) -> str:
    """One row for each combination, with the digests that it was decided from."""
    digests, moment = matrix.snapshot.digests, matrix.moment
    known_at = instant(moment.known_at) if moment.known_at else ""
    ends = ends_of(matrix.snapshot)
    end = (instant(moment.at), known_at, digests.policies, digests.registry)
    return csv_table(_TITLES, [(*_row(matrix, cell, ends), *end) for cell in cells])


def _row(matrix: Matrix, cell: Cell, ends: Ends) -> tuple[str, ...]:
    route = matrix.snapshot.registry.routes[cell.route]
    listed = (" ".join(names) for names in _lists(cell).values())
    reason = cell.reason.value if cell.reason else ""
    who = (cell.scenario, route.id, route.model, route.provider, route.gateway)
    return (*who, cell.standing.value, reason, *listed, _until(cell, ends) or "")


def matrix_json(matrix: Matrix, cells: Iterable[Cell]) -> str:
    """The report as one line of JSON."""
    moment, digests = matrix.moment, matrix.snapshot.digests
    ends = ends_of(matrix.snapshot)
    data = {
        "sentences": list(sentences(matrix)),
        "at": instant(moment.at),
        "known_at": instant(moment.known_at) if moment.known_at else None,
        "policies": policies(matrix),
        "digests": {"policies": digests.policies, "registry": digests.registry},
        "counts": {s.id: _counts(matrix, s.id) for s in matrix.scenarios},
        "cells": [_cell(cell, ends) for cell in cells],
        "rests_on": used_data(matrix.used),
        "limits": LIMITS,
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _counts(matrix: Matrix, scenario: str) -> dict[str, int]:
    return {standing.value: len(matrix.of(scenario, standing)) for standing in Standing}


def _cell(cell: Cell, ends: Ends) -> dict[str, Any]:
    return {
        "scenario": cell.scenario,
        "route": cell.route,
        "standing": cell.standing.value,
        "reason": cell.reason.value if cell.reason else None,
        **{name: list(names) for name, names in _lists(cell).items()},
        "until": _until(cell, ends),
    }


def _until(cell: Cell, ends: Ends) -> str | None:
    """When the first of the exceptions and sign-offs ends that a permission rests on, excluded."""
    named = (("exception", cell.exceptions), ("sign-off", cell.signoffs))
    found = [end for kind, ids in named for i in ids if (end := ends[kind, i]) is not None]
    return instant(min(found)) if found else None


def _lists(cell: Cell) -> dict[str, tuple[str, ...]]:
    """What is behind the standing of a cell, by the names programs know it by."""
    return {
        "obligations": cell.obligations,
        "failed_rules": cell.failed_rules,
        "unknown_rules": cell.unknown_rules,
        "failed": cell.failed,
        "unknown": cell.unknown,
        "facts": cell.facts,
        "watched_unknown": cell.watched,
        "exceptions": cell.exceptions,
        "signoffs": cell.signoffs,
    }
