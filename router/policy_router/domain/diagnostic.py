"""What is wrong with a document, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad a diagnostic is: only an `error` stops a load."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one line of a document; lines and columns count from 1.

    Line 0: what is meant is not in a document, and `file` is all there is to say of its place.
    """

    file: str
    line: int
    column: int
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, with its place and its code (see `codes`).

    `message` starts lower-case, has no final stop and quotes user input in backticks;
    advice goes into `help`, other places that matter into `related`. `witness`: a request that
    shows it, as JSON that `--request` takes.
    """

    code: str
    severity: Severity
    message: str
    span: Span
    help: str | None = None
    related: tuple[tuple[str, Span], ...] = field(default=())
    witness: str | None = None

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order of a report: by place, then code, then text."""
        return (self.span.file, self.span.line, self.span.column, self.code, self.message)


class DocumentErrors(Exception):
    """Documents that must not be used; carries every diagnostic of every file."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics), key=Diagnostic.sort_key))
        errors = sum(1 for d in self.diagnostics if d.severity is Severity.ERROR)
        super().__init__(f"{errors} error(s) in documents")

    def __str__(self) -> str:
        lines = [
            f"{d.span}: {d.severity.value}[{d.code}]: {d.message}"
            + (f" (help: {d.help})" if d.help else "")
            for d in self.diagnostics
        ]
        return "\n".join(lines)
