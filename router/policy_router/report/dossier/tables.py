"""The tables of an audit report: the same rows, whatever they are written as."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from policy_router.audit.dossier.content import Dossier
from policy_router.report.dossier import findings, registers
from policy_router.report.dossier.looked import Looked, Table

_MADE_BY: Final[tuple[Callable[[Looked], Table], ...]] = (
    findings.summary,
    findings.scenarios,
    registers.turns,
    registers.documents,
    findings.matrix,
    findings.reasons,
    findings.routes,
    registers.steps,
    registers.together,
    registers.calendar,
    registers.agreements,
    registers.signoffs,
    registers.exceptions,
    registers.parties,
    registers.records,
    registers.transfers,
    registers.policies,
    findings.evidence,
    registers.signing,
)
"""What makes each table, in the order of the report."""


def tables(dossier: Dossier) -> tuple[Table, ...]:
    """Every table of a report."""
    looked = Looked(dossier)
    return tuple(make(looked) for make in _MADE_BY)
