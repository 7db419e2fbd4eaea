"""What is printed when a command cannot do its work: broken documents and misuse."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from policy_router.cli.requests import ARGUMENT
from policy_router.cli.terminal import colour_on
from policy_router.domain.diagnostic import Diagnostic, DocumentErrors, Severity, Span
from policy_router.domain.unreplayable import Unreplayable
from policy_router.log.segment import LogDamaged
from policy_router.registry.importers.refusal import ImportRefused
from policy_router.report.diagnostics import render_text
from policy_router.report.phrases import counted
from policy_router.report.visible import escaped
from policy_router.store.project import LoadErrors

FLAG: Final = "--"
"""How the file name of a diagnostic starts when it is about an option, not a document."""

_PACKS: Final = "arguments"
"""What the loader calls the place of packs that no document names."""

_QUOTED: Final = re.compile("'([^']*)'")


def broken_documents(error: DocumentErrors) -> str:
    """Every diagnostic with its source line, then how many there are."""
    options = [d for d in error.diagnostics if _is_option(d)]
    documents = [d for d in error.diagnostics if not _is_option(d)]
    texts = error.sources if isinstance(error, LoadErrors) else {}
    shown = "".join(_about_option(d) for d in options)
    shown += render_text(documents, texts, colour=colour_on(sys.stderr))
    return shown + (f"{summary(documents)}\n" if documents else "")


def refused_import(refused: ImportRefused, where: str) -> DocumentErrors:
    """A list of another party of which nothing may be used, as the errors it is reported as."""
    place = Span(where, 0, 0)
    found = Diagnostic(refused.code, Severity.ERROR, refused.message, place, refused.advice)
    return DocumentErrors((found,))


def shown_diagnostics(diagnostics: Sequence[Diagnostic], sources: Mapping[str, str]) -> str:
    """Diagnostics for standard output, with their source lines."""
    return render_text(diagnostics, sources, colour=colour_on(sys.stdout))


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """How many errors and warnings there are, in how many files."""
    counts = {s: sum(d.severity is s for d in diagnostics) for s in Severity}
    files = len({d.span.file for d in diagnostics})
    parts = [counted(counts[s], s.value) for s in Severity if counts[s]]
    return f"{', '.join(parts)} in {counted(files, 'file')}"


def about_options(diagnostics: Sequence[Diagnostic]) -> bool:
    """Whether any of them is about an option: the command was misused."""
    return any(map(_is_option, diagnostics))


def _is_option(diagnostic: Diagnostic) -> bool:
    file = diagnostic.span.file
    return file.startswith(FLAG) or file in {ARGUMENT, "NAME", _PACKS}


def _about_option(diagnostic: Diagnostic) -> str:
    advice = f"\n = help: {escaped(diagnostic.help)}" if diagnostic.help else ""
    file, message = escaped(diagnostic.span.file), escaped(diagnostic.message)
    option = "--policy" if file == _PACKS else file
    return f"{option}: {diagnostic.severity.value}[{diagnostic.code}]: {message}{advice}\n"


def misuse(error: click.ClickException) -> str:
    """A misuse of the command line, with the way to the help."""
    text = _QUOTED.sub(r"`\1`", _one_line(error.format_message())).rstrip(".")
    lines = [f"error: {text[:1].lower()}{text[1:]}"]
    context = getattr(error, "ctx", None)
    if context is not None:
        lines.append(f" = help: see `{context.command_path} --help`")
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    """What click says over several lines as one; what a user typed stays escaped."""
    return escaped(" ".join(line.strip() for line in text.split("\n") if line.strip()))


def unreadable(error: OSError) -> str:
    """A file or folder that the machine refuses."""
    what = error.strerror or "it cannot be used"
    name = f"`{escaped(str(error.filename))}`: " if error.filename else ""
    return f"error: {name}{what[:1].lower()}{what[1:]}\n"


def broken_log(error: LogDamaged) -> str:
    """A log that was changed: nothing is shown of it, as nobody knows what is missing."""
    advice = "`policy-router log verify` says what is still proven of it"
    return f"error[{error.code}]: the log is not what was written: {error}\n = help: {advice}\n"


def not_replayed(error: Unreplayable) -> str:
    """A decision that cannot be made again."""
    advice = f"\n = help: {escaped(error.advice)}" if error.advice else ""
    return f"error[{error.code}]: {escaped(error.message)}{advice}\n"


def unexpected(error: Exception) -> str:
    """A defect of this program: what it was and where, for a report of it."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    text = escaped(f"{type(error).__name__}: {error}")
    return f"error: a defect of this program{place} ({text})\n = help: please report it\n"
