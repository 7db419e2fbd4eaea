"""An audit report as JSON: written, and read back to compare a later one with it."""

from __future__ import annotations

import json
from typing import Any, Final, TypeVar

from policy_router.audit.changes import Part
from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.shape import Listed, Misshapen, Numbered, plain, read, read_list
from policy_router.audit.dossier.verdicts import RuleFound
from policy_router.report.dossier import wording

T = TypeVar("T")

JSON_FILE: Final = "report.json"
FORMAT: Final = 5
"""The version of the shape of the JSON; another shape has another number."""

_WITHOUT_PARTS: Final = frozenset({3, 4})
"""Those in which what a document says stood there each time, 3 told of no adequacy decisions."""

_WITHOUT_FINDINGS: Final = 2
"""The version in which every finding stood where it belongs, however often."""


def report_json(dossier: Dossier) -> str:
    """The report as one line of JSON (schema `report`), in ASCII: a terminal may show it."""
    listed = Numbered(RuleFound, Part)
    report = plain(dossier, listed)
    data = {
        "format": FORMAT,
        "summary": list(wording.summary(dossier)),
        "limits": list(wording.LIMITS),
        "findings": listed.plain(RuleFound),
        "parts": listed.plain(Part),
        "report": report,
    }
    return json.dumps(data, sort_keys=True, separators=(",", ":")) + "\n"


def read_report(text: str) -> Dossier:
    """The report that was written as this JSON. Raises `Misshapen`, also for another format."""
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Misshapen("this is no JSON") from error
    if not isinstance(data, dict) or "report" not in data:
        raise Misshapen("this is no audit report: run `audit --report`, and name its JSON")
    return _whole(read(Dossier, data["report"], _listed(data)))


def _listed(data: dict[str, Any]) -> Listed:
    """What stands in lists of its own in the format of the report."""
    form = data.get("format")
    if type(form) is not int or form not in {_WITHOUT_FINDINGS, *_WITHOUT_PARTS, FORMAT}:
        raise Misshapen("this report was written in another format, by another version")
    shapes: dict[type, str] = {RuleFound: "findings"} if form != _WITHOUT_FINDINGS else {}
    shapes |= {Part: "parts"} if form == FORMAT else {}
    return {shape: _list(shape, data, name) for shape, name in shapes.items()}


def _whole(found: Dossier) -> Dossier:
    """The report, if all claims that it names by number are in it."""
    reasonings = [each for part in found.classes for each in part.reasonings]
    rules = {id(rule): rule for each in reasonings for rule in each.rules}.values()
    named = {n for rule in rules for demand in rule.demands for n in demand.evidence}
    named |= {n for part in found.classes for n in part.claims}
    missing = named - {claim.number for claim in found.evidence}
    if missing:
        raise Misshapen(f"claim {min(missing)} is named and not among its evidence")
    return found


def _list(shape: type[T], data: dict[str, Any], name: str) -> tuple[T, ...]:
    return read_list(shape, data.get(name), f"$.{name}")
