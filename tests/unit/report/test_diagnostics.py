"""How diagnostics look to a person and to a program."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.domain.diagnostic import Diagnostic, Severity, Span
from policy_router.report.diagnostics import render_json, render_text

FILE = "policies/ours/policy.yaml"
LINE = "      inference_location: {within: EAA}"
SOURCE = "\n" * 13 + LINE + "\n"
UNKNOWN = Diagnostic(
    "POL203",
    Severity.ERROR,
    "unknown territory `EAA`",
    Span(FILE, 14, 36, 39),
    "did you mean `EEA`?",
)


def problem(column: int, end_column: int, line: int = 1) -> Diagnostic:
    return Diagnostic("DOC010", Severity.ERROR, "bad", Span("f", line, column, end_column))


def is_safe(text: str) -> bool:
    """No control character but line breaks, and nothing else without a shape."""
    categories = {unicodedata.category(character) for character in text if character != "\n"}
    return categories.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def test_an_error_shows_its_line_and_its_help() -> None:
    assert render_text([UNKNOWN], {FILE: SOURCE}) == (
        "policies/ours/policy.yaml:14:36: error[POL203]: unknown territory `EAA`\n"
        "  14 |       inference_location: {within: EAA}\n"
        "     |                                    ~~~\n"
        "     = help: did you mean `EEA`?\n"
    )


def test_related_places_are_listed() -> None:
    twice = Diagnostic(
        "DOC018",
        Severity.WARNING,
        "duplicate key `a`",
        Span("f", 2, 1, 2),
        None,
        (("first written here", Span("f", 1, 1, 2)),),
    )
    assert render_text([twice], {"f": "a: 1\na: 2\n"}) == (
        "f:2:1: warning[DOC018]: duplicate key `a`\n"
        "  2 | a: 2\n"
        "    | ~\n"
        "    = see: f:1:1: first written here\n"
    )


@pytest.mark.parametrize("sources", [{}, {"other": "x"}, {FILE: "only one line"}, {FILE: ""}])
def test_without_its_source_a_diagnostic_shows_no_line(sources: dict[str, str]) -> None:
    assert render_text([UNKNOWN], sources) == (
        "policies/ours/policy.yaml:14:36: error[POL203]: unknown territory `EAA`\n"
        "     = help: did you mean `EEA`?\n"
    )


def test_nothing_is_rendered_as_nothing() -> None:
    assert render_text([], {}) == ""


def test_diagnostics_are_sorted_and_shown_once() -> None:
    first, second = problem(1, 2), problem(3, 4)
    text = render_text([second, first, second], {})
    assert text == "f:1:1: error[DOC010]: bad\nf:1:3: error[DOC010]: bad\n"


def test_colour_comes_only_when_asked_for_and_changes_no_text() -> None:
    plain = render_text([UNKNOWN], {FILE: SOURCE})
    coloured = render_text([UNKNOWN], {FILE: SOURCE}, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[31merror[POL203]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


@pytest.mark.parametrize("severity", list(Severity))
def test_every_severity_has_a_colour(severity: Severity) -> None:
    text = render_text([Diagnostic("DOC010", severity, "m", Span("f", 1, 1))], {}, colour=True)
    assert re.search(rf"\x1b\[3\dm{severity.value}\[DOC010\]\x1b\[0m", text)


@pytest.mark.parametrize(
    ("line", "column", "end_column", "rows"),
    [
        ("a: \x1b[31mx", 4, 9, ["  1 | a: \\u{1b}[31mx", "    |    ~~~~~~~~~~"]),
        ("a:\tx", 4, 5, ["  1 | a:    x", "    |       ~"]),
        ("日本: x", 5, 6, ["  1 | 日本: x", "    |       ~"]),
        ("e\u0301: x", 5, 6, ["  1 | e\u0301: x", "    |    ~"]),
        ("a: \u202ex", 4, 5, ["  1 | a: \\u{202e}x", "    |    ~~~~~~~~"]),
        ("a: x", 4, 0, ["  1 | a: x", "    |    ~"]),
        ("a:", 3, 3, ["  1 | a:", "    |   ~"]),
        ("a: x", 40, 50, ["  1 | a: x", "    |     ~"]),
        ("   ", 2, 3, []),
    ],
)
def test_the_mark_stands_under_what_it_marks(
    line: str, column: int, end_column: int, rows: list[str]
) -> None:
    text = render_text([problem(column, end_column)], {"f": line})
    assert text.splitlines()[1:] == rows


def test_nothing_from_a_document_can_act_on_a_terminal() -> None:
    nasty = "\x1b]0;owned\x07\r\n\x9b\u202e"
    diagnostic = Diagnostic(
        "DOC010",
        Severity.ERROR,
        f"`{nasty}`",
        Span(nasty, 1, 1, 2),
        nasty,
        ((nasty, Span(nasty, 1, 1)),),
    )
    text = render_text([diagnostic], {nasty: nasty})
    assert "\\u{1b}]0;owned\\u{7}\\u{d}\\u{a}\\u{9b}\\u{202e}" in text
    assert is_safe(text)
    assert is_safe(render_json([diagnostic]))


@pytest.mark.parametrize("start", [0, 10, 500, 950, 985])
def test_a_long_line_is_cut_around_what_it_marks(start: int) -> None:
    line = "." * start + "MARKED" + "." * (1000 - start - 6)
    _, shown, marks = render_text([problem(start + 1, start + 7)], {"f": line}).splitlines()
    assert shown[marks.index("~") : marks.rindex("~") + 1] == "MARKED"
    assert len(shown) <= 110
    assert ("…" in shown[:10]) == (start > 40)
    assert shown.endswith("…") == (start < 900)


def test_a_mark_longer_than_the_screen_is_cut() -> None:
    _, shown, marks = render_text([problem(5, 5000)], {"f": "x" * 6000}).splitlines()
    assert len(marks) <= len(shown) <= 110


@given(st.text(max_size=300), st.integers(1, 320), st.integers(0, 340))
def test_any_line_and_span_can_be_shown(line: str, column: int, end_column: int) -> None:
    text = render_text([problem(column, end_column)], {"f": line})
    assert is_safe(text)


def test_json_says_the_same() -> None:
    report = json.loads(render_json([UNKNOWN, UNKNOWN, problem(2, 0)]))
    assert report["counts"] == {"error": 2, "note": 0, "warning": 0}
    assert report["diagnostics"][1] == {
        "code": "POL203",
        "column": 36,
        "end_column": 39,
        "file": FILE,
        "help": "did you mean `EEA`?",
        "line": 14,
        "message": "unknown territory `EAA`",
        "related": [],
        "severity": "error",
    }
    assert report["diagnostics"][0]["end_column"] == 2
