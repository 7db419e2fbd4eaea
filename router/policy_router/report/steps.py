"""A step someone could take, for people: what its contract must say, those alike together."""

from __future__ import annotations

from collections.abc import Sequence

from policy_router.engine.explanation import Change, Term
from policy_router.report import phrases
from policy_router.report.plain_words import step_words

_RECORDED_APART = "; the model as it runs there is recorded as another route"


def change_words(change: Change) -> str:
    """A step in words."""
    apart = _RECORDED_APART if change.elsewhere else ""
    return step_words(f"{change.head}{contents(change.terms)}{apart}")


def contents(terms: Sequence[Term]) -> str:
    """What a contract must say, or evidence show: of each attribute what is wanted; clauses."""
    wanted: dict[str, list[str]] = {}
    for term in terms:
        said = phrases.demand(term.attribute, term.said) if term.attribute else ""
        title = phrases.title_of(term.attribute) if term.attribute else term.said
        wanted.setdefault(said, []).append(title)
    return "; ".join(
        f"{', '.join(titles)}: {said}" if said else "; ".join(titles)
        for said, titles in wanted.items()
    )
