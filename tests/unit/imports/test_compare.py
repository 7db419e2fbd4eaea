"""What an import would change: prices taken over, data handling never to a route's advantage."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from policy_router.registry.importers.findings import Change
from policy_router.registry.importers.own import read_own
from policy_router.registry.importers.refusal import ImportRefused
from tests.unit.documents import TERRITORIES, build, sound
from tests.unit.imports.lists import (
    GATEWAY,
    after,
    changes,
    imported,
    row,
    world,
    written,
)


def test_equal_prices_change_nothing() -> None:
    found = imported(
        world(), row(pricing={"input": [1.0], "output": [4], "cached_input": ["0.10"]})
    )
    assert (changes(found), found.documents) == ([], ())


def test_a_price_of_equal_evidence_ends_the_older_one() -> None:
    found = imported(world(), row(pricing={"input": [2], "output": [3]}))
    assert changes(found) == [
        ("changed", "price.input", "1.00", "2"),
        ("changed", "price.output", "4", "3"),
        ("changed", "price.cached_input", "0.1", None),
    ]
    old, new = after(found).routes["opper:acme/one"].prices
    assert old.validity.end == new.validity.start == datetime(2026, 11, 22, tzinfo=UTC)


def test_a_price_of_better_evidence_goes_on_and_the_dearer_counts() -> None:
    found = imported(
        world("docs"), row(pricing={"input": [2], "output": [4], "cached_input": [0.1]})
    )
    assert changes(found) == [("in conflict", "price.input", "1.00", "2")]
    assert [t.validity.end for t in after(found, "docs").routes["opper:acme/one"].prices] == [
        None
    ] * 2


def test_within_tolerance_of_better_evidence_nothing_is_written() -> None:
    found = imported(world("docs"), row(pricing={"input": [1.02], "output": [4]}))
    assert found.documents == ()


@pytest.mark.parametrize("pricing", [{"input": [0], "output": [0]}, {"input": [0], "output": [1]}])
def test_a_price_of_nothing_is_to_verify(pricing: dict[str, Any]) -> None:
    found = imported(world(), row(pricing=pricing))
    assert {f.change for f in found.findings} == {Change.VERIFY}
    assert found.documents == ()


def test_worse_handling_is_written_and_better_is_to_verify() -> None:
    handling = {"training": {"default": "yes"}, "logging": {"retention_days": 5}}
    found = imported(
        world(), row(route={"data_handling": handling, "gdpr": {"dpa_available": True}})
    )
    assert changes(found) == [
        ("changed", "training", "off_by_default", "used"),
        ("to verify", "retention_days", "10", "5"),
    ]
    claims = dict(after(found).routes["opper:acme/one"].claims)["acme"]
    assert [c.value for c in claims if c.attribute == "training"] == ["off_by_default", "used"]


def test_better_evidence_is_not_overruled_even_to_the_worse() -> None:
    found = imported(world(), row(route={"data_handling": {"logging": {"retention_days": 90}}}))
    assert changes(found) == [("to verify", "retention_days", "10", "90")]
    assert found.documents == ()


def test_what_nobody_knows_stays_unknown() -> None:
    found = imported(
        world(), row(country="SE", route={"data_handling": {"zdr": {"status": "always"}}})
    )
    assert {f.change for f in found.findings} == {Change.VERIFY}
    assert found.documents == ()


def test_a_card_is_filled_in_and_what_it_says_stays() -> None:
    found = imported(
        world(), row(context_window=2000, max_output_tokens=500, capabilities=["tools"])
    )
    assert changes(found) == [
        ("in conflict", "context_window", "1000", "2000"),
        ("added", "max_output_tokens", None, "500"),
        ("added", "features", None, "function_calling"),
        ("added", "input_modalities", None, "text"),
    ]
    registry = after(found)
    card = registry.card(registry.routes["opper:acme/one"])
    assert (card.context_window, card.max_output_tokens) == (1000, 500)
    assert card.card_source is not None
    assert card.card_source.reference == "list"


def test_what_one_seller_offers_says_nothing_of_other_routes_to_the_model() -> None:
    gateway, *_, route = GATEWAY.replace("opper", "edge").split("---")
    beside = f"{gateway}---{route}".replace("PRICED", "page").replace("type: edge", "type: opper")
    found = imported(world("page", beside), row(max_output_tokens=500))
    assert {f.about for f in found.findings if f.field == "max_output_tokens"} == {"opper:acme/one"}
    built = build(TERRITORIES, GATEWAY.replace("PRICED", "page"), beside, written(found)).registry
    longest = {r.id: built.card(r).max_output_tokens for r in built.routes.values()}
    assert longest == {"opper:acme/one": 500, "edge:acme/one": None}
    assert built.models["acme/one"].max_output_tokens is None


def test_a_new_route_claims_nothing() -> None:
    new = row(id="acme/two", maker="acme", country="SE", context_window=5,
              pricing={"input": [1], "output": [2]}, retired_at="2030-01-01")  # fmt: skip
    found = imported(world(), row(), new)
    assert changes(found) == [
        ("added", "route", None, "acme/two"),
        ("to verify", "inference_location", None, "SE"),
    ]
    route = after(found).routes["opper:acme/two"]
    assert (route.claims, route.stage, len(route.prices), len(route.lifecycle)) == ((), None, 1, 1)


def test_a_new_provider_is_made_and_never_takes_the_name_of_a_gateway() -> None:
    found = imported(world(), row(), row(id="x/y", provider="opper"), row(id="x/z", provider="a:b"))
    registry = after(found)
    assert {"opper-models", "a-b"} <= registry.providers.keys()


def test_another_provider_than_the_registry_has_is_a_conflict() -> None:
    found = imported(world(), row(provider="other", pricing={"input": [9], "output": [9]}))
    assert changes(found) == [("in conflict", "provider", "acme", "other")]
    assert found.documents == ()


def test_what_is_no_longer_listed_is_said_and_stays() -> None:
    found = imported(world())
    assert changes(found) == [("removed", "route", "listed", None)]
    assert found.documents == ()


def test_a_row_that_cannot_be_read_is_no_sign_that_its_route_has_gone() -> None:
    alone = imported(world(), row(context_window=-1))
    assert (alone.unread, changes(alone), alone.documents) == (True, [], ())
    beside = imported(world(), row(id="acme/two", model="two"), row(context_window=-1))
    assert not beside.unread
    assert "removed" not in {change for change, *_ in changes(beside)}


def test_a_row_twice_is_set_aside_where_it_differs() -> None:
    found = imported(world(), row(), row(), row(context_window=7))
    assert [q.code for q in found.quarantined] == ["IMP208"]


def test_events_are_added_moved_and_never_repeated() -> None:
    first = imported(world(), row(retired_at="2027-01-01T00:00:00Z"))
    text = written(first).encode()
    again = imported(after(first), row(retired_at="2027-01-01"), old=text)
    assert (changes(again), written(again).encode()) == ([], text)
    moved = imported(after(first), row(retired_at="2027-03-01"), old=text)
    assert changes(moved) == [("changed", "stage retired", "2027-01-01", "2027-03-01")]
    assert len(after(moved).routes["opper:acme/one"].lifecycle) == 1


def test_a_gateways_date_retires_no_route_of_another() -> None:
    gateway, *_, route = GATEWAY.replace("opper", "edge").split("---")
    beside = f"{gateway}---{route}".replace("PRICED", "page").replace("type: edge", "type: opper")
    found = imported(world("page", beside), row(retired_at="2026-11-01"))
    told = {f.about: f.change for f in found.findings if f.field == "stage retired"}
    assert told == {"opper:acme/one": Change.ADDED, "edge:acme/one": Change.VERIFY}
    built = build(TERRITORIES, GATEWAY.replace("PRICED", "page"), beside, written(found)).registry
    events = {r.id: len(r.lifecycle) for r in built.routes.values()}
    assert events == {"opper:acme/one": 1, "edge:acme/one": 0}


def test_a_later_import_ends_its_own_prices_and_keeps_their_history() -> None:
    first = imported(world(), row(pricing={"input": [2], "output": [4], "cached_input": [0.1]}),
                     day=date(2026, 11, 10))  # fmt: skip
    text = written(first).encode()
    dearer = row(pricing={"input": [3], "output": [4], "cached_input": [0.1]})
    second = imported(after(first), dearer, old=text)
    spans = [(t.validity.start.day, t.validity.end and t.validity.end.day)  # type: ignore[union-attr]
             for t in after(second).routes["opper:acme/one"].prices]  # fmt: skip
    assert spans == [(1, 10), (10, 22), (22, None)]
    assert len(read_own("opper", written(second).encode()).sources) == 2


def test_importing_twice_changes_nothing() -> None:
    rows = (
        row(pricing={"input": [2], "output": [3]}, max_output_tokens=9, country="DE",
            route={"data_handling": {"training": {"default": "yes"}}}),
        row(id="acme/two", pricing={"input": [1], "output": [2]}, context_window=8),
    )  # fmt: skip
    text = written(imported(world(), *rows)).encode()
    again = imported(after(imported(world(), *rows)), *rows, day=date(2026, 11, 22), old=text)
    assert {f.change for f in again.findings} == {Change.VERIFY}
    assert written(again).encode() == text


def test_an_own_card_follows_its_source() -> None:
    new = row(id="acme/two", context_window=8)
    first = imported(world(), row(), new)
    again = imported(after(first), row(), new | {"context_window": 9}, old=written(first).encode())
    assert ("changed", "context_window", "8", "9") in changes(again)
    registry = after(again)
    assert registry.card(registry.routes["opper:acme/two"]).context_window == 9


def test_a_new_route_to_a_known_model_leaves_its_card_alone() -> None:
    known = "kind: model\nid: acme/two\nlanguage: 1\ntitle: T\ncontext_window: 7\n"
    new = row(id="acme/two", context_window=8, max_output_tokens=3)
    found = imported(world("page", known), row(), new)
    (route,) = (d for d in found.documents if d["kind"] == "route")
    assert ("context_window" in route, route["max_output_tokens"]) == (False, "3")


def test_a_models_list_speaks_of_the_sellers_routes_and_makes_none() -> None:
    rows = ({"id": "acme/one", "context_length": 7}, {"id": "b/c"})
    assert imported(world(), *rows, source="openrouter").unmatched == 2
    own = sound(TERRITORIES, GATEWAY.replace("PRICED", "page").replace("opper", "openrouter"))
    found = imported(own.registry, *rows, source="openrouter")
    assert (changes(found), found.unmatched) == (
        [("in conflict", "context_window", "1000", "7")],
        1,
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kind: update\nid: imported-opper\nlanguage: 1 # mine\n", "IMP401"),
        ("kind: update\nid: mine\nlanguage: 1\n", "IMP402"),
        ("kind: policy\nid: p\n", "IMP402"),
        ("kind: update\nid: imported-opper\nroutes: []\n", "IMP402"),
        ("a: [", "IMP402"),
        ("", "IMP402"),
    ],
)
def test_a_file_that_is_not_ours_is_left_alone(text: str, code: str) -> None:
    with pytest.raises(ImportRefused) as caught:
        read_own("opper", text.encode())
    assert caught.value.code == code


def test_models_dev_says_a_deprecation_once() -> None:
    rows = {
        "opper": {"models": {"a": {"id": "acme/one", "status": "deprecated"}}},
        "acme": {"models": {"a": {"id": "one", "status": "deprecated"}}},
    }
    found = imported(world(), rows, source="models-dev")
    assert changes(found) == [("added", "stage deprecated", None, "2026-11-22")]


def test_endpoints_are_routes_by_provider() -> None:
    gateway = GATEWAY.partition("---")[0].replace("opper", "openrouter")
    rows = [
        {
            "model_id": "acme/one",
            "tag": tag,
            "pricing": {"prompt": "0.000001", "completion": "0.000004"},
        }
        for tag in ("acme", "other")
    ]
    found = imported(world("page", gateway), *rows, source="openrouter-endpoints")
    assert [f.about for f in found.findings] == [
        "openrouter:acme/one@acme",
        "openrouter:acme/one@other",
    ]
    registry = build(
        TERRITORIES, GATEWAY.replace("PRICED", "page"), gateway, written(found)
    ).registry
    again = imported(registry, *rows, source="openrouter-endpoints", old=written(found).encode())
    assert (again.findings, again.unmatched) == ((), 0)
