"""Diagnostics as workflow commands, which GitHub Actions shows at the lines they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy_router.domain.diagnostic import Diagnostic, Severity
from policy_router.report.places import Tree
from policy_router.report.visible import escaped


def github_lines(diagnostics: Iterable[Diagnostic], tree: Tree) -> Iterator[str]:
    """A line for each diagnostic, in order of report; nothing in it can be a second command."""
    for diagnostic in sorted(set(diagnostics), key=Diagnostic.sort_key):
        yield _annotation(diagnostic, tree)


def _annotation(diagnostic: Diagnostic, tree: Tree) -> str:
    path = tree.path(diagnostic.span.file)
    # the log of a run shows the text without the properties
    text = escaped(f"{diagnostic.span}: {diagnostic.message}")
    if diagnostic.witness:
        text += f"\nwitness: {escaped(diagnostic.witness)}"
    if diagnostic.help:
        text += f"\nhelp: {escaped(diagnostic.help)}"
    place = {} if path is None else _place(diagnostic, escaped(path.as_posix()))
    properties = ",".join(
        f"{name}={_property(value)}" for name, value in {**place, "title": diagnostic.code}.items()
    )
    return f"::{_command(diagnostic.severity)} {properties}::{_data(text)}"


def _place(diagnostic: Diagnostic, path: str) -> dict[str, str]:
    """Where it is shown; here, unlike in a `Span`, the end column is the last one marked."""
    span = diagnostic.span
    last = max(span.end_column - 1, span.column)
    return {
        "file": path,
        "line": str(span.line),
        "endLine": str(span.line),
        "col": str(span.column),
        "endColumn": str(last),
    }


def _command(severity: Severity) -> str:
    return "notice" if severity is Severity.NOTE else severity.value


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
