"""What an explanation says of each rule and hop, what a decision rests on, what instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.claim import Gap, SourceKind
from policy_router.domain.decision import Candidate
from policy_router.domain.policy import All, AnyOf, Matcher, Mode, Not, Policy, PolicySet
from policy_router.domain.territory import Scope
from policy_router.domain.vocabulary import Regime
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.explanation import (
    MOST_NEAREST,
    MOST_SEARCHED,
    ChangeKind,
    Explanation,
    HopClaim,
    Remedies,
    RuleExplanation,
    Shortfall,
)
from policy_router.engine.question import Question
from policy_router.engine.remedies import remedies
from tests.explained import CONTRACTED, INCLUDES, IS, UNTRAINED, firm, priced, told
from tests.small import (
    HERE,
    NOW,
    agreement,
    claim,
    facts,
    gateway,
    model,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
    snapshot,
)
from tests.strategies.law import adequacy
from tests.strategies.predicates import bound, names

IF_PERSONAL = names("data", INCLUDES, "personal")


def only_rule(found: Explanation) -> RuleExplanation:
    ((only,),) = (r.rules for r in found.routes)
    return only


def shortfall(found: Explanation) -> Shortfall:
    (lack,) = only_rule(found).shortfalls
    return lack


def test_a_rule_that_passes_needs_no_words() -> None:
    known = registry(provider("acme", claim("dpa", "in_force")))
    found = only_rule(told(policy(rule(require=CONTRACTED)), known))
    assert (found.shortfalls, found.open_facts) == ((), ())


def test_of_what_is_demanded_together_only_what_is_lacking_is_told() -> None:
    known = registry(provider("acme", claim("dpa", "in_force")))
    asked = told(policy(rule(require=All((CONTRACTED, UNTRAINED)))), known)
    assert shortfall(asked).subject == "training"


def test_what_was_demanded_and_what_is_claimed_hop_by_hop() -> None:
    offered = replace(claim("dpa", "available"), note="on request")
    known = registry(
        gateway("relay", adds_hop=True),
        provider("acme", offered),
        provider("sub"),
        route(at="relay", below=("sub",)),
        agreement("contract", parties=("sub",), dpa="in_force"),
    )
    lack = shortfall(told(policy(rule(require=CONTRACTED)), known))
    assert lack == Shortfall(
        subject="dpa",
        demanded="in_force",
        claimed="not known",
        known=False,
        hops=(
            HopClaim("relay", "not known", Gap.ABSENT),
            HopClaim("acme", "available", None, offered.evidence, None, HERE, "on request"),
            HopClaim("sub", "in_force", None, None, "contract"),
        ),
    )


def test_claims_that_are_overruled_are_counted() -> None:
    known = registry(
        provider("acme", claim("training", "used", SourceKind.ATTESTATION)),
        route(acme=(claim("training", "prohibited"),)),
    )
    demanded = PolicySet((policy(rule(require=names("training", IS, "prohibited"))),))
    assert [hop.conflicts for hop in shortfall(told(demanded, known)).hops] == [1]


@pytest.mark.parametrize(
    ("require", "demanded", "claimed", "known"),
    [
        (names("stage", IS, "preview"), "preview", "ga", True),
        (names("maker", IS, "other"), "other", "acme", True),
        (names("signoff", INCLUDES, "dpia"), "including dpia", "none in force", True),
        (names("features", INCLUDES, "tools"), "including tools", "streaming", True),
        (bound("context_window", Matcher.AT_LEAST, Decimal(5000)), "at least 5000", "1000", True),
        (bound("price.input", Matcher.AT_MOST, Decimal(1)), "at most 1", "not known", False),
        (bound("benchmarks.x", Matcher.ABOVE, Decimal(1)), "above 1", "not known", False),
        (Not(names("gateway", IS, "hub")), "not hub", "hub", True),
    ],
)
def test_what_is_no_claim(require: object, demanded: str, claimed: str, known: bool) -> None:
    asked = facts(data=("personal",))
    found = told(PolicySet((policy(rule(require=require)),)), registry(), asked)  # type: ignore[arg-type]
    lack = shortfall(found)
    assert (lack.demanded, lack.known, lack.hops) == (demanded, known, ())
    assert lack.claimed.startswith(claimed)


def test_places_without_a_transfer_basis_are_named() -> None:
    known = registry(
        provider(
            "acme",
            claim("retention_days", Decimal(0)),
            claim("provider_jurisdiction", places("DE")),
            claim("inference_location", places("US", "IN")),
        ),
        adequacy("dpf", Regime.EU_GDPR, Scope.CERTIFIED_RECIPIENT, "US"),
    )
    demanded = names("transfer_basis.eu_gdpr", IS, "not_a_transfer", "dpf")
    lack = shortfall(told(PolicySet((policy(rule(require=demanded)),)), known))
    assert (lack.claimed, lack.known) == ("no basis for IN, US, places not known", True)
    assert [(hop.hop, hop.claimed) for hop in lack.hops] == [
        ("acme", "inference location IN: none of the bases"),
        ("acme", "inference location US: not known whether dpf applies"),
        ("acme", "support location: not known"),
    ]


def test_every_demand_that_is_not_met_is_listed_once() -> None:
    known = registry(provider("acme", claim("dpa", "none")))
    demanded = rule(require=CONTRACTED, forbid=(names("training", IS, "used"),))
    asked = replace(facts(data=("personal",)), base=facts())
    for demands, wanted in (
        (demanded, [("dpa", "in_force"), ("training", "not used")]),
        (rule(require=CONTRACTED), [("dpa", "in_force")]),
    ):
        found = only_rule(told(policy(demands), known, asked))
        assert [(lack.subject, lack.demanded) for lack in found.shortfalls] == wanted


def test_a_test_written_twice_is_named_once_for_each_route_it_is_about() -> None:
    prohibited, unlogged = names("training", IS, "prohibited"), names("logging", IS, "none")
    demanded = rule(require=All((AnyOf((CONTRACTED, prohibited)), AnyOf((CONTRACTED, unlogged)))))
    known = registry(
        provider("acme", claim("dpa", "none"), claim("logging", "none")),
        provider("other", claim("training", "prohibited"), claim("logging", "content")),
        route("a"),
        route("b", by="other"),
    )
    found = told(policy(demanded), known, facts(None)).routes
    assert [[(lack.subject, lack.known) for lack in r.rules[0].shortfalls] for r in found] == [
        [("dpa", True), ("training", False)],
        [("dpa", False), ("logging", True)],
    ]


def test_routes_that_differ_in_name_alone_each_get_their_own() -> None:
    demanded = rule(require=names("route", IS, "b", "d"))
    found = told(policy(demanded), registry(*map(route, "abcde")), facts(None)).routes
    lacking = [[lack.claimed for lack in each.rules[0].shortfalls] for each in found]
    assert lacking == [["a"], [], ["c"], [], ["e"]]


def test_a_rule_that_lets_routes_of_several_kinds_pass_is_explained_once() -> None:
    known = registry(
        provider("acme", claim("dpa", "in_force"), claim("training", "used")),
        provider("other", claim("dpa", "in_force"), claim("training", "opted_out")),
        route("a"),
        route("b", by="other"),
    )
    rules = (
        rule("x", require=CONTRACTED),
        rule("y", require=names("training", IS, "prohibited")),
    )
    first, second = (r.rules for r in told(policy(*rules), known, facts(None)).routes)
    assert first[0] is second[0]
    assert first[0].shortfalls == ()
    assert [rules[1].shortfalls[0].claimed for rules in (first, second)] == ["used", "opted_out"]


def test_facts_that_leave_open_whether_a_rule_applies() -> None:
    demanded = rule(when=IF_PERSONAL, require=CONTRACTED)
    in_force = PolicySet((policy(demanded),))
    known = registry(provider("acme", claim("dpa", "none")))
    assert only_rule(told(in_force, known)).open_facts == ("data",)
    assert only_rule(told(in_force, known, facts(data=("personal",)))).open_facts == ()
    both = rule(when=All((names("purpose", IS, "support"), IF_PERSONAL)), require=CONTRACTED)
    assert only_rule(told(policy(both), known, facts(purpose="support"))).open_facts == ("data",)


@pytest.mark.parametrize(
    ("cites", "stricter", "own_choice"),
    [(("GDPR Art. 28(3)",), False, False), (("GDPR Art. 5",), True, True), ((), False, True)],
)
def test_whose_demand_it_is(cites: tuple[str, ...], stricter: bool, own_choice: bool) -> None:
    demanded = replace(
        rule(require=CONTRACTED), cites=cites, stricter_than_law=stricter, title="Contract"
    )
    found = only_rule(told(PolicySet((policy(demanded),)), registry()))
    assert (found.cites, found.own_choice, found.title) == (cites, own_choice, "Contract")


def test_a_route_that_is_not_suitable_has_nothing_to_remedy() -> None:
    asked = facts(tokens__input=Decimal(9999))
    (found,) = told(PolicySet((policy(),)), registry(), asked).routes
    assert found.unsuitable
    assert (found.rules, found.remedies, found.complete) == ((), (), True)


def test_the_kinds_of_steps_are_named_for_who_reads_them_by_program() -> None:
    steps = ("fact", "verification", "evidence", "assessment", "signoff", "agreement", "exception")
    assert tuple(ChangeKind) == steps


def test_explanations_of_the_same_are_the_same_whoever_gave_them() -> None:
    first, second = (told(policy(rule(require=CONTRACTED))) for _ in range(2))
    assert first.routes == second.routes
    assert [found.permitted for found in first.routes] == [False]
    assert "account" not in repr(first.routes)


def test_nothing_is_searched_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    def watched(q: Question, covering: Sequence[Policy], candidate: Candidate) -> Remedies:
        searched.append(candidate.route)
        return remedies(q, covering, candidate)

    monkeypatch.setattr("policy_router.engine.remedies.remedies", watched)
    routes = [route(f"r{number}") for number in range(4)]
    known = registry(
        provider("acme", claim("dpa", "available")),
        provider("other", claim("dpa", "none")),
        route("o", by="other"),
        *routes,
    )
    found = told(policy(rule(require=CONTRACTED)), known)
    assert [r.rules[0].verdict.rule for r in found.routes] == ["rule"] * 5
    assert searched == []
    assert [bool(r.remedies) for r in found.routes] == [True] * 5
    assert searched == ["o", "r0"]  # routes of one kind share what is found
    assert found.routes[1].remedies == found.routes[4].remedies


def test_the_nearest_are_stopped_by_the_fewest_rules_and_suitable() -> None:
    small = model("small", window=10)
    known = registry(
        model(),
        small,
        provider("acme", claim("dpa", "none"), covers=("one", "small")),
        provider("two", claim("dpa", "none"), claim("training", "used")),
        route("b"),
        route("a"),
        route("c", by="two"),
        route("d", of="small"),
    )
    rules = (rule("x", require=CONTRACTED), rule("y", forbid=(names("training", IS, "used"),)))
    asked = facts(None, tokens__input=Decimal(100))
    in_force = PolicySet((policy(*rules),))
    found = told(in_force, known, asked)
    assert [(r.route, r.stopping) for r in found.nearest] == [
        ("a", (False, 2)),
        ("c", (False, 2)),
        ("b", (False, 2)),
    ]
    better = registry(
        known.models["one"],
        known.models["small"],
        *known.providers.values(),
        *known.routes.values(),
        agreement(
            "held",
            models=(),
            routes=("c",),
            parties=("two",),
            dpa="in_force",
            training="prohibited",
        ),
    )
    assert [r.route for r in told(in_force, better, asked).nearest] == ["c", "a", "b"]


@pytest.mark.parametrize("limit", [("price.input", "2"), ("context_window", "2000")])
def test_what_is_a_routes_own_is_said_of_it_alone(limit: tuple[str, str]) -> None:
    subject, most = limit
    matcher = Matcher.AT_MOST if subject == "price.input" else Matcher.AT_LEAST
    models = (model("one", window=10), model("two", window=20))
    known = registry(
        *models,
        provider("acme", covers=("one", "two")),
        priced("r", "one", "5"),
        priced("s", "two", "7"),
    )
    demanded = rule(require=bound(subject, matcher, Decimal(most)))
    found = told(PolicySet((policy(demanded),)), known, facts(None))
    claimed = [r.rules[0].shortfalls[0].claimed for r in found.routes]
    assert claimed == (["5", "7"] if subject == "price.input" else ["10", "20"])


def test_the_nearest_of_many_routes_on_which_rules_say_the_same() -> None:
    known = registry(provider("acme", claim("dpa", "none")), *map(route, ("c", "b", "a", "d")))
    engine = Engine(snapshot(policy(rule(require=CONTRACTED)), known))
    found = explain(engine, facts(None), engine.decide(facts(None), NOW).determination())
    assert [r.route for r in found.nearest] == ["a", "b", "c"]


def test_routes_of_one_kind_leave_room_for_others_among_the_nearest() -> None:
    known = registry(
        provider("acme", claim("dpa", "none")),
        provider("other", claim("dpa", "available")),
        *map(route, ("a", "b", "c", "d")),
        route("o", by="other"),
    )
    found = told(policy(rule(require=CONTRACTED)), known)
    assert [r.route for r in found.nearest] == ["a", "o", "b"]


def test_routes_that_have_a_remedy_come_before_nearer_ones_that_have_none() -> None:
    """No company moves its seat; a contract is signed."""
    abroad = claim("provider_jurisdiction", places("US")), claim("dpa", "in_force")
    at_home = claim("provider_jurisdiction", places("DE")), claim("dpa", "none")
    used = claim("training", "used")
    far = ("a", "b", "c")
    known = registry(
        *(provider(name, *abroad) for name in far),
        *(route(name, by=name) for name in far),
        provider("near", *at_home, used),
        route("z", by="near"),
    )
    seat = names("provider_jurisdiction", Matcher.WITHIN, "EEA")
    untrained = firm(name="untrained", forbid=(names("training", IS, "used"),))
    contract = firm(name="contract", require=CONTRACTED)
    found = told(policy(firm(name="seat", require=seat), contract, untrained), known)
    assert [(r.route, bool(r.remedies)) for r in found.nearest] == [
        ("z", True),
        ("a", False),
        ("b", False),
    ]


def test_so_many_kinds_are_searched_for_one_that_has_a_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[str] = []

    def watched(q: Question, covering: Sequence[Policy], candidate: Candidate) -> Remedies:
        del q, covering
        searched.append(candidate.route)
        return Remedies((), complete=True)

    monkeypatch.setattr("policy_router.engine.remedies.remedies", watched)
    names_ = [f"p{number:02}" for number in range(MOST_SEARCHED + 4)]
    known = registry(
        *(provider(name, claim("dpa", "none")) for name in names_),
        *(route(f"{name}-route", by=name) for name in names_),
    )
    found = told(policy(rule(require=CONTRACTED)), known)
    assert len(found.nearest) == MOST_NEAREST
    assert len(searched) == MOST_SEARCHED


def test_what_is_remembered_of_claims_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_router.engine.readings.MOST_READ", 1)
    known = registry(
        provider("acme", claim("dpa", "none"), claim("training", "used")), route("r"), route("s")
    )
    demanded = rule(require=All((CONTRACTED, names("training", IS, "prohibited"))))
    found = told(PolicySet((policy(demanded),)), known, facts(None)).routes
    assert [[lack.claimed for lack in r.rules[0].shortfalls] for r in found] == [
        ["none", "used"],
        ["none", "used"],
    ]


def test_policies_that_only_monitor_are_not_met() -> None:
    watching = policy(rule(require=CONTRACTED, mode=Mode.MONITOR), name="watching")
    found = told(PolicySet((policy(), watching)), registry())
    assert found.policies == ("policy v1",)
    assert [r.verdict.policy for r in found.routes[0].rules] == ["policy", "watching"]
    assert [bool(r.shortfalls) for r in found.routes[0].rules] == [False, True]
