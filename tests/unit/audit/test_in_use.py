"""Which routes a report is about first: those that a project names or describes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policy_router.audit.in_use import ASKED_FIRST, First, Own, Why, routes_first, sent_routes
from policy_router.domain.policy import Alias, PolicySet
from policy_router.domain.registry import Registry
from policy_router.log.ledger import Ledger
from policy_router.log.reading import latest_records
from tests.house.tree import ROOT
from tests.small import (
    HERE,
    agreement,
    exception,
    gateway,
    model,
    policy,
    provider,
    registry,
    route,
    signoff,
    snapshot,
)

MODELS = ("one", "two", "three")
NOBODY = Own(frozenset(), frozenset())
EVERY = PolicySet((policy(),), gateways=frozenset({"hub"}))


def _known(*more: object) -> Registry:
    return registry(
        gateway("hub"),
        gateway("far"),
        provider("acme", covers=MODELS),
        *map(model, MODELS),
        *(route(f"r-{name}", of=name) for name in MODELS),
        route("r-far", of="one", at="far"),
        *more,  # type: ignore[arg-type]
    )


def _first(own: Own | None = NOBODY, policies: PolicySet = EVERY, *more: object) -> First:
    return routes_first(snapshot(policies, _known(*more)), own)


def test_what_nothing_names_is_within_reach() -> None:
    assert _first() == First(("r-one", "r-three", "r-two"), Why.IN_REACH, 3)


@pytest.mark.parametrize(
    "named",
    [
        pytest.param((agreement("c", models=("one",), routes=()),), id="model of an agreement"),
        pytest.param((agreement("c", models=(), routes=("r-one",)),), id="route of an agreement"),
        pytest.param((signoff(routes=("r-one",)),), id="sign-off"),
    ],
)
def test_a_route_is_in_use_that_a_paper_names(named: tuple[object, ...]) -> None:
    assert _first(NOBODY, EVERY, *named) == First(("r-one",), Why.IN_USE, 3)


def test_a_pattern_names_nothing() -> None:
    papers = (agreement("c", models=(), routes=("*",)), signoff(routes=("r-*",)))
    assert _first(NOBODY, EVERY, *papers).why is Why.IN_REACH


def test_what_is_named_and_out_of_reach_is_not_in_use() -> None:
    assert _first(Own(frozenset({"one"}), frozenset())).routes == ("r-one",)
    assert _first(Own(frozenset({"r-far"}), frozenset())).why is Why.IN_REACH


def test_aliases_and_exceptions_name_routes() -> None:
    named = replace(EVERY, aliases=(Alias("quick", ("two", "three"), HERE),))
    assert _first(NOBODY, named).routes == ("r-three", "r-two")
    waived = replace(EVERY, exceptions=(exception("e", routes=("r-two",)),))
    assert _first(NOBODY, waived).routes == ("r-two",)


def test_a_route_of_the_projects_own_documents_is_in_use() -> None:
    known = _known()
    own = replace(HERE, file="data/own.yaml")
    routes = {**known.routes, "r-two": replace(known.routes["r-two"], span=own)}
    found = routes_first(
        snapshot(EVERY, replace(known, routes=routes)), Own(frozenset(), frozenset({own.file}))
    )
    assert (found.routes, found.why) == (("r-two",), Why.IN_USE)


def test_without_a_project_the_offerings_asked_about_first() -> None:
    known = _known(
        provider("openai-api", covers=("one",)), route("direct", of="one", by="openai-api")
    )
    found = routes_first(snapshot(PolicySet((policy(),)), known), None)
    assert found == First(("direct",), Why.ASKED_FIRST, 5)


def _decision(call: str, route: str | None, *, number: int = 1, **more: object) -> dict[str, Any]:
    """The record of an attempt of a call that was about to be sent by a route, if there is one."""
    sent = route is not None
    made = {"kind": "decision", "id": call, "point": "sidecar", "admitted": sent, "observed": False}
    return {**made, "attempt": {"number": number, "route": route}, **more}


def _outcome(call: str, status: int | None) -> dict[str, Any]:
    return {"kind": "outcome", "id": call, "status": status, "ending": "complete"}


@pytest.mark.parametrize(
    ("records", "used"),
    [
        ([_decision("a", "r"), _outcome("a", 200)], ["r"]),
        ([_decision("a", "r")], ["r"]),  # a proxy sent it, or it is under way
        ([_decision("a", "r", admitted=False)], []),
        ([_decision("a", None)], []),
        ([_decision("a", "r", point="api")], []),
        ([_decision("a", "r"), _outcome("a", 404)], []),
        ([_decision("a", "r"), _outcome("a", None)], []),
        ([_decision("a", "r"), _decision("a", "s", number=2), _outcome("a", 200)], ["s"]),
        ([_outcome("a", 200), _decision("b", "r"), _outcome("b", 399)], ["r"]),
        ([{"kind": "load"}, {"kind": "decision"}, {"decision": 3}, {"kind": "outcome"}], []),
        ([_decision("a", "r", attempt=3), _decision("b", "r", attempt={})], []),
    ],
)
def test_in_use_is_what_was_sent_and_not_known_to_have_failed(
    records: list[dict[str, Any]], used: list[str]
) -> None:
    assert list(sent_routes(records)) == used


def test_the_routes_of_recorded_calls_are_read_from_the_end(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert list(latest_records(log)) == []
    for route_id in ("old", "new", None):
        Ledger(log).append(_decision(str(route_id), route_id))
    assert list(sent_routes(latest_records(log))) == ["old", "new"]
    (segment,) = log.glob("0*.jsonl")
    tail = len(segment.read_bytes().split(b"\n", 2)[2]) + 5
    assert list(sent_routes(latest_records(log, tail))) == ["new"]
    segment.write_bytes(b'[]\n{"decision": 3}\nno record')
    assert list(sent_routes(latest_records(log))) == []


def test_the_page_of_gaps_is_about_the_offerings_asked_about_first() -> None:
    page = (ROOT / "docs" / "gaps.md").read_text("utf-8")
    assert tuple(re.findall(r"^### .+ \(`(.+)`\)$", page, re.MULTILINE)) == ASKED_FIRST
