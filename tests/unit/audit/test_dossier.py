"""The content of a report: classes, evidence and registers say what the engine decides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache

from policy_router.audit.dossier.build import Subject, dossier
from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.verdicts import Answer, Evidenced, RuleFound
from policy_router.audit.dossier.writings import Article, Entry
from policy_router.audit.in_use import First, Why
from policy_router.audit.matrix import Matrix, Standing, matrix, reachable_routes
from policy_router.audit.permissions import permissions
from policy_router.audit.prices import list_price, price_words
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Verdict
from policy_router.engine.decide import Engine
from policy_router.report.dossier.wording import scope_note, unsized_note
from policy_router.report.unsized import unsized_line
from policy_router.store.project import Loaded, load_project
from tests.house.tree import ROOT

AT = Moment(datetime(2026, 11, 22, 12, tzinfo=UTC))


@cache
def loaded() -> Loaded:
    return load_project(ROOT / "examples" / "organisation", today=date(2026, 11, 22))


@cache
def everything() -> Matrix:
    project = loaded()
    routes = reachable_routes(project.snapshot)
    return matrix(project.snapshot, tuple(project.scenarios.values()), routes, AT)


@cache
def report() -> Dossier:
    """The report on the routes at two providers and on the organisation's own."""
    routes = tuple(
        i
        for i in everything().routes
        if loaded().snapshot.registry.routes[i].provider in {"openai", "inhouse-servers", "xai"}
    )
    return about(*routes)


@cache
def about(*routes: str) -> Dossier:
    first = First(routes, Why.CHOSEN, len(routes))
    return dossier(Subject(everything(), first, "Example", None), lambda *_: None)


# ---- classes -------------------------------------------------------------------------------------


def test_every_route_is_in_one_class_with_the_standing_it_has_in_the_matrix() -> None:
    standing = {(c.scenario, c.route): c.standing for c in everything().cells}
    told = {
        (scenario, route.id): reasoning.standing
        for each in report().classes
        for reasoning in each.reasonings
        for scenario in reasoning.scenarios
        for route in each.routes
    }
    routes = [route.id for each in report().classes for route in each.routes]
    assert len(routes) == len(set(routes)) == report().routes > len(report().classes)
    assert told == {where: found for where, found in standing.items() if where[1] in set(routes)}
    assert len(told) == len(routes) * len(report().scenarios)


def test_a_route_costs_what_its_documents_say_with_what_larger_calls_pay() -> None:
    registered = loaded().snapshot.registry.routes
    parts = [part for each in report().classes for part in each.routes]
    for part in parts:
        for meter, said in (("input", part.input), ("output", part.output)):
            found = list_price(registered[part.id], meter, AT.at)
            assert said == (None if found is None else price_words([found]))
    assert any(part.input is None for part in parts)


def test_of_permitted_routes_it_is_said_how_many_no_call_is_known_to_fit() -> None:
    """In the words of every other report that calls routes permitted."""
    registered, parts = loaded().snapshot.registry, report().classes
    shown = {route.id for each in parts for route in each.routes}
    permitted = {c.route for c in everything().cells if c.standing is Standing.PERMITTED} & shown
    wanted = unsized_line(registered, permitted).replace("`", "")
    assert unsized_note(report()) == wanted
    assert wanted
    assert wanted in scope_note(report())
    assert all(
        route.context_window == registered.card(registered.routes[route.id]).context_window
        for each in parts
        for route in each.routes
    )


def test_the_counts_are_those_of_the_matrix() -> None:
    for scenario in report().scenarios:
        found = everything()
        counts = [len(found.of(scenario.id, standing)) for standing in Standing]
        within = scenario.within_reach
        assert [within.permitted, within.refused, within.unknown] == counts
        part = scenario.counts
        assert part.permitted + part.refused + part.unknown == report().routes


def _enforced_rules() -> list[RuleFound]:
    modes = {(p.id, r.id): r.mode.value for p in report().policies for r in p.rules}
    found = [r for c in report().classes for each in c.reasonings for r in each.rules]
    assert found
    return [rule for rule in found if modes[rule.policy, rule.rule] == "enforce"]


def test_a_rule_that_is_met_has_nothing_unmet_and_one_that_is_not_has_something() -> None:
    for rule in _enforced_rules():
        answers = {demand.answer for demand in rule.demands}
        assert answers
        assert (rule.verdict is Verdict.PASS) == (answers == {Answer.MET})
        assert (rule.verdict is Verdict.FAIL) == (Answer.NOT_MET in answers)


def test_a_standing_follows_from_what_is_told_beside_it() -> None:
    for each in report().classes:
        for reasoning in each.reasonings:
            verdicts = {r.verdict for r in reasoning.rules if r in _enforced_rules()}
            blocked = bool(reasoning.said) or bool(verdicts & {Verdict.FAIL, Verdict.UNKNOWN})
            assert blocked == (reasoning.standing is not Standing.PERMITTED)
            assert (reasoning.shortest == ()) == (reasoning.standing is Standing.PERMITTED)


def test_a_claim_stands_beside_each_demand_with_source_and_age() -> None:
    (own,) = (c for c in report().classes if c.routes[0].id == "opper:openai/o4-mini")
    permitted = next(r for r in own.reasonings if "customer-data" in r.scenarios)
    contract = next(r for r in permitted.rules if r.rule == "processor-contract")
    claims = [_claim(number) for number in contract.demands[0].evidence]
    assert [(c.party, c.value, c.agreement, c.reference, c.age_days) for c in claims] == [
        ("opper", "in_force", "opper-dpa", "DPA-2026-011", 306),
        ("openai", "in_force", "openai-dpa", "DPA-2026-014", 306),
    ]
    basis = next(r for r in permitted.rules if r.rule == "transfer-basis").demands[0]
    held = {(p.party, p.country): p.held for p in basis.places}
    assert held == {("opper", "SE"): ("not_a_transfer",), ("openai", "US"): ("scc_with_tia",)}
    reviewed = next(r for r in permitted.rules if r.rule == "vendor-reviewed")
    assert reviewed.demands[0].signoffs == ("vendor-review-2026",)


def _claim(number: int) -> Evidenced:
    found = report().evidence[number - 1]
    assert found.number == number
    return found


def test_every_number_leads_to_a_claim_of_a_party_on_the_way() -> None:
    for each in report().classes:
        rules = (rule for reasoning in each.reasonings for rule in reasoning.rules)
        numbers = {n for rule in rules for demand in rule.demands for n in demand.evidence}
        assert {_claim(n).party for n in numbers} <= set(each.parties)
        assert {_claim(n).party for n in each.claims} == set(each.parties)


# ---- what hangs on what --------------------------------------------------------------------------


def test_what_hangs_on_a_contract_is_what_the_calendar_and_the_register_say() -> None:
    register = {a.id: a.hangs for a in report().agreements}
    calendar = {e.about: e.hangs for e in report().calendar if e.limit_days is None}
    assert {h.scenario: h.routes for h in register["openai-dpa"]} == {
        "customer-data": 1,
        "employee-data": 1,
    }
    assert calendar["openai-dpa"] == register["openai-dpa"]
    weights = [sum(h.routes for h in entry.hangs) for entry in report().calendar]
    assert weights == sorted(weights, reverse=True)


def test_a_contract_nobody_reads_again_is_in_the_calendar_before_it_ends() -> None:
    aged = [e for e in report().calendar if e.about == "hosting-dpa"]
    assert [(e.limit_days, e.at.date()) for e in aged] == [(365, date(2026, 12, 5))]
    assert {h.scenario for h in aged[0].hangs} == {
        "customer-data",
        "employee-data",
        "health-data",
        "payment-cards",
    }


def test_what_hangs_on_a_lapse_is_what_the_engine_refuses_from_that_instant() -> None:
    (aged,) = (e for e in report().calendar if e.about == "hosting-dpa")
    engine, scenarios = Engine(loaded().snapshot), everything().scenarios
    before, after = (
        permissions(engine, scenarios, ["inhouse:assistant-eu"], Moment(at))
        for at in (aged.at - timedelta(seconds=1), aged.at)
    )
    assert {scenario for scenario, _ in before - after} == {h.scenario for h in aged.hangs}


# ---- records -------------------------------------------------------------------------------------


def test_records_name_recipients_and_leave_to_people_what_only_they_know() -> None:
    entries = {(r.article, r.scenario, r.entry): r for r in report().records}
    recipients = entries[Article.CONTROLLER, "health-data", Entry.RECIPIENTS]
    assert [said.party for said in recipients.said] == ["inhouse-servers"]
    assert not recipients.to_fill
    for entry in (Entry.CONTROLLER, Entry.OFFICER, Entry.REPRESENTATIVE, Entry.JOINT):
        found = entries[Article.CONTROLLER, "health-data", entry]
        assert (found.said, found.to_fill) == ((), True)
    assert "public-text" not in {r.scenario for r in report().records}


def test_a_place_in_the_record_is_one_on_a_route_that_may_carry_the_scenario() -> None:
    entries = {(r.scenario, r.entry): r for r in report().records if r.article.value == "30(1)"}
    told = entries["customer-data", Entry.TRANSFERS].said
    assert {(said.party, said.about) for said in told} == {
        ("opper", "SE"),
        ("openai", "US"),
        ("inhouse-servers", "DE"),
    }
    assert {said.party for said in entries["health-data", Entry.TRANSFERS].said} == {
        "inhouse-servers"
    }


def test_a_transfer_tells_all_that_may_happen_in_a_country() -> None:
    places = {(t.party, t.country, t.held): t for t in report().transfers}
    us = places["openai", "US", ("scc_with_tia",)]
    assert us.about == (
        "provider_jurisdiction",
        "inference_location",
        "storage_location",
        "support_location",
    )
    assert (us.agreements, us.assessments) == (("openai-dpa",), ("tia-openai-us",))
