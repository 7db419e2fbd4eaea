"""A difference between documents in words: which document, what of it, what it said and says."""

from __future__ import annotations

from typing import Final, assert_never

from policy_router.audit.changes import Difference, Fate
from policy_router.report import phrases
from policy_router.report.plain_words import ATTRIBUTE_TITLES, value_words
from policy_router.report.visible import escaped

_KINDS: Final = {
    "gateway": "the gateway",
    "provider": "the provider",
    "model": "the model",
    "route": "the route",
    "territory": "the territory",
    "adequacy": "the adequacy decision",
    "agreement": "the agreement",
    "signoff": "the sign-off",
    "policy": "the policy",
    "rule": "the rule",
    "obligation": "the obligation",
    "exception": "the exception",
    "alias": "the alias",
    "project": "the project",
}
_WHAT: Final = {
    "accepts": "claims while which it is in force",
    "by": "who signed",
    "cites": "articles it cites",
    "demand": "evidence it asks for",
    "forbid": "what a route must not be",
    "gateways": "gateways the organisation has",
    "includes": "territories inside it",
    "importers": "parties it covers",
    "mode": "enforced or only watched",
    "needs": "facts that must be stated",
    "price.input": "input price",
    "price.output": "output price",
    "prefer": "order of preference",
    "rates": "exchange rates",
    "recorded": "recorded on",
    "refuse_when": "calls it refuses",
    "require": "what a route must be",
    "scope": "requests it is about",
    "set": "what is set in a call",
    "substitutions": "models that may stand in",
    "terms": "what it states",
    "type": "kind",
    "validity": "when it is in force",
    "waivable": "may be waived",
    "when": "requests it applies to",
}
"""What parts of documents are called, where their names in the language say too little."""


def document_words(d: Difference) -> str:
    """The document by its kind and id."""
    return f"{_KINDS[d.kind]} `{escaped(d.id)}`" if d.id else _KINDS[d.kind]


def part_words(d: Difference) -> str:
    """What of the document; of a claim, at which party of the route; all where it came or went."""
    hop, _, name = d.what.rpartition(": ")
    said = part_title(name)
    return f"{said} (at {escaped(hop)})" if hop else said or "all of it"


def part_title(name: str) -> str:
    """What a part of a document or a claim is called."""
    if name in ATTRIBUTE_TITLES:
        return phrases.title_of(name)
    return _WHAT.get(name, escaped(name).replace("_", " "))


def said_words(d: Difference) -> tuple[str, str]:
    """What it said and what it says."""
    name = d.what.rpartition(": ")[2]
    was, now = (None if t is None else value_words(name, escaped(t)) for t in (d.old, d.new))
    if not d.what:
        gone = d.fate is Fate.REMOVED
        return ("on file", "not on file") if gone else ("not on file", "on file")
    return was or "nothing", now or "nothing"


def difference_words(d: Difference) -> str:
    """A difference in a few words."""
    whole = document_words(d) if not d.what else f"{part_words(d)} of {document_words(d)}"
    match d.fate:
        case Fate.ADDED:
            return f"{whole} is new"
        case Fate.REMOVED:
            return f"{whole} is gone"
        case Fate.CHANGED:
            return f"{whole} changed"
        case _:
            assert_never(d.fate)
