"""Values of attributes, for readers and for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, assert_never

from policy_router.audit.prices import ListPrice
from policy_router.domain.claim import ClaimValue, Listing, Members
from policy_router.engine import words
from policy_router.report import phrases
from policy_router.report.plain_words import value_words
from policy_router.report.visible import escaped

_MOST_NAMED: Final = 6
_NAMED: Final = 3


def said(name: str, value: ClaimValue | None) -> str:
    """A value in plain words, with what it does not mean where it is easily misread."""
    return phrases.value(name, escaped(words.claimed(value, name)))


def briefly(name: str, value: ClaimValue | None) -> str:
    """A value in the words of documents, for a cell of a table."""
    return escaped(words.claimed(value, name))


def shortly(name: str, value: ClaimValue | None) -> str:
    """A value for a cell on a screen: plain words, and of a long list how much longer it is."""
    return _first_of(value) or value_words(name, briefly(name, value))


def shortly_said(name: str, value: ClaimValue | None) -> str:
    """The same with what a value does not mean where it is easily misread."""
    return _first_of(value) or said(name, value)


def _first_of(value: ClaimValue | None) -> str:
    """The first names of a long list and how much longer it is; nothing if it is none."""
    if not isinstance(value, Members) or len(value.certain) <= _MOST_NAMED:
        return ""
    first, more = sorted(value.certain)[:_NAMED], len(value.certain) - _NAMED
    others = " and perhaps others" if value.open or value.optional else ""
    return escaped(f"{', '.join(first)} and {more} more{others}")


def tiers(price: ListPrice) -> list[dict[str, Any]]:
    """What larger calls pay, as JSON: smallest bound first, amounts as text."""
    return [
        {"above_input_tokens": bound, "amount": words.number(amount)}
        for bound, amount in price.tiers
    ]


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
