"""What came of running suites."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from policy_router.engine.render import decision_data
from policy_router.report import phrases
from policy_router.report.screen import Screen, Style
from policy_router.report.visible import escaped
from policy_router.verify.suites import CaseResult, Difference

_HELP: Final = (
    "where a document was meant to change the answer, as a contract does, write the new answer "
    "under `expect` of the case; else see `policy-router why` with the same request"
)


def suites_lines(results: Sequence[CaseResult], screen: Screen) -> Iterator[str]:
    """A line for each suite, and for each failed case where it stands and what differs."""
    for suite, group in groupby(results, key=lambda r: r.suite):
        cases = list(group)
        failed = [case for case in cases if not case.passed]
        count = f"{len(cases) - len(failed)} of {len(cases)} passed"
        state, style = ("FAILED", Style.BAD) if failed else ("passed", Style.GOOD)
        yield f"{screen.styled(state, style)}  {escaped(suite)}: {count}"
        for case in failed:
            yield from failure_lines(case, screen)
    lost = sum(not r.passed for r in results)
    total = phrases.counted(len(results), "case")
    if lost:
        yield from screen.wrapped(_HELP, "  help: ")
    yield f"{total}, {phrases.counted(lost, 'failure') if lost else 'all passed'}"


def failure_lines(result: CaseResult, screen: Screen) -> Iterator[str]:
    """Where a failed case stands, what it asked, and what differs."""
    span = result.case.span
    yield f"  {escaped(f'{span.file}:{span.line}')}: {escaped(result.case.id)}"
    for line in (asked_line(result), *map(difference_line, result.differences)):
        yield from screen.wrapped(line, "    ")
    if because := because_line(result):
        yield from screen.wrapped(because, "    ")


def asked_line(result: CaseResult) -> str:
    """The request of a case and its instant, in one line."""
    request = result.case.request
    model = f"`{request.model or 'any model'}`"
    parts = (model, phrases.asked(request), phrases.instant(result.case.at))
    return escaped(f"asked: {', '.join(filter(None, parts))}")


def because_line(result: CaseResult) -> str:
    """Why a request is refused that should not be, in one line; empty for any other failure."""
    reason = result.determination.reason
    unforeseen = any(difference.about == "outcome" for difference in result.differences)
    return f"because: {phrases.headline(reason)}" if reason and unforeseen else ""


def difference_line(difference: Difference) -> str:
    """What was expected and what was found, in one line."""
    expected, found = map(escaped, (difference.expected, difference.found))
    if difference.about == "outcome":
        expected, found = phrases.outcome(expected), phrases.outcome(found)
    return f"{difference.about}: expected {expected}, found {found}"


def suites_json(results: Sequence[CaseResult]) -> str:
    """Every case with its decision and what differs, as one line of JSON."""
    data = {
        "cases": len(results),
        "failed": sum(not r.passed for r in results),
        "results": [_result(r) for r in results],
    }
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _result(result: CaseResult) -> dict[str, object]:
    return {
        "suite": result.suite,
        "case": result.case.id,
        "place": str(result.case.span),
        "passed": result.passed,
        "differences": [
            {"about": d.about, "expected": d.expected, "found": d.found} for d in result.differences
        ],
        "decision": decision_data(result.determination),
    }
