"""An audit report as JSON: written, and read back to compare a later one with it."""

from __future__ import annotations

import json
from typing import Any, Final

from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.shape import Misshapen, Numbered, plain, read, read_list
from policy_router.audit.dossier.verdicts import RuleFound
from policy_router.report.dossier import wording

JSON_FILE: Final = "report.json"
FORMAT: Final = 4
"""The version of the shape of the JSON; another shape has another number."""

_WITHOUT_LAW: Final = 3
"""The version that told of no adequacy decisions; it is read still."""

_WITHOUT_FINDINGS: Final = 2
"""The version in which every finding stood where it belongs, however often; it is read still."""


def report_json(dossier: Dossier) -> str:
    """The report as one line of JSON (schema `report`), in ASCII: a terminal may show it."""
    findings = Numbered(RuleFound)
    report = plain(dossier, findings)
    data = {
        "format": FORMAT,
        "summary": list(wording.summary(dossier)),
        "limits": list(wording.LIMITS),
        "findings": findings.plain(),
        "report": report,
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
    if data.get("format") == _WITHOUT_FINDINGS:
        return read(Dossier, data["report"])
    if data.get("format") not in {_WITHOUT_LAW, FORMAT}:
        raise Misshapen("this report was written in another format, by another version")
    findings = read_list(RuleFound, data.get("findings"))
    return read(Dossier, data["report"], (RuleFound, findings))
