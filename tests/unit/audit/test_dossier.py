"""The content of a report: classes, evidence and registers say what the engine decides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from jsonschema import Draft202012Validator

from policy_router.audit.changes import Ending, Part, Written
from policy_router.audit.dossier.build import Subject, dossier
from policy_router.audit.dossier.content import Dossier
from policy_router.audit.dossier.shape import Misshapen, Numbered, plain, read
from policy_router.audit.dossier.verdicts import Answer, Evidenced, RuleFound
from policy_router.audit.dossier.writings import Article, Entry
from policy_router.audit.in_use import First, Why
from policy_router.audit.matrix import Matrix, Standing, matrix, reachable_routes
from policy_router.audit.permissions import permissions
from policy_router.audit.prices import list_price, price_words
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Verdict
from policy_router.engine.decide import Engine
from policy_router.report.dossier.data import read_report, report_json
from policy_router.report.dossier.schema import schema_files
from policy_router.report.dossier.wording import scope_note, unsized_note
from policy_router.report.unsized import unsized_line
from policy_router.store.project import Loaded, load_project
from policy_router.store.shipped import shipped_root
from tests.house.tree import ROOT

AT = Moment(datetime(2026, 11, 22, 12, tzinfo=UTC))
SCHEMA = schema_files()["report.schema.json"]


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


# ---- as JSON -------------------------------------------------------------------------------------


def test_a_report_is_read_back_as_it_was_written() -> None:
    found = read_report(report_json(report()))
    assert found == report()
    assert told(found) == told(report())


def told(found: Dossier) -> list[tuple[object, ...]]:
    """All that documents say, also what does not count where two reports are compared."""
    return [
        (w.kind, w.id, part.what, part.text, part.digest, part.endings)
        for w in found.documents
        for part in w.parts
    ]


def test_what_documents_say_stands_there_once() -> None:
    data = json.loads(report_json(report()))
    numbers = [n for document in data["report"]["documents"] for n in document["parts"]]
    assert len(numbers) > len(data["parts"]) == len({json.dumps(p) for p in data["parts"]})
    assert set(numbers) == set(range(len(data["parts"])))


def test_parts_that_say_the_same_and_end_otherwise_are_two() -> None:
    """They are equal where two reports are compared, and told apart where each is written."""
    ends = (Ending(AT.at, "until then"),)
    one, other = Part("training", "x", "d"), Part("training", "x", "d", ends)
    two = replace(report(), documents=tuple(Written("gateway", p.text, (p,)) for p in (one, other)))
    assert told(read_report(report_json(two))) == told(two)


def test_nothing_is_said_of_what_there_is_nothing_to_say_of() -> None:
    """`shortest` apart, of which nothing and an empty list say different things."""
    data = json.loads(report_json(report()))
    for place, value in walked(data):
        assert value is not None, place
        assert place != "endings" or value


def walked(data: object) -> Iterator[tuple[str, object]]:
    """Every field of every object, by name."""
    if isinstance(data, dict):
        yield from data.items()
        yield from (found for each in data.values() for found in walked(each))
    if isinstance(data, list):
        yield from (found for each in data for found in walked(each))


def test_a_digest_is_told_unless_it_is_that_of_the_text() -> None:
    data = json.loads(report_json(report()))
    without = {part["what"] for part in data["parts"] if "digest" not in part}
    assert {"address", "gateway", "model", "provider"} <= without
    assert not {"prices", "validity"} & without
    assert Part("address", "a") == Part("address", "b", Part("address", "a").digest)


def test_what_rules_say_stands_there_once() -> None:
    data = json.loads(report_json(report()))
    found = data["findings"]
    numbers = [n for c in data["report"]["classes"] for r in c["reasonings"] for n in r["rules"]]
    assert len(numbers) > len(found) == len({json.dumps(each) for each in found})
    assert set(numbers) == set(range(len(found)))


@pytest.mark.parametrize("version", [2, 3, 4])
def test_reports_of_versions_before_are_read_too(version: int) -> None:
    """An organisation's last report may be one. Nothing was left out, and less stood once."""
    findings = Numbered(*((RuleFound,) if version > 2 else ()))
    data = plain(report(), findings)
    for part in (part for document in data["documents"] for part in document["parts"]):
        part["endings"] = part.get("endings", [])
    data["since"] = data["project"] = None
    old = {"format": version, "report": data}
    if version > 2:
        old["findings"] = findings.plain(RuleFound)
    assert read_report(json.dumps(old)) == replace(report(), project=None)


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        (None, r"\$\.NAME: expected a list"),
        ([], "a number of one listed"),
        ([{}], r"\$\.NAME\[0\]: expected `"),
    ],
)
@pytest.mark.parametrize("name", ["findings", "parts"])
def test_what_is_listed_and_not_there_is_missed(name: str, findings: object, said: str) -> None:
    data = json.loads(report_json(report()))
    with pytest.raises(Misshapen, match=said.replace("NAME", name)):
        read_report(json.dumps({**data, name: findings}))


@pytest.mark.parametrize("number", [-1, True, 1.0, "0", 10**6])
def test_what_is_no_number_of_a_finding_is_none(number: object) -> None:
    data = json.loads(report_json(report()))
    data["report"]["classes"][0]["reasonings"][0]["rules"] = [number]
    with pytest.raises(Misshapen, match="a number of one listed"):
        read_report(json.dumps(data))


@pytest.mark.parametrize("where", ["claims", "evidence"])
def test_a_claim_that_is_named_and_not_there_is_missed(where: str) -> None:
    data = json.loads(report_json(report()))
    if where == "claims":
        data["report"]["classes"][-1]["claims"].append(10**6)
    else:
        next(d for f in data["findings"] for d in f["demands"])["evidence"] = [10**6]
    with pytest.raises(Misshapen, match="claim 1000000 is named and not among its evidence"):
        read_report(json.dumps(data))


def test_the_json_follows_the_schema_and_the_schema_is_closed() -> None:
    schema = json.loads(SCHEMA)
    Draft202012Validator.check_schema(schema)
    data = json.loads(report_json(report()))
    Draft202012Validator(schema).validate(data)
    data["report"]["classes"][0]["more"] = 1
    assert not Draft202012Validator(schema).is_valid(data)


def test_the_shipped_schema_is_this() -> None:
    shipped = shipped_root() / "schemas" / "report.schema.json"
    assert shipped.read_text("utf-8") == SCHEMA, "run: policy-router schema --write"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at": 3}, r"\$\.at: expected text"),
        ({"at": "yesterday"}, r"\$\.at: `yesterday` is not what is expected there"),
        ({"at": "2026-11-22T12:00:00"}, r"\$\.at: `2026-11-22T12:00:00` is not what"),
        ({"at": "9999-12-31T23:59:59-23:59"}, r"\$\.at: `9999-12-31T23:59:59-23:59` is not"),
        ({"scope": "mine"}, r"\$\.scope: `mine`"),
        ({"routes": True}, r"\$\.routes: expected integer"),
        ({"classes": {}}, r"\$\.classes: expected a list"),
        ({"digests": []}, r"\$\.digests: expected an object"),
        ({"digests": {"policies": ""}}, r"\$\.digests: expected `registry`"),
        ({"more": 1}, r"\$: expected no `more`"),
    ],
)
def test_what_is_no_report_is_not_read(change: dict[str, object], said: str) -> None:
    with pytest.raises(Misshapen, match=said):
        read(Dossier, {**plain(about("inhouse:assistant-eu")), **change})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "this is no JSON"),
        ("[" * 200_000, "this is no JSON"),
        ('{"report": {}, "format": [5]}', "another format"),
        ('{"report": {}, "format": true}', "another format"),
        ("[]", "this is no audit report"),
        ('{"report": {}, "format": 99}', "another format"),
    ],
)
def test_what_is_no_json_of_ours_is_not_read(text: str, said: str) -> None:
    with pytest.raises(Misshapen, match=said):
        read_report(text)
