"""Diagnostics as text with the line they speak of, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, assert_never

from policy_router.domain.diagnostic import Diagnostic, Severity, Span
from policy_router.language.text import split_lines
from policy_router.report.visible import escaped, width
from policy_router.store.shipped import is_shipped

_WIDEST_LINE: Final = 100
"""Characters of a source line that are shown; a longer one is cut around its span."""

_BEFORE_SPAN: Final = 40
"""Characters shown in front of the span of a line that is cut."""

_RESET: Final = "\x1b[0m"
_BOLD: Final = "\x1b[1m"


class _Excerpt(NamedTuple):
    """A part of a line, with the start and end index of what is marked in it."""

    text: str
    start: int
    end: int


def render_text(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], *, colour: bool = False
) -> str:
    """`diagnostics` in their order of report, each with its source line and its help.

    `sources` holds the text of files by the name that spans carry; a diagnostic whose file or
    line is not in it is shown without its line. What comes from a document is escaped: nothing
    in it can act on a terminal. The text is empty or ends with a line break.
    """
    ordered = sorted(set(diagnostics), key=Diagnostic.sort_key)
    files = {diagnostic.span.file for diagnostic in ordered} & sources.keys()
    lines = {file: split_lines(sources[file]) for file in files}
    return "".join(f"{_rendered(diagnostic, lines, colour=colour)}\n" for diagnostic in ordered)


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """`diagnostics` as a JSON object, in their order of report; ASCII only.

    Its members are `diagnostics` and the count of each severity; lines and columns count from
    1 in characters, `end_column` is the column after the last one. `witness`, where there is
    one, is a request that shows it.
    """
    ordered = sorted(set(diagnostics), key=Diagnostic.sort_key)
    counts = {severity.value: 0 for severity in Severity}
    for diagnostic in ordered:
        counts[diagnostic.severity.value] += 1
    report = {"counts": counts, "diagnostics": [_as_json(item) for item in ordered]}
    return json.dumps(report, indent=2, sort_keys=True)


def _as_json(diagnostic: Diagnostic) -> dict[str, object]:
    shown = {"witness": json.loads(diagnostic.witness)} if diagnostic.witness else {}
    return {
        **shown,
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        **_span_as_json(diagnostic.span),
        "related": [
            {"message": message, **_span_as_json(span)} for message, span in diagnostic.related
        ],
    }


def _span_as_json(span: Span) -> dict[str, object]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_column": max(span.end_column, span.column),
    }


def _rendered(diagnostic: Diagnostic, lines: Mapping[str, list[str]], *, colour: bool) -> str:
    gutter = " " * (len(str(diagnostic.span.line)) + 2)
    severity = diagnostic.severity.value
    kind = _coloured(f"{severity}[{diagnostic.code}]", diagnostic.severity, colour=colour)
    came_with = "shipped " if is_shipped(diagnostic.span.file) else ""
    rows = [f"{came_with}{escaped(str(diagnostic.span))}: {kind}: {escaped(diagnostic.message)}"]
    rows += _source_rows(diagnostic, lines, gutter, colour=colour)
    rows += [
        f"{gutter} = see: {escaped(str(span))}: {escaped(note)}"
        for note, span in diagnostic.related
    ]
    if diagnostic.witness:
        rows.append(f"{gutter} = witness: {escaped(diagnostic.witness)}")
    if diagnostic.help:
        rows.append(f"{gutter} = help: {escaped(diagnostic.help)}")
    return "\n".join(rows)


def _source_rows(
    diagnostic: Diagnostic, lines: Mapping[str, list[str]], gutter: str, *, colour: bool
) -> list[str]:
    span = diagnostic.span
    source = lines.get(span.file, [])
    if not 0 < span.line <= len(source) or not source[span.line - 1].strip():
        return []
    excerpt = _excerpt(source[span.line - 1], span)
    before, marked = excerpt.text[: excerpt.start], excerpt.text[excerpt.start : excerpt.end]
    marker = _coloured("~" * max(1, width(escaped(marked))), diagnostic.severity, colour=colour)
    indent = " " * width(escaped(before))
    return [f"  {span.line} | {escaped(excerpt.text)}".rstrip(), f"{gutter} | {indent}{marker}"]


def _excerpt(line: str, span: Span) -> _Excerpt:
    start = min(span.column - 1, len(line))
    end = min(max(span.end_column - 1, start), len(line))
    if len(line) <= _WIDEST_LINE:
        return _Excerpt(line, start, end)
    first = max(0, min(start - _BEFORE_SPAN, len(line) - _WIDEST_LINE))
    last = first + _WIDEST_LINE
    left, right = "…" if first else "", "…" if last < len(line) else ""
    shift = len(left) - first
    return _Excerpt(left + line[first:last] + right, start + shift, min(end, last) + shift)


def _coloured(text: str, severity: Severity, *, colour: bool) -> str:
    return f"{_BOLD}{_colour_of(severity)}{text}{_RESET}" if colour else text


def _colour_of(severity: Severity) -> str:
    match severity:
        case Severity.ERROR:
            return "\x1b[31m"
        case Severity.WARNING:
            return "\x1b[33m"
        case Severity.NOTE:
            return "\x1b[36m"
        case _:
            assert_never(severity)
