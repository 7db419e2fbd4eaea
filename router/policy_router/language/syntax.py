"""What the YAML parser objects to, in words of our own."""

from __future__ import annotations

from typing import Final, NamedTuple

import yaml

from policy_router.domain.diagnostic import Diagnostic, Severity, Span
from policy_router.language.objections import DIRECTIVE, TAG, Objection
from policy_router.language.text import place, quoted

_INDENTATION: Final = (
    "line does not fit the indentation of the lines above",
    "keys of one mapping and members of one list start in the same column",
)
_ESCAPE: Final = (
    "text in double quotes holds a backslash that starts no known escape",
    "write `\\\\` for a backslash, or use single quotes",
)
_DASH: Final = ("`-` cannot stand here", "start a list on a line of its own")

_WORDS: Final = {
    "mapping values are not allowed": (
        "`:` cannot stand here",
        "put text that contains `: ` in quotes; a mapping starts on a line of its own",
    ),
    "mapping keys are not allowed": ("`?` cannot stand here", "put the text in quotes"),
    "sequence entries are not allowed": _DASH,
    "did not find expected key": _INDENTATION,
    "did not find expected '-' indicator": _INDENTATION,
    "expected <block end>": _INDENTATION,
    "could not find expected ':'": ("key without a `:` after it", "write `key: value`"),
    "<document start>": (
        "text after the end of the document",
        "delete a surplus bracket, or start another document with `---`",
    ),
    "node content": ("key or value is missing here", "write it, or put the text in quotes"),
    "escape": _ESCAPE,
    "expected escape sequence": _ESCAPE,
}
"""Parts of the messages of libyaml and of PyYAML's own parser: our message and advice."""


_OPEN_QUOTE: Final = Objection("DOC012", "quote is never closed", "add the closing quote")
_TAB: Final = Objection("DOC011", "tab where only spaces may stand", "replace it by spaces")


class _Mistake(NamedTuple):
    at: int
    what: Objection
    related: tuple[tuple[str, int], ...] = ()


def syntax_problem(
    file: str, text: str, error: yaml.MarkedYAMLError, bracket: int | None
) -> Diagnostic:
    """The diagnostic for the `error` at which parsing of `text` stopped.

    `bracket` is the index of the innermost bracket that was open there.
    """
    at, (code, message, advice), notes = _mistake(text, error, bracket)
    related = tuple((note, _span(file, text, index)) for note, index in notes)
    return Diagnostic(code, Severity.ERROR, message, _span(file, text, at), advice, related)


def _span(file: str, text: str, index: int) -> Span:
    line, column = place(text, index)
    return Span(file, line, column, column + 1)


def _mistake(text: str, error: yaml.MarkedYAMLError, bracket: int | None) -> _Mistake:
    context, problem = error.context or "", error.problem or ""
    at = _index(text, error.problem_mark)
    opening = _index(text, error.context_mark or error.problem_mark)
    if "scanning a quoted scalar" in context and problem.startswith("found unexpected"):
        return _Mistake(opening, _OPEN_QUOTE)
    if bracket is not None and _ends_in_brackets(text, at, problem):
        return _unclosed_bracket(text, bracket, at)
    if text[at : at + 1] == "\t" or "found a tab" in problem:
        return _Mistake(at, _TAB)
    if "undefined tag handle" in problem:
        return _Mistake(at, TAG)
    if "directive" in context + problem or "incompatible YAML" in problem:
        return _Mistake(opening, DIRECTIVE)
    return _Mistake(opening if "simple key" in context else at, _in_words(text, at, problem))


def _index(text: str, mark: yaml.Mark | None) -> int:
    """Index of `mark`; libyaml puts the end of a text without a last line break a line lower."""
    return min(mark.index, len(text)) if mark else len(text)


def _ends_in_brackets(text: str, at: int, problem: str) -> bool:
    at_end = at >= len(text.rstrip()) or text.startswith(("---", "..."), at)
    return "expected ','" in problem or ("node content" in problem and at_end)


def _unclosed_bracket(text: str, opening: int, at: int) -> _Mistake:
    bracket, advice = quoted(text[opening]), "add the closing bracket or a comma"
    on_one_line = place(text, opening)[0] == place(text, at)[0]
    if on_one_line and at < len(text):
        message = f"`,` or the end of {bracket} is missing before this"
        return _Mistake(at, Objection("DOC013", message, advice), (("opened here", opening),))
    what = Objection("DOC013", f"{bracket} is never closed", advice)
    return _Mistake(opening, what, (("cannot be read on here", at),))


def _in_words(text: str, at: int, problem: str) -> Objection:
    if "cannot start any token" in problem:
        message = f"{quoted(text[at : at + 1])} cannot start a value or a key"
        return Objection("DOC010", message, "put the text in quotes")
    for part, (message, advice) in _WORDS.items():
        if part in problem:
            return Objection("DOC010", message, advice)
    message = "text cannot be read as YAML here"
    return Objection("DOC010", message, "check indentation, quotes and brackets")
