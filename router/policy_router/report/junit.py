"""Checked files and cases of suites as JUnit XML, the format that build servers show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final
from xml.etree import ElementTree as ET

from policy_router.domain.diagnostic import Diagnostic, Severity
from policy_router.report.alerts import CODES_OF, Alarm, what, what_did_it, what_to_do
from policy_router.report.diagnostics import render_text
from policy_router.report.screen import Screen
from policy_router.report.suites import difference_line, failure_lines
from policy_router.report.visible import escaped
from policy_router.verify.suites import CaseResult

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_UNEXPECTED: Final = "unexpected decision"
_WIDTH: Final = 100


def files_junit(
    command: str,
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, str],
    files: Iterable[str],
    failing: frozenset[Severity],
) -> str:
    """A test case for each of `files` and each file that a diagnostic is about. ASCII only.

    It fails if a diagnostic about it is of a severity in `failing`; any other is output.
    """
    found: dict[str, list[Diagnostic]] = {file: [] for file in files}
    for diagnostic in sorted(set(diagnostics), key=Diagnostic.sort_key):
        found.setdefault(diagnostic.span.file, []).append(diagnostic)
    suite = ET.Element("testsuite", name="documents")
    for file in sorted(found):
        suite.append(_file(f"{command}.documents", file, found[file], sources, failing))
    return _document(command, [suite])


def suites_junit(results: Sequence[CaseResult]) -> str:
    """A test case for each case, in a test suite for each suite. ASCII only."""
    suites: list[ET.Element] = []
    for name, group in groupby(results, key=lambda result: result.suite):
        suite = ET.Element("testsuite", name=escaped(name))
        suite.extend(_case(result) for result in group)
        suites.append(suite)
    return _document("test", suites)


def alarm_junit(alarm: Alarm) -> str:
    """A test case for each condition of an audit. ASCII only."""
    suite = ET.Element("testsuite", name="conditions")
    for outcome in alarm.outcomes:
        names = {"classname": "audit.conditions", "name": str(outcome.condition)}
        case = ET.SubElement(suite, "testcase", names)
        told = [
            "\n".join((f"{what(alarm, a)}: {what_did_it(alarm, a)}", f"  to do: {what_to_do(a)}"))
            for a in outcome.alerts
        ]
        if outcome.fails:
            code = CODES_OF[outcome.condition.watched]
            message = escaped(f"{outcome.condition}: {outcome.found}")
            ET.SubElement(case, "failure", type=code, message=message).text = "\n".join(told)
        elif told:
            ET.SubElement(case, "system-out").text = "\n".join(told)
    return _document("audit", [suite])


def _file(
    group: str,
    file: str,
    diagnostics: list[Diagnostic],
    sources: Mapping[str, str],
    failing: frozenset[Severity],
) -> ET.Element:
    case = ET.Element("testcase", classname=group, name=escaped(file))
    text = render_text(diagnostics, sources)
    worst = [d for d in diagnostics if d.severity in failing]
    if worst:
        message = escaped(worst[0].message) + (f" (+{len(worst) - 1} more)" if worst[1:] else "")
        ET.SubElement(case, "failure", type=worst[0].code, message=message).text = text
    elif text:
        ET.SubElement(case, "system-out").text = text
    return case


def _case(result: CaseResult) -> ET.Element:
    names = {"classname": escaped(result.suite), "name": escaped(result.case.id)}
    case = ET.Element("testcase", names)
    if not result.passed:
        message = "; ".join(difference_line(d) for d in result.differences)
        failure = ET.SubElement(case, "failure", type=_UNEXPECTED, message=message)
        failure.text = "\n".join(failure_lines(result, Screen(_WIDTH)))
    return case


def _document(command: str, suites: list[ET.Element]) -> str:
    root = ET.Element("testsuites", name=f"policy-router {command}")
    root.extend(suites)
    for element in (root, *suites):
        element.set("tests", str(len(list(element.iter("testcase")))))
        element.set("failures", str(len(list(element.iter("failure")))))
        element.set("errors", "0")
    ET.indent(root)
    return (
        f"{_DECLARATION}\n{ET.tostring(root, encoding='us-ascii', xml_declaration=False).decode()}"
    )
