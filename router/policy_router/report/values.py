"""Values of attributes, for readers and for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, assert_never

from policy_router.domain.claim import ClaimValue, Listing, Members
from policy_router.engine import words
from policy_router.report import phrases
from policy_router.report.visible import escaped


def said(name: str, value: ClaimValue | None) -> str:
    """A value in plain words, with what it does not mean where it is easily misread."""
    return phrases.value(name, escaped(words.claimed(value, name)))


def briefly(name: str, value: ClaimValue | None) -> str:
    """A value in the words of documents, for a cell of a table."""
    return escaped(words.claimed(value, name))


def data(value: ClaimValue | None) -> Any:  # noqa: ANN401 - JSON
    """A value as JSON: numbers as text, so that money stays exact; null is not known."""
    match value:
        case None | str():
            return value
        case Decimal():
            return words.number(value)
        case Members():
            return _members(value)
        case Listing():
            return {
                "entity": value.entity,
                "status": value.status,
                "covers": sorted(value.covers),
                "extensions": sorted(value.extensions),
            }
        case _:
            assert_never(value)


def _members(value: Members) -> Any:  # noqa: ANN401 - JSON
    """A closed set is a list; one that may hold more says so."""
    if not value.open and not value.optional:
        return sorted(value.certain)
    return {
        "certain": sorted(value.certain),
        "possible": sorted(value.optional),
        "open": value.open,
    }
