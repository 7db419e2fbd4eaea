"""Diagnostics and failed cases in SARIF 2.1.0, the format that code scanning reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from policy_router import __version__
from policy_router.domain.codes import CODES, Code
from policy_router.domain.diagnostic import Diagnostic, Span
from policy_router.report.places import Tree
from policy_router.report.suites import asked_line, because_line, difference_line
from policy_router.report.visible import escaped
from policy_router.verify.suites import CaseResult

UNEXPECTED: Final = Code(
    "unexpected-decision",
    "a case of a suite comes out otherwise than expected",
    "A suite says what must come of typical requests. What comes of this one is something else: a "
    "policy, a contract or a fact has changed, or the expectation is wrong.",
    "If the change is meant, change what the case expects; otherwise find the change.",
)
"""The rule that a failed case is a result of."""

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_SHIPPED: Final = "SHIPPED"
_ABOUT_SHIPPED: Final = {"text": "a document that comes with policy-router"}

_Json = dict[str, object]


def diagnostics_sarif(command: str, diagnostics: Iterable[Diagnostic], tree: Tree) -> str:
    """What `command` found wrong with documents; a rule for each code that occurs. ASCII only.

    Files of the user's have URIs relative to the root of `tree` if they lie below it; shipped
    ones are relative to a base of their own, so that none is taken for a file of the user's.
    """
    ordered = sorted(set(diagnostics), key=Diagnostic.sort_key)
    rules = [CODES[code] for code in sorted({d.code for d in ordered})]
    return _log(command, rules, [_of_diagnostic(d, tree) for d in ordered])


def suites_sarif(results: Iterable[CaseResult], tree: Tree) -> str:
    """A result for each case that failed; what passed is not listed. ASCII only."""
    failed = [result for result in results if not result.passed]
    return _log("test", [UNEXPECTED] if failed else [], [_of_case(r, tree) for r in failed])


def _log(command: str, rules: list[Code], results: list[_Json]) -> str:
    driver = {
        "name": "policy-router",
        "version": __version__,
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"policy-router/{command}/"},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2)


def _rule(code: Code) -> _Json:
    return {
        "id": code.id,
        "shortDescription": _text(code.title),
        "fullDescription": _text(code.explanation),
        "help": {
            **_text(code.explanation, f"What to do: {code.fix}"),
            "markdown": _literal(f"{code.explanation}\n\n**What to do.** {code.fix}"),
        },
    }


def _of_diagnostic(diagnostic: Diagnostic, tree: Tree) -> _Json:
    advice = [f"witness: {diagnostic.witness}"] if diagnostic.witness else []
    advice += [f"help: {diagnostic.help}"] if diagnostic.help else []
    result: _Json = {
        "ruleId": diagnostic.code,
        "level": diagnostic.severity.value,
        "message": _text(diagnostic.message, *advice),
        "locations": [_location(diagnostic.span, tree)],
    }
    if diagnostic.related:
        result["relatedLocations"] = _related(diagnostic, tree)
    return result


def _related(diagnostic: Diagnostic, tree: Tree) -> list[_Json]:
    """Other places that matter, each once: the schema wants them to differ."""
    places: list[_Json] = []
    for note, span in diagnostic.related:
        place = {"message": _text(note), **_location(span, tree)}
        if place not in places:
            places.append(place)
    return places


def _of_case(result: CaseResult, tree: Tree) -> _Json:
    differences = "; ".join(map(difference_line, result.differences))
    about = f"case `{result.case.id}` of suite `{result.suite}`: {differences}"
    context = filter(None, (because_line(result), asked_line(result)))
    return {
        "ruleId": UNEXPECTED.id,
        "level": "error",
        "message": _text(about, *context),
        "locations": [_location(result.case.span, tree)],
    }


def _location(span: Span, tree: Tree) -> _Json:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endColumn": max(span.end_column, span.column),
    }
    return {"physicalLocation": {"artifactLocation": _artifact(span.file, tree), "region": region}}


def _artifact(file: str, tree: Tree) -> _Json:
    path = tree.path(file)
    if path is None:
        return {"uri": _relative(file), "uriBaseId": _SHIPPED, "description": _ABOUT_SHIPPED}
    return {"uri": path.as_uri() if path.is_absolute() else _relative(path.as_posix())}


def _relative(path: str) -> str:
    """A path as a reference; the bytes of a name that is not UTF-8 stay what they are."""
    return quote(path, errors="surrogateescape")


def _text(*lines: str) -> dict[str, str]:
    """A message in plain text, in which nothing is a placeholder or a link.

    SARIF 2.1.0, 3.11.6: `[text](target)` would be a link.
    """
    text = "\n".join(escaped(line) for line in lines)
    return {"text": _literal(text).replace("](", "] (")}


def _literal(text: str) -> str:
    """`text` without placeholders: SARIF 2.1.0, 3.11.5 doubles every brace that is meant."""
    return text.replace("{", "{{").replace("}", "}}")
