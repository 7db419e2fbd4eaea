"""An audit report as files: HTML, JSON, XLSX, and CSV for each table."""

from __future__ import annotations

from policy_router.audit.dossier.content import Dossier
from policy_router.report.dossier.data import JSON_FILE, report_json
from policy_router.report.dossier.html import html
from policy_router.report.dossier.sheets import workbook
from policy_router.report.dossier.tables import tables
from policy_router.report.tables import csv_table


def written(dossier: Dossier) -> dict[str, bytes]:
    """The content of every file of a report, by its name in the folder."""
    found = tables(dossier)
    sheets = {
        f"csv/{table.name}.csv": csv_table(
            table.columns, [tuple(map(str, row)) for row in table.rows]
        ).encode()
        for table in found
    }
    return {
        "report.html": html(dossier, found),
        JSON_FILE: report_json(dossier).encode(),
        "report.xlsx": workbook(found, dossier.at),
        **sheets,
    }
