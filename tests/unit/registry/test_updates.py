"""Updates: what they add, what they end, what they leave alone."""

from __future__ import annotations

from datetime import UTC, datetime

from policy_router.domain.price import PriceTable
from policy_router.domain.request import RequestFacts
from policy_router.registry.prices import price
from tests.unit.documents import HOPS, TERRITORIES, build, sound

SOURCES = """
sources:
  strong: {kind: provider_docs, basis: public_terms, reference: s, read_on: 2026-11-01}
  weak: {kind: third_party, basis: public_terms, reference: w, read_on: 2026-11-10}
"""
PRICED = HOPS + SOURCES + "prices:\n  - {currency: USD, source: %s, input: 2, output: 8}\n"
UPDATE = "kind: update\nid: later\nlanguage: 1\n" + SOURCES
LATE = datetime(2026, 11, 20, tzinfo=UTC)


def tables(source: str, later: str) -> tuple[PriceTable, ...]:
    text = f'{UPDATE}routes:\n  "gw:one":\n    prices:\n      - {later}\n'
    return sound(TERRITORIES, PRICED % source, text).registry.routes["gw:one"].prices


def test_a_later_price_of_no_weaker_kind_ends_the_earlier_one() -> None:
    old, new = tables("weak", "{currency: USD, source: strong, from: 2026-11-15, input: 1}")
    assert old.validity.end == new.validity.start


def test_a_weaker_price_goes_on_beside_and_the_dearer_counts() -> None:
    for amount, counts in (("1", "2"), ("3", "3")):
        found = tables("strong", f"{{currency: USD, source: weak, input: {amount}, output: 8}}")
        assert [table.validity.end for table in found] == [None, None]
        beside = f"prices: [{{currency: USD, source: weak, input: {amount}}}]"
        text = f'{UPDATE}routes: {{"gw:one": {{{beside}}}}}\n'
        registry = sound(TERRITORIES, PRICED % "strong", text).registry
        money = price(registry.routes["gw:one"], "input", RequestFacts(), LATE)
        assert money is not None
        assert str(money.amount) == counts


def test_a_price_from_the_same_day_takes_the_place_and_an_ended_one_stays() -> None:
    (new,) = tables("strong", "{currency: USD, source: strong, input: 1}")
    assert dict(new.amounts)["input"] == 1
    past = "{currency: USD, source: strong, from: 2026-01-01, until: 2026-02-01, input: 1}"
    assert len(tables("strong", past)) == 2


def test_claims_and_stages_are_added_to_the_routes_own() -> None:
    text = UPDATE + (
        'routes:\n  "gw:one":\n'
        "    lifecycle: [{stage: retired, from: 2026-11-05, source: strong}]\n"
        "    claims: {acme: {training: {value: used, source: weak}}}\n"
    )
    own = PRICED % "strong" + "claims: {acme: {training: {value: prohibited, source: strong}}}\n"
    route = sound(TERRITORIES, own, text).registry.routes["gw:one"]
    assert [event.stage for event in route.lifecycle] == ["retired"]
    assert [claim.value for claim in dict(route.claims)["acme"]] == ["prohibited", "used"]


def test_a_card_is_filled_in_where_it_is_silent() -> None:
    models = "models: {acme/one: {context_window: 5, features: [streaming], source: weak}}\n"
    card = sound(TERRITORIES, HOPS, UPDATE + models).registry.models["acme/one"]
    assert (card.context_window, card.features) == (5, frozenset({"streaming"}))
    assert card.card_source is not None
    again = (
        UPDATE.replace("id: later", "id: more")
        + "models: {acme/one: {context_window: 6, source: strong}}\n"
    )
    card = sound(TERRITORIES, HOPS, UPDATE + models, again).registry.models["acme/one"]
    assert card.context_window == 5
    assert card.card_source is not None
    assert card.card_source.reference == "w"


def test_a_routes_own_card_is_filled_in_where_it_is_silent_too() -> None:
    own = HOPS + "max_output_tokens: 7\n"
    models = (
        "models: {acme/one: {context_window: 5, max_output_tokens: 6, features: [streaming], "
        "source: weak}}\n"
    )
    known = sound(TERRITORIES, own, UPDATE + models).registry
    card = known.card(known.routes["gw:one"])
    assert (card.max_output_tokens, card.context_window) == (7, 5)
    assert card.features == frozenset({"streaming"})


def test_a_routes_card_is_filled_in_where_it_is_silent_and_no_other_is() -> None:
    own = HOPS + SOURCES + "context_window: 4\nfeatures: null\n"
    limits = "{context_window: 5, max_output_tokens: 6, features: [streaming], source: weak}"
    registry = sound(TERRITORIES, own, f'{UPDATE}routes: {{"gw:one": {limits}}}\n').registry
    card = registry.card(registry.routes["gw:one"])
    assert (card.context_window, card.max_output_tokens) == (4, 6)
    assert card.features == frozenset({"streaming"})
    assert card.card_source is not None
    assert card.card_source.reference == "w"
    assert registry.models["acme/one"].max_output_tokens is None


def test_an_update_that_fills_nothing_leaves_a_route_without_a_card_of_its_own() -> None:
    limited = HOPS.replace("title: One", "title: One\ncontext_window: 4")
    text = UPDATE + 'routes: {"gw:one": {context_window: 5, source: weak}}\n'
    assert sound(TERRITORIES, limited, text).registry.routes["gw:one"].offered is None


def test_what_a_route_leaves_unknown_is_not_known_there_whatever_the_model_offers() -> None:
    model = HOPS.replace("title: One", "title: One\nfeatures: [streaming]\ncontext_window: 9")
    registry = sound(TERRITORIES, model + SOURCES + "features: null\nsource: strong\n").registry
    card = registry.card(registry.routes["gw:one"])
    assert (card.features, card.context_window) == (None, 9)
    assert card.card_source is not None
    assert card.card_source.reference == "s"


def test_what_is_not_there_or_not_described_is_said() -> None:
    text = UPDATE + "routes: {nowhere: {}}\nmodels: {nothing: {}, acme/one: {source: nobody}}\n"
    assert build(TERRITORIES, HOPS, text).codes == ["REG302", "REG320", "REG320"]


def test_what_names_a_document_that_is_not_sound_is_not_blamed() -> None:
    broken = HOPS.replace("title: One", "title: One\nodd: 1").replace("stage: ga", "stage: g")
    text = UPDATE + 'routes: {"gw:one": {}}\nmodels: {acme/one: {}}\n'
    assert "REG320" not in build(TERRITORIES, broken, text).codes


def test_a_card_may_be_filled_in_without_a_source() -> None:
    models = "models: {acme/one: {context_window: 5}}\n"
    assert sound(TERRITORIES, HOPS, UPDATE + models).registry.models["acme/one"].card_source is None
