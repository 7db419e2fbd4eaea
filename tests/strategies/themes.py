"""What the documents and rules of one world speak of: little, so that they meet."""

from __future__ import annotations

from dataclasses import dataclass

from tests.strategies.draws import Dice, pick, several

_TERMS = ("training", "dpa", "zero_data_retention", "retention_days", "certifications")
_PLACES = ("inference_location", "storage_location", "retention_days", "maker_jurisdiction")
TRANSFER = (
    "provider_jurisdiction",
    "inference_location",
    "storage_location",
    "support_location",
    "retention_days",
    "dpf",
    "adequacy_conditions",
)
_UNMATCHABLE = {"dpf", "adequacy_conditions"}

ANY_SHAPE = (
    *("claim",) * 9,
    *("plain", "plain", "signoff", "basis", "basis", "all", "any", "not"),
)
JUDGED = ("signoff", "signoff", "signoff", "basis", "basis", "claim")
"""Shapes of demands that rest on what people signed."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What a world is about.

    `shapes`: what its rules demand. `aligned`: no rule asks for what is worse. `contractual`:
    nothing is published of any route, everything known stands in agreements.
    """

    attributes: tuple[str, ...]
    shapes: tuple[str, ...] = ANY_SHAPE
    aligned: bool = False
    contractual: bool = False

    @property
    def matchable(self) -> tuple[str, ...]:
        """The attributes that rules can speak of."""
        return tuple(a for a in self.attributes if a not in _UNMATCHABLE)

    @property
    def of_hops(self) -> tuple[str, ...]:
        """The attributes that a hop has."""
        return tuple(a for a in self.attributes if a != "maker_jurisdiction")


def any_theme(dice: Dice, *, aligned: bool = False) -> Theme:
    """Draw a theme: terms, places, or transfers."""
    attributes = pick(dice, (several(dice, _TERMS, 3), several(dice, _TERMS, 2), _PLACES, TRANSFER))
    shapes = (*ANY_SHAPE, *("basis",) * 9) if attributes == TRANSFER else ANY_SHAPE
    return Theme(attributes, shapes, aligned=aligned)


def terms_theme(dice: Dice) -> Theme:
    """Draw a theme of terms, under demands that reward what is better."""
    return Theme(several(dice, _TERMS, 3), aligned=True)


def contract_theme(dice: Dice, *, shapes: tuple[str, ...] = ANY_SHAPE) -> Theme:
    """Draw a theme in which agreements matter: terms, or transfers under clauses."""
    attributes = pick(dice, (several(dice, _TERMS, 2), TRANSFER))
    return Theme(attributes, shapes, aligned=True, contractual=True)
