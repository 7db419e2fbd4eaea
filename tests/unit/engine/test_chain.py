"""The order of permitted routes: aliases, preferences, stand-ins."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from policy_router.domain.decision import Reason
from policy_router.domain.policy import (
    ALWAYS,
    Alias,
    Matcher,
    Not,
    PolicySet,
    Preference,
    Substitution,
)
from policy_router.domain.price import PriceTable
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Model, Provider, Route
from tests.small import (
    ALWAYS_VALID,
    HERE,
    claim,
    decided,
    evidence,
    facts,
    gateway,
    model,
    policy,
    provider,
    registry,
    route,
    rule,
)
from tests.strategies.predicates import names

SIZED = facts(tokens__input=Decimal(400), tokens__output=Decimal(400))
IS = Matcher.IS
SUPPORT = names("purpose", IS, "support")


def priced(name: str, given: str | None, wanted: str | None = "1", of: str = "one") -> Route:
    """Make a route with prices in dollars; None is stated as unknown."""
    amounts = {"input": given, "output": wanted}
    exact = tuple((m, None if a is None else Decimal(a)) for m, a in amounts.items())
    table = PriceTable("USD", exact, ALWAYS_VALID, evidence(), HERE)
    return replace(route(name, of=of), prices=(table,))


def chain(
    known: Registry, *by: str, asked: RequestFacts = SIZED, aliases: tuple[Alias, ...] = ()
) -> tuple[str, ...]:
    """Rank the routes of everything that is permitted."""
    prefer = (Preference(ALWAYS, by),) if by else ()
    return decided(PolicySet((policy(),), prefer=prefer, aliases=aliases), known, asked).chain


@pytest.mark.parametrize(
    ("routes", "by", "expected"),
    [
        ((priced("a", "2"), priced("b", "1")), (), ("b", "a")),
        ((priced("a", "1", "3"), priced("b", "2", "1")), (), ("b", "a")),
        ((priced("a", "1"), priced("b", "1")), (), ("a", "b")),
        ((priced("b", "1"), priced("a", "1")), ("cost",), ("a", "b")),
        ((priced("a", None), priced("b", "9")), ("price.input",), ("b", "a")),
        ((route("a"), priced("b", "9")), ("price.input",), ("b", "a")),
        ((priced("a", "0"), priced("b", "9")), ("price.input",), ("b", "a")),
        ((priced("a", "0", "0"), priced("b", "9")), ("cost",), ("b", "a")),
        ((priced("a", "1", "3"), priced("b", "2", "1")), ("price.input",), ("a", "b")),
        (
            (priced("a", "1", "3"), priced("b", "1", "1")),
            ("price.input", "price.output"),
            ("b", "a"),
        ),
    ],
    ids=(
        "the cheaper first",
        "cost of the whole request first",
        "a tie ends on the name",
        "whatever the order of documents",
        "an unknown price last",
        "a missing price last",
        "a price of zero last",
        "a cost of zero last",
        "by one price",
        "by two prices",
    ),
)
def test_order_by_price(
    routes: tuple[Route, ...], by: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert chain(registry(*routes), *by) == expected


def test_without_a_size_the_default_order_is_by_price() -> None:
    known = registry(priced("a", "2", "1"), priced("b", "1", "9"), priced("c", "1", "2"))
    assert chain(known, asked=facts()) == ("c", "b", "a")


def carded(name: str, **card: Decimal | int | tuple[tuple[str, Decimal], ...]) -> Model:
    return replace(model(name), **card)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("models", "by", "expected"),
    [
        (
            (carded("m1", throughput=Decimal(10)), carded("m2", throughput=Decimal(20))),
            "throughput",
            ("r2", "r1"),
        ),
        (
            (
                carded("m1", benchmarks=(("general", Decimal(10)),)),
                carded("m2", benchmarks=(("general", Decimal(20)),)),
            ),
            "benchmarks.general",
            ("r2", "r1"),
        ),
        ((carded("m1", context_window=1), carded("m2")), "context_window", ("r2", "r1")),
        ((carded("m1", max_output_tokens=1), carded("m2")), "max_output_tokens", ("r2", "r1")),
        (
            (
                carded("m1", first_token_seconds=Decimal(2)),
                carded("m2", first_token_seconds=Decimal(1)),
            ),
            "first_token_seconds",
            ("r2", "r1"),
        ),
        ((carded("m1"), carded("m2", throughput=Decimal(1))), "throughput", ("r2", "r1")),
        (
            (carded("m1"), carded("m2", benchmarks=(("general", Decimal(0)),))),
            "benchmarks.general",
            ("r2", "r1"),
        ),
    ],
    ids=(
        "faster first",
        "better first",
        "larger window first",
        "larger answers first",
        "sooner first",
        "unknown last",
        "a benchmark of zero is known",
    ),
)
def test_order_by_model_card(models: tuple[Model, ...], by: str, expected: tuple[str, ...]) -> None:
    routes = (route("r1", of="m1"), route("r2", of="m2"))
    assert chain(registry(*models, *routes), by, asked=facts(None)) == expected


def test_order_by_retention_reads_claims() -> None:
    known = registry(
        provider("acme", claim("retention_days", Decimal(30))),
        provider("b", claim("retention_days", Decimal(0))),
        route("r1"),
        route("r2", by="b"),
        route("r3", by="none"),
        provider("none"),
    )
    assert chain(known, "retention_days") == ("r2", "r1", "r3")


def test_the_first_preference_that_is_known_to_apply_orders() -> None:
    known = registry(priced("a", "1", "9"), priced("b", "9", "1"))
    prefer = (
        Preference(SUPPORT, ("price.output",)),
        Preference(ALWAYS, ("price.input",)),
    )
    in_force = PolicySet((policy(),), prefer=prefer)
    assert decided(in_force, known, facts(purpose="support")).chain == ("b", "a")
    assert decided(in_force, known, facts(purpose="billing")).chain == ("a", "b")
    assert decided(in_force, known, facts()).chain == ("a", "b")
    declared = replace(facts(purpose="support"), base=facts())
    assert decided(in_force, known, declared).chain == ("a", "b")


TWO_MODELS = (model("one"), model("two"), provider("acme", covers=("one", "two")))


def test_an_aliass_own_order_comes_first_and_preference_within_a_model() -> None:
    known = registry(*TWO_MODELS, priced("a", "9"), priced("b", "1"), priced("c", "5", of="two"))
    alias = Alias("fast", ("two", "one"), HERE)
    assert chain(known, "cost", asked=replace(SIZED, model="fast"), aliases=(alias,)) == (
        "c",
        "b",
        "a",
    )
    turned = Alias("fast", ("one", "two"), HERE)
    assert chain(known, "cost", asked=replace(SIZED, model="fast"), aliases=(turned,)) == (
        "b",
        "a",
        "c",
    )


# ------------------------------------------------------------------ stand-ins

NO_TRAINING = policy(rule(require=names("training", IS, "prohibited")))
TRAINS = provider("acme", claim("training", "used"), covers=("one", "two"))
GOOD = provider("good", claim("training", "prohibited"), covers=("one", "two"))
SMALL = Alias("small", ("one", "two"), HERE)
STANDS_IN = Substitution("one", "small", ALWAYS)


def world(*routes: Route, by: tuple[Provider, ...] = (TRAINS, GOOD)) -> Registry:
    return registry(model("one"), model("two"), *by, *routes)


def in_force(*substitutions: Substitution, gateways: frozenset[str] | None = None) -> PolicySet:
    return PolicySet(
        (NO_TRAINING,), aliases=(SMALL,), substitutions=substitutions, gateways=gateways
    )


def test_a_stand_in_carries_what_no_route_of_the_model_may() -> None:
    known = world(route("r"), route("s", of="two", by="good"), route("t", of="two"))
    found = decided(in_force(STANDS_IN), known)
    assert (found.chain, found.substituted, found.requested) == (("s",), True, "one")
    assert [(c.route, c.permitted) for c in found.candidates] == [
        ("r", False),
        ("s", True),
        ("t", False),
    ]


def test_nothing_stands_in_while_the_model_has_a_route() -> None:
    known = world(route("r", by="good"), route("s", of="two", by="good"))
    found = decided(in_force(STANDS_IN), known)
    assert (found.chain, found.substituted) == (("r",), False)
    assert [c.route for c in found.candidates] == ["r"]


@pytest.mark.parametrize(
    "asked",
    ["r", "small", None],
    ids=("a pin is never substituted", "nor is an alias", "nor any model"),
)
def test_only_the_model_itself_is_substituted(asked: str | None) -> None:
    known = world(route("r"), route("s", of="two"))
    found = decided(in_force(STANDS_IN), known, facts(asked))
    assert (found.reason, found.substituted) == (Reason.NO_COMPLIANT_ROUTE, False)
    assert "s" not in [c.route for c in found.candidates] or asked != "r"


@pytest.mark.parametrize(
    ("substitutions", "asked", "substituted"),
    [
        ((), facts(), False),
        ((Substitution("two", "small", ALWAYS),), facts(), False),
        ((Substitution("one", "small", SUPPORT),), facts(purpose="support"), True),
        ((Substitution("one", "small", SUPPORT),), facts(purpose="billing"), False),
        ((Substitution("one", "small", SUPPORT),), facts(), False),
        (
            (Substitution("one", "small", SUPPORT),),
            replace(facts(purpose="support"), base=facts()),
            False,
        ),
        ((Substitution("one", "small", Not(SUPPORT)), STANDS_IN), facts(purpose="support"), True),
    ],
    ids=(
        "none",
        "of another model",
        "for such requests",
        "for other requests",
        "for requests of which it is not known",
        "for what was merely declared",
        "the first that is known to apply",
    ),
)
def test_when_something_stands_in(
    substitutions: tuple[Substitution, ...], asked: RequestFacts, substituted: bool
) -> None:
    known = world(route("r"), route("s", of="two", by="good"))
    found = decided(in_force(*substitutions), known, asked)
    assert (found.permitted, found.substituted) == (substituted, substituted)


def test_a_stand_in_is_live_reachable_and_suitable() -> None:
    known = replace(
        world(
            route("r"),
            replace(route("gone", of="two", by="good"), stage="retired"),
            route("far", of="two", by="good", at="other"),
            route("small", of="tiny", by="good"),
        ),
    )
    known = replace(
        known,
        models={**known.models, "tiny": model("tiny", window=1)},
        gateways={"hub": gateway(), "other": gateway("other")},
    )
    alias = Alias("any", ("one", "two", "tiny"), HERE)
    policies = replace(
        in_force(Substitution("one", "any", ALWAYS), gateways=frozenset({"hub"})), aliases=(alias,)
    )
    found = decided(policies, known, SIZED_SMALL)
    assert found.reason is Reason.NO_COMPLIANT_ROUTE
    assert [(c.route, bool(c.unsuitable)) for c in found.candidates] == [
        ("r", False),
        ("small", True),
    ]


SIZED_SMALL = facts(tokens__input=Decimal(100))


def test_stand_ins_come_in_the_aliass_order() -> None:
    known = replace(
        world(route("r"), priced("b", "1", of="three"), priced("c", "9", of="two")),
        models={name: model(name) for name in ("one", "two", "three")},
        providers={"acme": TRAINS},
    )
    permitted = policy(rule(require=Not(names("model", IS, "one"))))
    policies = PolicySet(
        (permitted,),
        aliases=(Alias("small", ("two", "one", "three"), HERE),),
        substitutions=(STANDS_IN,),
    )
    found = decided(policies, known, SIZED)
    assert (found.chain, found.substituted) == (("c", "b"), True)


def test_nothing_stands_in_for_a_name_that_is_unknown_or_retired() -> None:
    known = world(replace(route("r"), stage="retired"), route("s", of="two", by="good"))
    assert decided(in_force(STANDS_IN), known).reason is Reason.RETIRED
    nowhere = world(route("s", of="two", by="good"))
    assert decided(in_force(STANDS_IN), nowhere).reason is Reason.UNKNOWN_MODEL


def test_an_alias_that_does_not_exist_stands_in_for_nothing() -> None:
    known = world(route("r"), route("s", of="two", by="good"))
    found = decided(in_force(Substitution("one", "nothing", ALWAYS)), known)
    assert found.reason is Reason.NO_COMPLIANT_ROUTE
