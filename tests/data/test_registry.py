"""The registry as a whole: counted as the docs say, and free of what nobody could rely on."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from hashlib import sha256

from policy_router.domain.claim import Moment, SourceKind
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import METERS
from policy_router.engine.decide import Engine
from policy_router.language.facts import request_facts
from policy_router.language.grammar.places import (
    GatewayBody,
    ModelBody,
    ProviderBody,
    RouteBody,
)
from policy_router.registry.prices import price
from policy_router.store.project import load_project
from tests.data.shipped import ROOT, bare, files, hop_claims, routes, shipped, table
from tests.data.test_worked_example import NOON, TODAY

PAGE = ROOT / "docs" / "registry.md"
ZONES = {"EU", "EEA", "UK", "APAC"}
ROUTES = 3582
SHA256_OF_ROUTES = "0af1be02731039085d165eb108dbe62651ef005592abd39d84e5d06467421aba"
SHA256_OF_MODELS = "b4af21619d950062bd08738da23c901a50163ac0aaa8df36aeea730123760ae5"
"""Of the sorted ids, one a line: an id that goes missing breaks policies that name it."""


def checksum(ids: object) -> str:
    return sha256("\n".join(sorted(ids)).encode()).hexdigest()  # type: ignore[call-overload]


def counted(column: str) -> dict[str, int]:
    return {bare(name): int(number) for name, number in table(column, PAGE)}


def test_ids() -> None:
    assert len(routes()) == ROUTES
    assert checksum(routes()) == SHA256_OF_ROUTES
    assert checksum(model.id for model in shipped(ModelBody)) == SHA256_OF_MODELS


def test_routes_are_counted_by_gateway_as_the_docs_say() -> None:
    assert Counter(route.gateway for route in routes().values()) == counted("gateway")


def origin(route: RouteBody) -> str:
    """Return what a route was made from, in the words of the docs."""
    match route.gateway:
        case "opper":
            return "of Opper's listings"
        case "direct-vertex-eu":
            return "the same model at another place: the EU multi-region of Vertex"
        case (
            "direct-bedrock-eu-from-ch" | "direct-bedrock-eu-from-gb" | "direct-bedrock-eu-from-il"
        ):
            return (
                "the same model at another place: `eu.` profiles called from Zurich, London or "
                "Tel Aviv"
            )
        case "direct-xai-us":
            return "the same model at another place: the US endpoint of xAI"
        case _:
            return "from rows of the price files"


def test_routes_are_counted_by_what_they_were_made_from_as_the_docs_say() -> None:
    made = Counter(origin(route) for route in routes().values())
    assert {**made, "all": len(routes())} == {
        words: int(number) for words, number in table("routes", PAGE)
    }


def test_the_rows_that_are_no_route_were_left_out_for_a_reason() -> None:
    """What was listed is no longer here to be counted; what became of it is."""
    rows = counted("rows of the price files")
    left_out = sum(number for words, number in rows.items() if words.startswith("left out"))
    made = Counter(origin(route) for route in routes().values())
    assert rows["listed for an offering"] - left_out == made["from rows of the price files"]
    assert "became a route" not in rows


def test_names_that_were_taken_as_one_are_listed_and_only_those() -> None:
    models = {model.id for model in shipped(ModelBody)}
    for spelt, taken in table("written", PAGE):
        assert bare(taken) in models
        assert bare(spelt) not in models


def test_a_route_is_called_by_its_gateway_and_its_address() -> None:
    for route in routes().values():
        assert route.id == f"{route.gateway}:{route.address.lstrip('~')}"


def test_every_model_has_a_route_and_a_maker_in_its_name_if_it_is_known() -> None:
    assert {m.id for m in shipped(ModelBody)} == {r.model for r in routes().values()}


def test_every_gateway_of_a_provider_adds_no_hop() -> None:
    registry = load_project(today=TODAY, packs=("gdpr",)).snapshot.registry
    for gateway in registry.gateways.values():
        own = gateway.id.startswith(("direct-", "azure-"))
        assert gateway.adds_hop is not own, gateway.id


def test_keys_are_never_in_the_documents() -> None:
    for gateway in shipped(GatewayBody):
        assert gateway.key is not None
        assert gateway.key.env, gateway.id


def test_no_model_is_covered_by_a_pattern_and_every_one_is_known() -> None:
    models = {model.id for model in shipped(ModelBody)}
    for provider in shipped(ProviderBody):
        named = {*provider.covers}
        for _, _, record in hop_claims(provider):
            named |= set(record.covers or ())
        assert named <= models, provider.id


def test_every_offering_with_claims_covers_exactly_the_models_it_has_routes_for() -> None:
    by_provider: dict[str, set[str]] = {}
    for route in routes().values():
        by_provider.setdefault(route.provider, set()).add(route.model)
    for provider in shipped(ProviderBody):
        if provider.covers:
            assert set(provider.covers) == by_provider[provider.id], provider.id


def test_no_call_is_free_and_every_price_is_in_dollars() -> None:
    for route in routes().values():
        for body in route.prices:
            assert body.currency == "USD", route.id
            assert body.input != 0 or body.output, route.id
            assert all(tier.above_input_tokens > 0 for tier in body.tiers), route.id


def test_no_amount_of_another_unit_passes_for_one_of_tokens() -> None:
    """A price per minute of audio or per image would come first wherever the cheapest is sought."""
    for route in routes().values():
        for body in route.prices:
            amounts = [amount for amount in (body.input, body.output) if amount]
            assert min(amounts, default=1) >= Decimal("0.006"), route.id


def test_a_price_from_a_price_file_is_a_third_partys() -> None:
    kinds = Counter(
        route.sources[body.source].kind
        for route in routes().values()
        if route.gateway != "opper"
        for body in route.prices
    )
    assert set(kinds) == {SourceKind.THIRD_PARTY, SourceKind.INFERRED}
    assert kinds[SourceKind.INFERRED] < 100


def amounts(route: RouteBody) -> dict[tuple[int, str], Decimal]:
    """What a route costs, by the size above which that holds and the meter."""
    (price,) = route.prices
    steps = [(0, price), *((tier.above_input_tokens, tier) for tier in price.tiers)]
    return {
        (above, meter): amount
        for above, step in steps
        for meter in METERS
        if (amount := getattr(step, meter)) is not None
    }


def test_a_premium_for_a_place_is_on_every_amount_of_a_price() -> None:
    """A tier without it would be cheaper on paper than what is charged."""
    computed = [r for r in routes().values() if any(p.source == "computed" for p in r.prices)]
    assert len(computed) > 50
    for route in computed:
        base = routes()[f"{route.gateway.rpartition('-')[0]}:{route.address}"]
        asked, without = amounts(route), amounts(base)
        assert asked.keys() == without.keys(), route.id
        ratios = {round(asked[k] / without[k], 2) for k in asked if without[k]}
        assert len(ratios) == 1, (route.id, ratios)


def test_euros_that_may_be_taken_for_dollars_say_so() -> None:
    unclear = {
        route.gateway
        for route in routes().values()
        for body in route.prices
        if "may be euros" in route.sources[body.source].reference
    }
    assert unclear == {
        "cortecs",
        *(f"direct-{name}" for name in "berget cloudferro evroc inceptron ovhcloud".split()),
        *(f"direct-{name}" for name in "privatemode regolo scaleway stackit".split()),
    }


def test_an_announced_change_of_price_holds_from_its_day() -> None:
    snapshot = load_project(today=TODAY, packs=("gdpr",)).snapshot
    route = snapshot.registry.routes["direct-gemini:gemini-3.8-flash"]
    new_year = Moment(NOON.at.replace(year=2027, month=1, day=1))
    inputs = [price(route, "input", RequestFacts(), m.at) for m in (NOON, new_year)]
    assert [money and money.amount for money in inputs] == [Decimal("0.75"), Decimal("1.5")]


def snapshot_of(*packs: str) -> Snapshot:
    return load_project(today=TODAY, packs=packs).snapshot


def test_zero_and_unknown_prices_are_never_the_cheapest() -> None:
    snapshot = snapshot_of("no-training")
    facts = request_facts({"data": ["non_personal"]})
    found = Engine(snapshot).decide(facts, NOON)
    inputs = [price(snapshot.registry.routes[r], "input", facts, NOON.at) for r in found.chain]
    priced = [money is not None and money.amount > 0 for money in inputs]
    assert priced == sorted(priced, reverse=True)
    assert len(set(priced)) > 1


def test_a_date_of_a_price_file_retires_nothing() -> None:
    dated = [r for r in routes().values() if r.lifecycle and r.gateway != "opper"]
    assert len(dated) > 600
    for route in dated:
        for event in route.lifecycle:
            assert event.stage == "deprecated"
            assert route.sources[event.source].kind is SourceKind.THIRD_PARTY


def test_documents_are_small_enough_to_be_read() -> None:
    for path in files("data"):
        text = path.read_text(encoding="utf-8")
        assert len(text) < 250_000, path
        assert not re.search(r"[ \t]$", text, re.MULTILINE), path
    assert ZONES.isdisjoint(_places())


def _places() -> set[str]:
    found: set[str] = set()
    for body in (*shipped(RouteBody), *shipped(ProviderBody), *shipped(GatewayBody)):
        for _, attribute, record in hop_claims(body):
            if attribute.endswith(("_location", "_jurisdiction")):
                found |= set(getattr(record, "value", None) or ())
                found |= set(getattr(record, "at_least", None) or ())
    return found
