"""A call that declares more than is certain of its caller: what does not cover it, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from policy_router.domain.contract import Signoff
from policy_router.domain.decision import Outcome
from policy_router.domain.policy import PolicyException
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.engine.decide import Engine
from policy_router.engine.explanation import Explanation
from tests.explained import DPIA, IS, told
from tests.small import NOW, exception, facts, policy, registry, rule, signoff, snapshot
from tests.strategies.predicates import names

ORDINARY = "personal (ordinary personal data)"
CALLER = facts(data=("personal",), tenant="blue")
PURPOSE = facts(data=("personal",), purpose="support", tenant="blue")
ASSESSED = policy(rule(require=DPIA))


def _declaring(base: RequestFacts, *data: str, settled: bool = True, **said: str) -> RequestFacts:
    """`base`, and what a call declares besides."""
    known = base.set_fact("data")
    both = SetFact(known.members | set(data), settled=known.settled and settled)
    declared = (*(["data"] if data else []), *said)
    return RequestFacts(
        base.model, {**base.sets, "data": both}, {**base.scalars, **said}, declared, base
    )


def _why(judged: Signoff, asked: RequestFacts) -> list[str]:
    (only,) = told(ASSESSED, registry(judged), asked).routes
    assert not only.permitted
    return [each.why for each in only.no_help]


@pytest.mark.parametrize(
    ("judged", "asked", "why"),
    [
        (
            signoff(data=("health",)),
            _declaring(CALLER, "health"),
            (
                f"covers only the data health, not {ORDINARY}: that is certain of every "
                f"call of this "
                "caller"
            ),
        ),
        (
            signoff(data=("personal",)),
            _declaring(CALLER, "health"),
            (
                f"covers only the data {ORDINARY}, not health: that is merely declared in "
                f"the call or "
                "detected in it"
            ),
        ),
        (
            signoff(data=("genetic",)),
            _declaring(CALLER, "health"),
            (
                f"covers only the data genetic, not health, {ORDINARY}: that is merely declared in "
                f"the call or detected in it; covers only the data genetic, not {ORDINARY}: that "
                "is certain of every call of this caller"
            ),
        ),
        (
            signoff(purposes=("support",)),
            _declaring(CALLER, purpose="support"),
            (
                "covers only the purpose `support`, and the purpose of the request is "
                "merely declared "
                "in the call or detected in it"
            ),
        ),
        (
            signoff(purposes=("care",)),
            _declaring(CALLER, purpose="support"),
            (
                "covers only the purpose `care`, not what the call declares; covers only the "
                "purpose `care`, and the purpose of the request is merely declared in the call or "
                "detected in it"
            ),
        ),
        (
            signoff(data=("personal",)),
            _declaring(facts(data=("personal",), opened=("data",), tenant="blue"), "health"),
            (
                f"covers only the data {ORDINARY}, not health: that is merely declared in the call "
                f"or detected in it; covers only the data {ORDINARY}, and it is not certain that "
                "this caller sends no other"
            ),
        ),
    ],
)
def test_what_goes_beyond_a_sign_off_is_named_with_whose_word_it_is(
    judged: Signoff, asked: RequestFacts, why: str
) -> None:
    assert _why(judged, asked) == [why]


@pytest.mark.parametrize(
    ("excepted", "why"),
    [
        (
            exception(when=names("purpose", IS, "support")),
            (
                "for this request only by what was merely declared in the call or detected in it "
                "(`when`)"
            ),
        ),
        (exception(when=names("tenant", IS, "red")), "for other requests (`when`)"),
        (
            exception(when=names("environment", IS, "production")),
            "not known to be for this one (`when`)",
        ),
    ],
)
def test_an_exception_that_matches_a_mere_word_says_so(excepted: PolicyException, why: str) -> None:
    waivable = policy(rule(require=DPIA))
    in_force = snapshot(waivable).policies
    in_force = replace(in_force, exceptions=(excepted,))
    (only,) = told(in_force, registry(), _declaring(CALLER, purpose="support")).routes
    assert [each.why for each in only.no_help] == [why]


# ---- what would have to be certain --------------------------------------------------------------


def test_a_sign_off_that_is_still_to_come_says_which_data_it_has_to_cover() -> None:
    both = told(ASSESSED, registry(), _declaring(CALLER, "health")).routes[0].remedies[0]
    assert both[0].text == (
        "a sign-off `dpia` in force for this route and request, for all of its data: health, "
        f"{ORDINARY}"
    )
    certain = told(ASSESSED, registry(), CALLER).routes[0].remedies[0]
    assert certain[0].text == "a sign-off `dpia` in force for this route and request"


@pytest.mark.parametrize(
    ("judged", "asked", "said"),
    [
        (
            signoff(data=("health",)),
            _declaring(CALLER, "health"),
            (
                "a caller whose document states no data but health may send it: if such "
                "calls carry "
                "nothing else, give them a caller of their own"
            ),
        ),
        (
            signoff(data=("health",), purposes=("support",)),
            _declaring(CALLER, "health", purpose="support"),
            (
                "a caller whose document states no data but health and that states "
                "`purpose` as this "
                "call does may send it: if such calls carry nothing else, give them a "
                "caller of their "
                "own"
            ),
        ),
        (
            signoff(data=("personal", "health"), purposes=("support",)),
            _declaring(CALLER, "health", purpose="support", lawful_basis="A6-1-b"),
            (
                "permitted once `purpose`, so far only declared, is certain: have the caller's "
                "document state what holds of every call, or name the fact under `may_declare`"
            ),
        ),
        (
            signoff(purposes=("support",)),
            _declaring(facts(tenant="blue"), "personal", purpose="support"),
            (
                "permitted once `data`, `purpose`, so far only declared, are certain: have the "
                "caller's document state what holds of every call, or name the fact under "
                "`may_declare`"
            ),
        ),
    ],
)
def test_what_would_have_to_be_certain_is_said(
    judged: Signoff, asked: RequestFacts, said: str
) -> None:
    found = told(ASSESSED, registry(judged), asked).certain
    assert found is not None
    assert found.text == said


def test_nothing_would_have_to_be_certain_where_it_does_not_hang_on_that() -> None:
    assert _certain(signoff(), PURPOSE) is None  # permitted
    assert _certain(signoff("lia"), PURPOSE) is None  # nothing is merely declared
    assert _certain(signoff("lia"), _declaring(CALLER, "health")) is None
    assert _certain(signoff("lia"), _declaring(CALLER, purpose="support")) is None


def _certain(judged: Signoff, asked: RequestFacts) -> str | None:
    found = told(ASSESSED, registry(judged), asked).certain
    return None if found is None else found.text


KINDS = ("personal", "health", "child", "source_code")
SOME = [
    kinds
    for n in range(1, 3)
    for kinds in product(KINDS, repeat=n)
    if list(kinds) == sorted(set(kinds))
]


def _calls() -> Iterator[tuple[Signoff, RequestFacts]]:
    for covered, floor, said in product(SOME, SOME, SOME):
        asked = _declaring(facts(data=floor, tenant="blue"), *said, purpose="support")
        for purposes in (("*",), ("support",)):
            yield signoff(data=covered, purposes=purposes), asked


def test_every_refusal_for_a_sign_offs_limits_names_them_and_what_is_offered_permits() -> None:
    refused = offered = 0
    for judged, asked in _calls():
        found = told(ASSESSED, registry(judged), asked)
        if found.determination.permitted:
            assert found.certain is None
            continue
        refused += 1
        (each,) = found.routes[0].no_help
        assert "covers only the " in each.why
        assert ", not " in each.why or "declared" in each.why
        offered += _offer_holds(found, judged, asked)
    assert refused > offered > 0


def _offer_holds(found: Explanation, judged: Signoff, asked: RequestFacts) -> bool:
    """Whether something is offered; what is offered must permit, what is not must not."""
    engine = Engine(snapshot(ASSESSED, registry(judged)))

    def permits(data: frozenset[str]) -> bool:
        sets = {**asked.sets, "data": SetFact(data, settled=True)}
        certain = RequestFacts(asked.model, sets, asked.scalars)
        return engine.decide(certain, NOW).outcome is Outcome.PERMITTED

    assert asked.base is not None
    all_of_it = asked.set_fact("data").members
    more = all_of_it - asked.base.set_fact("data").members
    offer = found.certain
    if offer is None:
        assert not permits(all_of_it)
        assert not (more and permits(more))
        return False
    assert permits(frozenset(offer.data) or all_of_it)
    return True
