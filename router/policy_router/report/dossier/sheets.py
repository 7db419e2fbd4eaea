"""The tables of an audit report as a workbook (Office Open XML)."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from policy_router.report.dossier.looked import Table, Value
from policy_router.report.tables import harmless

_LONGEST_CELL: Final = 32_767
"""What a cell holds at most, by the file format."""

_CUT: Final = " … (the whole of it is in the CSV file)"
_NARROWEST: Final = 10
_WIDEST: Final = 60
_LOOKED_AT: Final = 200
"""So many rows tell how wide a column is."""


def workbook(tables: tuple[Table, ...], at: datetime) -> bytes:
    """The tables, a sheet each. `at`: the instant of the report, which the file says it is of."""
    out = BytesIO()
    book = Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": "What may go where", "created": at.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    blank = book.add_format({"bg_color": "#FFF6D6", "valign": "top"})
    for table in tables:
        _sheet(book.add_worksheet(table.name), table, (head, body, blank))
    book.close()
    return out.getvalue()


def _sheet(sheet: Worksheet, table: Table, formats: tuple[Format, Format, Format]) -> None:
    head, body, blank = formats
    for place, title in enumerate(table.columns):
        sheet.write_string(0, place, title, head)
        sheet.set_column(place, place, _width(table, place))
    for number, row in enumerate(table.rows, start=1):
        for place, cell in enumerate(row):
            to_fill = table.columns[place] in table.blanks
            _write(sheet, (number, place), cell, blank if to_fill else body)
    sheet.freeze_panes(1, 1)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write(sheet: Worksheet, where: tuple[int, int], cell: Value, style: Format) -> None:
    if isinstance(cell, int):
        sheet.write_number(*where, cell, style)
    elif cell:
        sheet.write_string(*where, _fitting(harmless(cell)), style)
    else:
        sheet.write_blank(*where, None, style)


def _fitting(text: str) -> str:
    if len(text) <= _LONGEST_CELL:
        return text
    return text[: _LONGEST_CELL - len(_CUT)] + _CUT


def _width(table: Table, place: int) -> int:
    cells = (str(row[place]) for row in table.rows[:_LOOKED_AT])
    longest = max(map(len, (table.columns[place], *cells)))
    return max(_NARROWEST, min(longest + 2, _WIDEST))
