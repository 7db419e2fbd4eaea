"""Which of two values of a claim is more favourable to a route."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from policy_router.domain.claim import ClaimValue, Members
from policy_router.domain.vocabulary import ATTRIBUTES, Attribute, AttributeKind

GLOBAL = "GLOBAL"


class Favour(Enum):
    """How one value compares to another."""

    LESS = "less"
    SAME = "same"
    MORE = "more"
    NO_ORDER = "no_order"


def favour(attribute: str, value: ClaimValue | None, other: ClaimValue | None) -> Favour:
    """How `value` compares to `other`; unknown (None) is less favourable than anything known."""
    if value == other:
        return Favour.SAME
    if value is None:
        return Favour.LESS
    if other is None:
        return Favour.MORE
    spec = ATTRIBUTES[attribute]
    if isinstance(value, Members) and isinstance(other, Members):
        return _compare_sets(spec, value, other)
    if isinstance(value, Decimal) and isinstance(other, Decimal):
        return Favour.MORE if value < other else Favour.LESS
    if spec.kind is AttributeKind.ORDERED:
        return (
            Favour.MORE
            if spec.values.index(str(value)) < spec.values.index(str(other))
            else Favour.LESS
        )
    return Favour.NO_ORDER


def _compare_sets(spec: Attribute, value: Members, other: Members) -> Favour:
    """Fewer possible places or exceptions favour a route; more certificates do."""
    if spec.more_is_better:
        if value.certain == other.certain:
            return Favour.NO_ORDER
        if value.certain >= other.certain:
            return Favour.MORE
        return Favour.LESS if value.certain <= other.certain else Favour.NO_ORDER
    narrower, wider = _inside(value, other), _inside(other, value)
    if narrower == wider:
        return Favour.NO_ORDER
    return Favour.MORE if narrower else Favour.LESS


def _inside(inner: Members, outer: Members) -> bool:
    """Whether every possibility of `inner` is one of `outer` too."""
    if inner.open and not outer.open:
        return False
    return inner.certain <= outer.certain or GLOBAL in outer.certain
