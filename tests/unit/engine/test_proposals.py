"""The steps that are proposed: by whom, what they say, and for whose sake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_router.domain.claim import EvidenceDemand
from policy_router.domain.policy import All, AnyOf, Not, PolicyException, PolicySet, Rule
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.engine import proposals
from policy_router.engine.proposals import Proposals, exceptions_to
from policy_router.engine.question import Question
from policy_router.engine.setwise import Bounds
from policy_router.engine.steps import Contract, Judged, Shown, Stated, Step, Waived, about_route
from tests.explained import (
    CONTRACTED,
    DE,
    DPIA,
    IS,
    NOTHING_KEPT,
    PERSONAL,
    TRANSFER,
    UNTRAINED,
    WITH_ACME,
    WITHIN,
    explained,
    firm,
    texts,
)
from tests.small import (
    NOW,
    claim,
    evidence,
    exception,
    facts,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
    snapshot,
)
from tests.strategies.predicates import names

OPTED_OUT = names("training", IS, "opted_out")
NO_BASIS = Not(names("transfer_basis.eu_gdpr", IS, "not_a_transfer"))
AT_HOME = [claim(name, DE) for name in ("provider_jurisdiction", "support_location")]
HOME = registry(provider("acme", NOTHING_KEPT, claim("inference_location", DE), *AT_HOME))


def proposed(
    known: Registry, *demanded: Rule, asked: RequestFacts = PERSONAL, blocked: int = 1
) -> Proposals:
    """What is proposed where the first of some rules are in the way."""
    rules = {("policy", str(n)): r for n, r in enumerate(demanded)}
    q = Question(snapshot(policy(*demanded), known), asked, NOW)
    (alone,) = known.routes.values()
    at = replace(q, snapshot=about_route(q, alone))
    return Proposals(at, rules, list(rules)[:blocked], Bounds(10, 256))


def steps(known: Registry, *demanded: Rule, asked: RequestFacts = PERSONAL) -> set[Step]:
    """All that is proposed, in the only way to choose what is said."""
    (only,) = proposed(known, *demanded, asked=asked).contents()
    assert len(only) == len(set(only))
    return set(only)


def test_each_step_says_something() -> None:
    known = registry(
        provider("acme", claim("dpa", "available")),
        provider("sub", claim("dpa", "in_force"), claim("training", "prohibited"), operator="sub"),
        route(below=("sub",)),
    )
    said = ("training", "prohibited")
    assert steps(known, firm(require=All((CONTRACTED, UNTRAINED)))) == {
        Contract("acme", (("dpa", "in_force"), said)),
        Shown("acme", (said,)),
    }


def test_what_is_too_old_is_verified_or_shown_anew() -> None:
    old = claim("training", "off_by_default", evidence(read="2020-01-01"))
    untrained = firm(
        require=names("training", IS, "prohibited", "off_by_default"),
        demand=EvidenceDemand(max_age_days=365),
    )
    assert steps(registry(provider("acme", old)), untrained) == {
        Contract("acme", (("training", "prohibited"),)),
        Shown("acme", (("training", "off_by_default"),), again=True),
    }


@pytest.mark.parametrize(
    ("demanded", "others"),
    [
        (firm(require=DPIA), {Judged("dpia"), Stated("data")}),
        (rule("0", require=DPIA), {Judged("dpia"), Stated("data"), Waived("policy", "0")}),
        (firm(require=names("stage", IS, "preview")), set()),
        (
            firm(require=names("transfer_basis.eu_gdpr", IS, "not_a_transfer")),
            {Stated("data"), Stated("subjects")},
        ),
    ],
)
def test_facts_are_stated_in_full_for_what_depends_on_them(
    demanded: Rule, others: set[Step]
) -> None:
    open_facts = facts(
        data=("personal",),
        subjects=("customers",),
        opened=("data", "subjects"),
        purpose="support",
        tenant="blue",
    )
    assert {*proposed(registry(), demanded, asked=open_facts).others} == others


def test_a_rule_that_loses_may_be_met_in_another_way() -> None:
    known = registry(provider("acme", claim("training", "opted_out"), claim("dpa", "none")))
    second = firm(name="b", require=AnyOf((OPTED_OUT, CONTRACTED)))
    in_force = PolicySet((policy(firm(name="a", require=UNTRAINED), second),))
    assert texts(explained(in_force, known)) == [
        [f"{WITH_ACME} `training` prohibited, `dpa` in_force"]
    ]


def test_of_a_rule_in_the_way_only_what_is_not_met_is_wanted() -> None:
    known = registry(provider("acme", claim("training", "opted_out"), claim("dpa", "none")))
    found = proposed(known, firm(require=All((OPTED_OUT, CONTRACTED))))
    assert list(found.wants) == [("acme", "dpa")]
    judged = proposed(registry(signoff()), firm(require=All((DPIA, CONTRACTED))))
    assert not judged.others


def test_each_rule_is_looked_at_once() -> None:
    known = registry(provider("acme", claim("training", "opted_out"), claim("dpa", "none")))
    keeping = [firm(require=AnyOf((OPTED_OUT, part))) for part in (CONTRACTED, DPIA)]
    unsigned = names("dpa", IS, "none")
    found = proposed(known, firm(require=All((UNTRAINED, unsigned))), *keeping)
    assert found.keys == [("policy", "0"), ("policy", "1"), ("policy", "2")]


def test_how_long_data_is_kept_is_offered_with_where_it_is_stored_alone() -> None:
    stored = names("storage_location", WITHIN, "EEA")
    used = claim("training", "used"), claim("storage_location", places("US"))
    known = registry(provider("acme", *used))
    assert {a for _, a in proposed(known, firm(require=UNTRAINED)).offers} == {"training"}
    found = {a for _, a in proposed(known, firm(require=stored)).offers}
    assert found == {"storage_location", "retention_days"}


@pytest.mark.parametrize(
    "others",
    [
        (),
        (firm(name="other", require=UNTRAINED),),
    ],
)
@pytest.mark.parametrize("none", [NO_BASIS, All((UNTRAINED, NO_BASIS))])
def test_that_a_transfer_must_have_no_basis_is_not_searched(
    none: Not | All, others: tuple[Rule, ...]
) -> None:
    in_force = PolicySet((policy(firm(require=none), *others),))
    assert not explained(in_force, HOME).complete
    assert explained(in_force, HOME).remedies == ()


def test_as_many_ways_as_the_bound_are_all_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "MOST_CONTENTS", 1)
    assert texts(explained(firm(require=UNTRAINED), registry()))


def test_another_place_is_proposed_unless_the_seat_of_the_company_needs_a_basis() -> None:
    there = claim("inference_location", places("US"))
    home, abroad = (claim("provider_jurisdiction", places(seat)) for seat in ("DE", "US"))
    support = claim("support_location", DE)
    transfer = firm(require=TRANSFER)
    for seat, offered in ((home, {"inference_location"}), (abroad, set())):
        known = registry(provider("acme", NOTHING_KEPT, there, support, seat))
        assert {a for _, a in proposed(known, transfer).offers} == offered
    unknown = registry(provider("acme", NOTHING_KEPT, there, support))
    found = {a for _, a in proposed(unknown, transfer).offers}
    assert found == {"inference_location", "provider_jurisdiction"}


@pytest.mark.parametrize(
    ("waiver", "concerns"),
    [
        (exception(), True),
        (exception(routes=("r", "s")), True),
        (exception(routes=("s",)), False),
        (exception(of="policy/other"), False),
        (exception(of="other/rule"), False),
    ],
)
def test_exceptions_concern_one_rule_and_the_routes_they_name(
    waiver: PolicyException, concerns: bool
) -> None:
    in_force = PolicySet((policy(),), exceptions=(waiver,))
    q = Question(snapshot(in_force), PERSONAL, NOW)
    found = [*exceptions_to(q, ("policy", "rule"), route())]
    assert found == ([waiver] if concerns else [])
