"""Strong Kleene logic over false, mixed and true: every law on every span of outcomes."""

from __future__ import annotations

from itertools import product

import pytest

from policy_router.domain.truth import (
    FALSE,
    MIXED,
    TRUE,
    UNKNOWN,
    Outcome,
    Truth,
    conjunction,
    disjunction,
    known,
    negation,
)

EVERY = tuple(Truth(low, high) for low, high in product(Outcome, Outcome) if low <= high)
PAIRS = tuple(product(EVERY, EVERY))
TRIPLES = tuple(product(EVERY, EVERY, EVERY))


def _knows_less(less: Truth, more: Truth) -> bool:
    return less.low <= more.low and more.high <= less.high


def test_there_are_six_spans() -> None:
    assert len(EVERY) == 6
    assert {TRUE, FALSE, MIXED, UNKNOWN} <= set(EVERY)


@pytest.mark.parametrize(
    ("truth", "known_true", "known_false", "may_be_true", "may_be_false"),
    [
        (TRUE, True, False, True, False),
        (FALSE, False, True, False, True),
        (MIXED, False, False, False, False),
        (UNKNOWN, False, False, True, True),
        (Truth(Outcome.FALSE, Outcome.MIXED), False, False, False, True),
        (Truth(Outcome.MIXED, Outcome.TRUE), False, False, True, False),
    ],
)
def test_what_a_span_leaves_open(
    truth: Truth, known_true: bool, known_false: bool, may_be_true: bool, may_be_false: bool
) -> None:
    assert truth.known_true is known_true
    assert truth.known_false is known_false
    assert truth.may_be_true is may_be_true
    assert truth.may_be_false is may_be_false


@pytest.mark.parametrize(
    ("truth", "opposite"), [(TRUE, FALSE), (FALSE, TRUE), (MIXED, MIXED), (UNKNOWN, UNKNOWN)]
)
def test_the_opposite_of_mixed_is_mixed_and_of_unknown_unknown(
    truth: Truth, opposite: Truth
) -> None:
    assert negation(truth) == opposite


def test_the_opposite_of_the_opposite_is_itself() -> None:
    assert all(negation(negation(t)) == t for t in EVERY)


def test_de_morgan() -> None:
    for a, b in PAIRS:
        assert negation(conjunction((a, b))) == disjunction((negation(a), negation(b)))
        assert negation(disjunction((a, b))) == conjunction((negation(a), negation(b)))


@pytest.mark.parametrize("combine", [conjunction, disjunction])
def test_order_grouping_and_repetition_mean_nothing(combine: object) -> None:
    assert callable(combine)
    for a, b, c in TRIPLES:
        assert combine((a, b)) == combine((b, a))
        assert combine((a, a)) == a
        assert combine((a, combine((b, c)))) == combine((combine((a, b)), c)) == combine((a, b, c))


def test_absorption_and_distribution() -> None:
    for a, b, c in TRIPLES:
        assert conjunction((a, disjunction((a, b)))) == a
        assert disjunction((a, conjunction((a, b)))) == a
        spread = disjunction((conjunction((a, b)), conjunction((a, c))))
        assert conjunction((a, disjunction((b, c)))) == spread


def test_nothing_at_all_is_true_of_all_and_false_of_any() -> None:
    assert conjunction(()) == TRUE
    assert disjunction(()) == FALSE


def test_neutral_and_deciding_parts() -> None:
    for a in EVERY:
        assert conjunction((a, TRUE)) == a == disjunction((a, FALSE))
        assert conjunction((a, FALSE)) == FALSE
        assert disjunction((a, TRUE)) == TRUE


def test_a_statement_and_its_opposite_are_not_known_to_settle_it() -> None:
    """No analysis by cases: `x or not x` is unknown where `x` is."""
    assert disjunction((UNKNOWN, negation(UNKNOWN))) == UNKNOWN
    assert conjunction((UNKNOWN, negation(UNKNOWN))) == UNKNOWN


def test_mixed_is_between_false_and_true() -> None:
    assert conjunction((MIXED, TRUE)) == MIXED == disjunction((MIXED, FALSE))
    assert conjunction((MIXED, UNKNOWN)) == Truth(Outcome.FALSE, Outcome.MIXED)
    assert disjunction((MIXED, UNKNOWN)) == Truth(Outcome.MIXED, Outcome.TRUE)


def test_knowing_less_never_settles_more() -> None:
    for (less_a, a), (less_b, b) in product(PAIRS, PAIRS):
        if _knows_less(less_a, a) and _knows_less(less_b, b):
            assert _knows_less(conjunction((less_a, less_b)), conjunction((a, b)))
            assert _knows_less(disjunction((less_a, less_b)), disjunction((a, b)))
            assert _knows_less(negation(less_a), negation(a))


def test_known() -> None:
    assert known(value=True) == TRUE
    assert known(value=False) == FALSE
