"""Why a route is the nearest: the clause names what tells it from the one that comes after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.decision import Candidate, RuleVerdict, Verdict
from policy_router.domain.policy import Mode
from policy_router.engine.explanation import Change, ChangeKind, Remedies, RouteExplanation
from policy_router.engine.nearness import ELSEWHERE, INSIDE, LIKELY, PARTLY, UNKNOWN, Place, nearest
from policy_router.report.nearest import because

ONE = Change(ChangeKind.AGREEMENT, "acme", "")
MORE = Change(ChangeKind.SIGNOFF, "dpia", "")
WAIVED = Change(ChangeKind.EXCEPTION, "p/r", "")
HERE: Place = (False, False, INSIDE)


class _Account:
    """What is said of one candidate."""

    def __init__(self, steps: tuple[Change, ...] | None, place: Place) -> None:
        self._sets = () if steps is None else (steps,)
        self._place = place

    def rules(self, candidate: Candidate) -> tuple[()]:
        del candidate
        return ()

    def no_help(self, candidate: Candidate) -> tuple[()]:
        del candidate
        return ()

    def kind(self, candidate: Candidate) -> int:
        del candidate
        return 0

    def place(self, candidate: Candidate) -> Place:
        del candidate
        return self._place

    def remedies(self, candidate: Candidate) -> Remedies:
        del candidate
        return Remedies(self._sets, complete=True)


def _route(
    name: str, steps: tuple[Change, ...] | None = (ONE,), place: Place = HERE, stopped: int = 1
) -> RouteExplanation:
    verdicts = tuple(RuleVerdict("p", str(n), Mode.ENFORCE, Verdict.FAIL) for n in range(stopped))
    return RouteExplanation(Candidate(name, False, (), verdicts), "m", _Account(steps, place))


A = _route("a")
OF = "of those that few rules stop"
AS_FEW = f"{OF} none needs fewer steps (1), and"


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (_route("z", (ONE, MORE)), f"{OF} it needs the fewest steps (1)"),
        (_route("z", (WAIVED,)), f"{OF} it alone needs no exception"),
        (_route("z", None), f"{OF} it alone has steps that were found (1)"),
        (
            _route("z", place=(True, False, INSIDE)),
            f"{AS_FEW} it is settled which company its calls go to",
        ),
        (_route("z", place=(False, True, INSIDE)), f"{AS_FEW} it is one of your own"),
        (_route("z", place=(False, False, PARTLY)), f"{AS_FEW} it runs within the EEA"),
        (_route("z", stopped=2), f"{AS_FEW} fewer rules stop it"),
        (_route("z"), f"{AS_FEW} it comes first by name"),
    ],
)
def test_what_tells_it_from_the_next(other: RouteExplanation, why: str) -> None:
    assert nearest([other, A]) is A
    assert because(A, [other, A]) == why


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (PARTLY, "it runs partly within the EEA"),
        (LIKELY, "its company names places within the EEA alone"),
        (UNKNOWN, "nothing says that it runs outside the EEA"),
    ],
)
def test_where_it_runs_is_said_as_far_as_it_is_known(runs: int, said: str) -> None:
    near, far = (_route(n, place=(False, False, r)) for n, r in (("z", runs), ("a", ELSEWHERE)))
    assert nearest([far, near]) is near
    assert because(near, [far, near]) == f"{AS_FEW} {said}"


def test_where_nothing_would_do_no_steps_are_counted() -> None:
    near, far = _route("a", None), _route("z", None, stopped=2)
    assert because(near, [near, far]) == (
        f"{OF} no steps were found for any, and fewer rules stop it"
    )


def test_a_route_that_does_not_suit_the_call_is_not_weighed() -> None:
    unfit = replace(A, candidate=Candidate("z", False, ("no images",), ()))
    assert because(A, [A, unfit]) == "no other is known to do what the call asks"
    assert because(unfit, [A, unfit]) == ""
    assert because(A, [A]) == ""
