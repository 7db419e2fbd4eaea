"""What routes fall short of: an engine that has looked before says what a new one would."""

from __future__ import annotations

from dataclasses import replace

from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.policy import Not
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.explanation import Shortfall
from tests.explained import IS, NOTHING_KEPT
from tests.small import (
    NOW,
    agreement,
    claim,
    facts,
    model,
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

PLACES = ("provider_jurisdiction", "inference_location", "storage_location", "support_location")
KNOWN = registry(
    provider("acme", *(claim(name, places("US")) for name in PLACES)),
    agreement("held", Clause(Mechanism.SCC, "M2")),
    *(route(name) for name in "abc"),
    signoff("tia", routes=("b",), importers=("acme",), countries=("US",), tenants=("blue",)),
    signoff("dpia", name="other", routes=("c",)),
)
TRANSFER = rule(require=names("transfer_basis.eu_gdpr", IS, "scc_with_tia"))
IN_FORCE = snapshot(policy(TRANSFER, rule("never", require=names("route", IS, "none"))), KNOWN)


ABROAD = registry(
    provider(
        "acme",
        *(claim(name, places("DE")) for name in PLACES if name != "inference_location"),
        claim("inference_location", places("IN", "US")),
    ),
    agreement("held", Clause(Mechanism.SCC, "M2")),
    *(route(name) for name in "abc"),
    *(
        signoff(
            "tia",
            name=f"of {country}",
            routes=(name,),
            importers=("acme",),
            countries=(country,),
            tenants=("blue",),
        )
        for name, country in (("a", "US"), ("b", "IN"))
    ),
)


def said(engine: Engine, tenant: str | None) -> list[tuple[Shortfall, ...]]:
    asked = facts(None, data=("personal",), purpose="support")
    if tenant is not None:
        asked = replace(asked, scalars={**asked.scalars, "tenant": tenant})
    found = explain(engine, asked, engine.decide(asked, NOW).determination())
    return [each.rules[0].shortfalls for each in found.routes]


def test_rules_say_of_each_route_its_own_and_nothing_of_an_unsuitable_one() -> None:
    known = registry(
        replace(model("one"), features=frozenset({"tools"})),
        replace(model("two"), features=frozenset()),
        provider("acme", covers=("one", "two")),
        *(route(name) for name in "ab"),
        route("c", of="two"),
    )
    asked = facts(None, features=("tools",))
    engine = Engine(snapshot(policy(rule("own", require=names("route", IS, "none"))), known))
    found = explain(engine, asked, engine.decide(asked, NOW).determination()).routes
    assert [[s.claimed for each in f.rules for s in each.shortfalls] for f in found] == [
        ["a"],
        ["b"],
        [],
    ]
    assert [bool(f.unsuitable) for f in found] == [False, False, True]


def test_what_a_transfer_lacks_depends_on_who_asks_and_on_the_route() -> None:
    engine = Engine(IN_FORCE)
    asked = ("blue", "red", None, "blue", None, "red")
    found = [said(engine, tenant) for tenant in asked]
    assert found == [said(Engine(IN_FORCE), tenant) for tenant in asked]
    blue, red, nobody = found[:3]
    assert [bool(lacking) for lacking in blue] == [True, False, True]
    assert blue[0] == red[0] == red[1] != nobody[1]


def test_what_is_known_to_be_lacking_is_told_apart_by_route_and_by_who_asks() -> None:
    """Of every route a transfer has no basis: of each for another country, or for both."""
    at_home = rule(require=names("transfer_basis.eu_gdpr", IS, "not_a_transfer", "scc_with_tia"))
    in_force = snapshot(policy(at_home), ABROAD)
    engine = Engine(in_force)
    for tenant in ("blue", None, "red", "blue"):
        found = said(engine, tenant)
        assert found == said(Engine(in_force), tenant)
        ((first,), (second,), (third,)) = found
        assert first.known
        assert second.known
        assert third.known
        assert (first == second) is (tenant == "red")
        assert first != third or tenant == "red"


def test_a_transfer_that_must_have_no_basis_has_one_everywhere() -> None:
    at_home = provider("acme", NOTHING_KEPT, *(claim(name, places("DE")) for name in PLACES))
    unwanted = rule(require=Not(names("transfer_basis.eu_gdpr", IS, "not_a_transfer")))
    (((lack,),),) = [said(Engine(snapshot(policy(unwanted), registry(at_home))), "blue")]
    assert (lack.claimed, lack.hops, lack.known) == ("every place has a basis", (), True)
