"""Which document a way out names: a contract, an amendment of the one there is, another place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policy_router.audit.gaps import Gaps, Thing, gaps, thing_of
from policy_router.domain.claim import Members, Moment, Validity
from policy_router.domain.contract import Agreement
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Matcher
from policy_router.engine.explanation import Change
from policy_router.registry.favour import GLOBAL
from policy_router.report.gaps import briefly
from tests.explained import CONTRACTED, DE, OF_ITS_OWN, UNTRAINED, WITH_ACME, WITHIN, firm, told
from tests.small import (
    HERE,
    NOW,
    agreement,
    claim,
    facts,
    places,
    policy,
    provider,
    registry,
    route,
    snapshot,
    utc,
)
from tests.strategies.predicates import names

AMENDED = "agreement `contract` with acme (`acme`) amended:"
HELD = agreement(dpa="in_force")


def _first(*known: object, require: object = UNTRAINED, moment: Moment = NOW) -> Change:
    """The first step of the first way out, on the only route."""
    in_force = policy(firm(require=require))
    found = told(in_force, registry(*known), moment=moment)  # type: ignore[arg-type]
    return found.routes[0].remedies[0][0]


@pytest.mark.parametrize(
    ("held", "begins"),
    [
        ((), WITH_ACME),
        ((HELD,), AMENDED),
        ((agreement("z", dpa="in_force"), agreement("a", dpa="in_force")), "agreement `a` with"),
        ((agreement(parties=("hub",), dpa="in_force"),), WITH_ACME),
        ((replace(HELD, models=(), routes=("elsewhere:*",)),), WITH_ACME),
        ((replace(HELD, validity=Validity(utc("2025-01-01"), utc("2026-02-01"))),), WITH_ACME),
        ((replace(HELD, validity=Validity(utc("2026-12-01"))),), WITH_ACME),
    ],
)
def test_what_is_in_force_for_the_route_is_amended(
    held: tuple[Agreement, ...], begins: str
) -> None:
    found = _first(*held)
    assert found.text.startswith(begins)
    assert bool(found.amends) is not (begins == WITH_ACME)


def test_what_was_not_recorded_yet_is_no_contract_to_amend() -> None:
    late = replace(HELD, recorded=utc("2026-06-16"))
    then = Moment(NOW.at, utc("2026-06-14"))
    assert _first(late, moment=then).text.startswith(WITH_ACME)
    assert _first(late).text.startswith(AMENDED)


IN_EEA = names("inference_location", WITHIN, "EEA")


@pytest.mark.parametrize(
    ("where", "now"),
    [
        (places(GLOBAL), " (now anywhere)"),
        (places("US", "IN"), " (now IN, US)"),
        (places("US", opened=True), " (now US among others)"),
        (places("US", "DE", "CH", opened=True), " (now CH, US among others)"),
        (Members(frozenset(("CH", "DE")), frozenset(("US",))), " (now CH among others)"),
        (places("DE", opened=True), ""),
        (Members(frozenset(("DE",)), frozenset(("US",))), ""),
        (None, ""),
    ],
)
def test_a_place_that_is_known_is_told_and_is_no_matter_of_a_contract_alone(
    where: object, now: str
) -> None:
    known = [] if where is None else [claim("inference_location", where)]  # type: ignore[arg-type]
    found = _first(provider("acme", *known), require=IN_EEA)
    own = OF_ITS_OWN if now else ""
    assert found.text == f"{WITH_ACME} `inference_location` within EEA{now}{own}"
    assert found.elsewhere == (("inference_location",) if now else ())


@pytest.mark.parametrize(
    ("demanded", "now"),
    [
        ({"require": names("inference_location", Matcher.EXCLUDES, "US")}, "US"),
        ({"require": names("inference_location", Matcher.INCLUDES_ALL, "DE", "SE")}, ""),
        ({"forbid": (names("inference_location", Matcher.NOT_WITHIN, "EEA"),)}, "US"),
        ({"forbid": (names("inference_location", Matcher.INCLUDES, "US"),)}, "US"),
        ({"forbid": (names("inference_location", Matcher.EXCLUDES, "SE"),)}, ""),
    ],
)
def test_of_an_open_list_what_no_other_place_makes_good_is_told(
    demanded: dict[str, Any], now: str
) -> None:
    """However a rule puts it: as what it requires or forbids, of each place or of any."""
    where = provider("acme", claim("inference_location", places("DE", "US", opened=True)))
    found = told(policy(firm(**demanded)), registry(where))
    change = found.routes[0].remedies[0][0]
    assert (f"(now {now} among others)" in change.text) is bool(now)
    assert ("now" in change.text) is bool(now)
    assert bool(change.elsewhere) is bool(now)


def test_what_is_in_place_already_is_not_told_as_elsewhere() -> None:
    known = provider("acme", claim("inference_location", DE))
    assert _first(known, require=CONTRACTED).elsewhere == ()


def _brief(found: Gaps, thing: Thing) -> str:
    return briefly(found)(thing)


def test_in_a_list_the_documents_are_told_apart() -> None:
    """One contract is there for one of two routes; a third runs anywhere."""
    held = replace(HELD, models=(), routes=("r",))
    known = registry(provider("acme"), route("r"), route("s"), held)
    policies = policy(firm(require=UNTRAINED))
    asked = Scenario("s", "S", "", facts(), HERE)
    found = gaps(snapshot(policies, known), [asked], ["r", "s"], NOW)
    said = {_brief(found, missing.thing) for missing in found.missing}
    assert {"amendment of `contract` with acme", "contract with acme"} <= said
    anywhere = provider("acme", claim("inference_location", places(GLOBAL)))
    change = _first(anywhere, require=IN_EEA)
    assert _brief(found, thing_of(change)) == "contract with acme that changes where the model runs"


def test_two_companies_of_one_title_are_told_apart() -> None:
    """Where one of them is spoken of alone, its title is enough."""
    twins = [replace(provider(name), title="Acme API") for name in ("acme", "acme-eu")]
    known = registry(*twins, route("r"), route("s", by="acme-eu"))
    asked = Scenario("s", "S", "", facts(), HERE)
    both = gaps(snapshot(policy(firm(require=CONTRACTED)), known), [asked], ["r", "s"], NOW)
    assert {_brief(both, missing.thing) for missing in both.missing} == {
        "contract with Acme API (`acme`)",
        "contract with Acme API (`acme-eu`)",
    }
    one = gaps(snapshot(policy(firm(require=CONTRACTED)), known), [asked], ["r"], NOW)
    assert [_brief(one, missing.thing) for missing in one.missing] == ["contract with Acme API"]
