"""Reports for build servers: allowed by their schemas whatever documents say, and in place."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError
from xmlschema import XMLSchemaValidationError

from policy_router.domain.codes import CODES
from policy_router.domain.decision import Outcome, Reason
from policy_router.domain.diagnostic import Diagnostic, Severity, Span
from policy_router.domain.organisation import Expectation, SuiteCase
from policy_router.domain.request import RequestFacts
from policy_router.report.annotations import github_lines
from policy_router.report.junit import files_junit, suites_junit
from policy_router.report.places import Tree
from policy_router.report.sarif import diagnostics_sarif, suites_sarif
from policy_router.report.visible import escaped
from policy_router.verify.suites import CaseResult, Difference
from tests.formats import junit, message, sarif
from tests.unit.report.test_diagnostics import UNKNOWN, is_safe
from tests.unit.verify.test_suites import PERMITTED

ROOT = PurePosixPath("/build/project")
ERRORS = frozenset({Severity.ERROR})
STRICT = frozenset({Severity.ERROR, Severity.WARNING})
HOSTILE = st.text(st.characters(), max_size=30) | st.sampled_from(
    ["\x1b[31m", "{0}", "[x](https://evil.example)", "]]>", "&<>\"'", "\n::error::x", "%0A", "￾"]
)
# what an operating system can name a file: bytes that are no UTF-8 come as lone surrogates
NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0")
    | st.sampled_from(["\udc80", "\udcff", "/", ":", ",", "%"]),
    min_size=1,
).filter(lambda name: not name.startswith("/"))
SPANS = st.builds(Span, NAMES, st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 10**6))
DIAGNOSTICS = st.lists(
    st.builds(
        Diagnostic,
        st.sampled_from(sorted(CODES)),
        st.sampled_from(Severity),
        HOSTILE,
        SPANS,
        st.none() | HOSTILE,
        st.lists(st.tuples(HOSTILE, SPANS), max_size=2).map(tuple),
    ),
    max_size=5,
)
SHIPPED = "data/territories/territories.yaml"


def case(name: str, *differences: Difference, suite: str = "suite") -> CaseResult:
    asked = SuiteCase(
        name,
        RequestFacts(),
        PERMITTED.at,
        None,
        Expectation("denied"),
        Span("a/suite.yaml", 7, 5, 9),
    )
    return CaseResult(suite, asked, PERMITTED, differences)


def tree(*files: str) -> Tree:
    return Tree(ROOT, frozenset(files))


def whole(found: list[Diagnostic]) -> Tree:
    """A tree in which every file is the user's."""
    return tree(*(d.span.file for d in found), *(s.file for d in found for _, s in d.related))


def artifact(location: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = location["physicalLocation"]["artifactLocation"]
    return found


# ---- SARIF ---------------------------------------------------------------------------------------


def test_a_result_names_its_rule_its_place_and_its_help() -> None:
    run = sarif(diagnostics_sarif("check", [UNKNOWN], tree(UNKNOWN.span.file)))
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["automationDetails"] == {"id": "policy-router/check/"}
    (rule,), (result,) = run["tool"]["driver"]["rules"], run["results"]
    assert rule["id"] == result["ruleId"] == "POL203"
    assert CODES["POL203"].fix in rule["help"]["text"]
    assert f"**What to do.** {CODES['POL203'].fix}" in rule["help"]["markdown"]
    assert message(result) == "unknown territory `EAA`\nhelp: did you mean `EEA`?"
    assert result["level"] == "error"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "policies/ours/policy.yaml"},
                "region": {"startLine": 14, "startColumn": 36, "endColumn": 39},
            }
        }
    ]


@given(DIAGNOSTICS)
def test_sarif_is_allowed_by_its_schema_whatever_documents_say(found: list[Diagnostic]) -> None:
    run = sarif(diagnostics_sarif("check", found, whole(found)))
    ordered = sorted(set(found), key=Diagnostic.sort_key)
    assert len(run["results"]) == len(ordered)
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {d.code for d in found}
    for result, diagnostic in zip(run["results"], ordered, strict=True):
        text = message(result)
        assert is_safe(text)
        assert text.startswith(escaped(diagnostic.message).replace("](", "] ("))
        (location,) = result["locations"]
        for place in (location, *result.get("relatedLocations", [])):
            uri = artifact(place)["uri"]
            assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
            assert urlsplit(uri)[:2] == ("", "")
        named = unquote(artifact(location)["uri"], errors="surrogateescape")
        assert named == PurePosixPath(diagnostic.span.file).as_posix()


def test_a_file_below_the_root_is_relative_and_one_elsewhere_is_not() -> None:
    inside, outside = f"{ROOT}/a b.yaml", "/elsewhere/c.yaml"
    spans = [replace(UNKNOWN, span=Span(file, 1, 1, 2)) for file in (inside, outside)]
    run = sarif(diagnostics_sarif("check", spans, tree(inside, outside)))
    uris = [artifact(result["locations"][0]) for result in run["results"]]
    assert uris == [{"uri": "a%20b.yaml"}, {"uri": "file:///elsewhere/c.yaml"}]


def test_a_shipped_document_is_not_taken_for_one_of_the_users() -> None:
    own = Span("mine.yaml", 1, 1, 2)
    clash = replace(UNKNOWN, span=own, related=(("first here", Span(SHIPPED, 3, 1, 4)),))
    (result,) = sarif(diagnostics_sarif("check", [clash], tree("mine.yaml")))["results"]
    assert artifact(result["locations"][0]) == {"uri": "mine.yaml"}
    (related,) = result["relatedLocations"]
    assert (artifact(related)["uri"], artifact(related)["uriBaseId"]) == (SHIPPED, "SHIPPED")


def test_only_failed_cases_are_results() -> None:
    results = [case("fine"), case("broken", Difference("outcome", "denied", "permitted"))]
    run = sarif(suites_sarif(results, tree("a/suite.yaml")))
    (result,) = run["results"]
    assert message(result) == (
        "case `broken` of suite `suite`: outcome: expected refused, found permitted\n"
        "asked: `any model`, 2026-11-22 12:00 UTC"
    )
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [result["ruleId"]]
    assert artifact(result["locations"][0]) == {"uri": "a/suite.yaml"}
    assert sarif(suites_sarif(results[:1], tree()))["results"] == []


def test_a_request_that_should_not_be_refused_says_why_it_is() -> None:
    refused = replace(PERMITTED, outcome=Outcome.DENIED, reason=Reason.NO_COMPLIANT_ROUTE)
    unforeseen = case("x", Difference("outcome", "permitted", "denied"))
    foreseen = case("y", Difference("fails", "gdpr/no-training", "pass"))
    failed = [replace(found, determination=refused) for found in (unforeseen, foreseen)]
    first, second = sarif(suites_sarif(failed, tree("a/suite.yaml")))["results"]
    assert message(first).splitlines()[1] == "because: no route meets every rule"
    assert "because" not in message(second)
    texts = [failure.text or "" for failure in junit(suites_junit(failed)).iter("failure")]
    assert ["    because: no route meets every rule" in text for text in texts] == [True, False]


# ---- JUnit ---------------------------------------------------------------------------------------


@given(DIAGNOSTICS, st.sampled_from([ERRORS, STRICT]))
def test_junit_is_allowed_by_its_schema_whatever_documents_say(
    found: list[Diagnostic], failing: frozenset[Severity]
) -> None:
    root = junit(files_junit("check", found, {}, ["sound.yaml"], failing))
    files = {d.span.file for d in found} | {"sound.yaml"}
    bad = {d.span.file for d in found if d.severity in failing}
    assert [c.get("name") for c in root.iter("testcase")] == [escaped(f) for f in sorted(files)]
    failed = [c.get("name") for c in root.iter("testcase") if c.find("failure") is not None]
    assert failed == [escaped(file) for file in sorted(bad)]
    for element in (root, *root.iter("testsuite")):
        assert (element.get("tests"), element.get("failures")) == (str(len(files)), str(len(bad)))
    assert all(is_safe(f"{f.get('message')}{f.text}") for f in root.iter("failure"))


def test_a_file_fails_once_with_all_that_is_wrong_with_it() -> None:
    again = replace(
        UNKNOWN, message="unknown territory `<EU>`", span=Span(UNKNOWN.span.file, 15, 1)
    )
    idle = replace(UNKNOWN, severity=Severity.WARNING, span=Span("idle.yaml", 1, 1))
    text = files_junit("check", [again, idle, UNKNOWN], {}, [], ERRORS)
    first, second = junit(text).iter("testcase")
    (output,) = first
    assert (first.get("name"), output.tag) == ("idle.yaml", "system-out")
    (failure,) = second
    assert failure.get("message") == "unknown territory `EAA` (+1 more)"
    assert failure.get("type") == "POL203"
    assert "policy.yaml:14:36: error[POL203]: unknown territory `EAA`" in (failure.text or "")
    assert "policy.yaml:15:1: error[POL203]: unknown territory `<EU>`" in (failure.text or "")


@given(st.lists(st.tuples(HOSTILE, HOSTILE, st.booleans()), max_size=5))
def test_every_case_of_a_suite_is_a_test_case(stated: list[tuple[str, str, bool]]) -> None:
    results = [
        case(name, *[Difference("route", text, text)] * fails, suite=text)
        for name, text, fails in stated
    ]
    root = junit(suites_junit(results))
    cases = list(root.iter("testcase"))
    assert [(c.get("name"), c.get("classname")) for c in cases] == [
        (escaped(name), escaped(text)) for name, text, _ in stated
    ]
    assert [c.find("failure") is not None for c in cases] == [fails for *_, fails in stated]
    assert root.get("failures") == str(sum(fails for *_, fails in stated))


def test_a_failed_case_says_where_it_stands_and_what_differs() -> None:
    (failure,) = junit(
        suites_junit([case("broken", Difference("outcome", "denied", "permitted"))])
    ).iter("failure")
    assert failure.get("message") == "outcome: expected refused, found permitted"
    assert (failure.text or "").splitlines() == [
        "  a/suite.yaml:7: broken",
        "    asked: `any model`, 2026-11-22 12:00 UTC",
        "    outcome: expected refused, found permitted",
    ]


# ---- workflow commands ---------------------------------------------------------------------------


def test_a_workflow_command_marks_the_place() -> None:
    assert list(github_lines([UNKNOWN], tree(UNKNOWN.span.file))) == [
        (
            "::error file=policies/ours/policy.yaml,line=14,endLine=14,col=36,endColumn=38,"
            "title=POL203::policies/ours/policy.yaml:14:36: unknown territory `EAA`"
            "%0Ahelp: did you mean `EEA`?"
        )
    ]


def test_what_is_about_no_file_of_the_users_is_about_the_whole_run() -> None:
    shipped = replace(UNKNOWN, span=Span(SHIPPED, 3, 1, 4), help=None, severity=Severity.NOTE)
    assert list(github_lines([shipped], tree())) == [
        f"::notice title=POL203::{SHIPPED}:3:1: unknown territory `EAA`"
    ]


@given(DIAGNOSTICS)
def test_nothing_a_document_says_is_a_second_command(found: list[Diagnostic]) -> None:
    lines = list(github_lines(found, whole(found)))
    assert len(lines) == len(set(found))
    for line in lines:
        assert len(line.splitlines()) == 1
        assert is_safe(line)
        command = re.fullmatch(r"::(?:error|warning|notice) ([^:]*)::(.*)", line)
        assert command is not None
        assert [pair.partition("=")[0] for pair in command[1].split(",")] == [
            "file", "line", "endLine", "col", "endColumn", "title",
        ]  # fmt: skip
        assert re.search(r"%(?!25|0A)", command[2]) is None


# ---- the schemas themselves ----------------------------------------------------------------------


def test_the_schemas_refuse_what_is_wrong() -> None:
    good = diagnostics_sarif("check", [UNKNOWN], tree(UNKNOWN.span.file))
    with pytest.raises(ValidationError):
        sarif(good.replace('"unicodeCodePoints"', '"bytes"'))
    with pytest.raises(XMLSchemaValidationError):
        junit(suites_junit([case("x")]).replace("<testcase ", "<case "))
