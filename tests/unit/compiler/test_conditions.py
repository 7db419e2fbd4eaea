"""Conditions as masks: every formula of three statements means what Kleene's logic says."""

from __future__ import annotations

from itertools import product

import pytest

from policy_router.compiler.conditions import Condition, condition
from policy_router.compiler.formula import Atom, Every, Formula, Opposite, Some
from policy_router.domain.truth import (
    FALSE,
    TRUE,
    UNKNOWN,
    Truth,
    conjunction,
    disjunction,
    negation,
)

A, B, C = Atom(0), Atom(1), Atom(2)
FORMULAS: tuple[Formula, ...] = (
    A,
    Opposite(A),
    Opposite(Opposite(A)),
    Every(()),
    Some(()),
    Every((A, B, C)),
    Some((A, B, C)),
    Opposite(Every((A, Opposite(B)))),
    Opposite(Some((A, Opposite(B)))),
    Every((A, Some((B, C)))),
    Some((A, Every((B, C)))),
    Every((Some((A, B)), Some((Opposite(A), C)))),
    Some((Every((A, B)), Every((Opposite(A), C)))),
    Every((A, Every((B, Some((C, Opposite(A))))))),
    Some((A, Some((B, Every((C, Opposite(A))))))),
    Opposite(Every((A, Some((B, Opposite(C)))))),
    Every((Some(()), A)),
    Some((Every(()), A)),
)


def _truth(formula: Formula, of: tuple[Truth, ...]) -> Truth:
    match formula:
        case Atom(number):
            return of[number]
        case Opposite(part):
            return negation(_truth(part, of))
        case Every(parts):
            return conjunction(_truth(p, of) for p in parts)
        case Some(parts):
            return disjunction(_truth(p, of) for p in parts)


@pytest.mark.parametrize("formula", FORMULAS, ids=repr)
def test_a_condition_is_its_formula(formula: Formula) -> None:
    when = condition(formula)
    for of in product((TRUE, UNKNOWN, FALSE), repeat=3):
        true = sum(1 << n for n, t in enumerate(of) if t.known_true)
        possible = sum(1 << n for n, t in enumerate(of) if not t.known_false)
        truth = _truth(formula, of)
        assert when.holds(true, possible) is truth.known_true, of
        assert when.holds(possible, true) is not truth.known_false, of


def test_what_can_be_one_mask_is() -> None:
    assert condition(Every((A, Opposite(B), Every((C,))))) == Condition(True, 0b101, 0b010, ())
    assert condition(Opposite(Every((A, Opposite(B))))) == Condition(False, 0b010, 0b001, ())
    assert condition(Some((Every((A,)), B))) == Condition(False, 0b011, 0, ())
