"""An audit report as JSON: written, and read back to compare a later one with it."""

from __future__ import annotations

import json
from typing import Any, Final

from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.shape import Misshapen, plain, read
from policy_router.report.dossier import wording

JSON_FILE: Final = "report.json"
FORMAT: Final = 3
"""The version of the shape of the JSON; another shape has another number."""


def report_json(dossier: Dossier) -> str:
    """The report as one line of JSON (schema `report`), in ASCII: a terminal may show it."""
    data = {
        "format": FORMAT,
        "summary": list(wording.summary(dossier)),
        "limits": list(wording.LIMITS),
        "report": plain(dossier),
    }
    return json.dumps(data, sort_keys=True, separators=(",", ":")) + "\n"


def read_report(text: str) -> Dossier:
    """The report that was written as this JSON. Raises `Misshapen`, also for another format."""
    try:
        data: Any = json.loads(text)
    except ValueError as error:
        raise Misshapen("this is no JSON") from error
    if not isinstance(data, dict) or "report" not in data:
        raise Misshapen("this is no audit report: run `audit --report`, and name its JSON")
    if data.get("format") != FORMAT:
        raise Misshapen("this report was written in another format, by another version")
    return read(Dossier, data["report"])
