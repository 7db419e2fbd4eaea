"""The matrix and the gaps, on the shipped routes and the example organisation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import pytest

from policy_router.audit.gaps import Gaps, gaps
from policy_router.audit.matrix import Cell, Matrix, Standing, matrix, reachable_routes
from policy_router.audit.severity import mildest_first
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Candidate, Reason, Verdict
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Mode
from policy_router.domain.request import SetFact
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.explanation import ChangeKind, Remedies
from policy_router.engine.question import Question
from policy_router.engine.reference import decide
from policy_router.report.gaps import summary
from policy_router.report.matrix import cause, grouped, sentences
from policy_router.store.project import Loaded, load_project
from tests.house.tree import ROOT

AT = Moment(datetime(2026, 11, 22, 12, tzinfo=UTC))


@cache
def _loaded() -> Loaded:
    return load_project(ROOT / "examples" / "organisation", today=date(2026, 11, 22))


def _scenarios() -> tuple[Scenario, ...]:
    return tuple(_loaded().scenarios.values())


@cache
def _matrix() -> Matrix:
    routes = reachable_routes(_loaded().snapshot)
    return matrix(_loaded().snapshot, _scenarios(), routes, AT)


@cache
def _gaps() -> Gaps:
    """What is missing for the routes of three providers and the organisation's own."""
    registry = _loaded().snapshot.registry
    providers = {"inhouse-servers", "mistral", "openai"}
    routes = [i for i, r in sorted(registry.routes.items()) if r.provider in providers]
    return gaps(_loaded().snapshot, _scenarios(), routes, AT)


def _before_rules(providers: set[str]) -> list[Cell]:
    """What no rule and no contract has to do with: a model that uses a tool unasked."""
    routes = _loaded().snapshot.registry.routes
    found = (c for c in _matrix().cells if routes[c.route].provider in providers)
    return [c for c in found if c.reason is Reason.OBLIGATION]


def test_every_scenario_meets_every_route_within_reach_once() -> None:
    found = _matrix()
    assert len(found.cells) == len({(c.scenario, c.route) for c in found.cells})
    assert len(found.cells) == len(_scenarios()) * len(reachable_routes(_loaded().snapshot))


@pytest.mark.parametrize("scenario", ["customer-data", "health-data", "payment-cards"])
def test_a_route_alone_comes_out_as_it_does_among_all(scenario: str) -> None:
    request = _loaded().scenarios[scenario].request
    for cell in _matrix().of(scenario):
        decided = decide(_loaded().snapshot, replace(request, model=cell.route), AT)
        assert (cell.standing is Standing.PERMITTED) == decided.permitted
        assert cell.reason == decided.reason


def test_standings_of_the_one_bought_model() -> None:
    found = {c.scenario: c for c in _matrix().cells if c.route == "opper:openai/o4-mini"}
    assert found["public-text"].standing is Standing.PERMITTED
    assert found["customer-data"].standing is Standing.PERMITTED
    assert found["health-data"].standing is Standing.REFUSED
    assert found["health-data"].failed == ("inference_location", "signoff", "zero_data_retention")
    assert not found["health-data"].leaves_open
    assert found["payment-cards"].standing is Standing.UNKNOWN
    assert found["payment-cards"].unknown_rules == ("gdpr/transfer-basis",)
    assert found["payment-cards"].failed_rules == found["payment-cards"].failed == ()


def test_what_is_refused_hides_nothing_that_is_not_known() -> None:
    cells = _matrix().of("health-data", Standing.REFUSED)
    assert sum(c.leaves_open for c in cells) > len(cells) * 0.9
    for cell in cells:
        facts = replace(_loaded().scenarios["health-data"].request, model=cell.route)
        (candidate,) = decide(_loaded().snapshot, facts, AT).candidates
        enforced = [v for v in candidate.verdicts if v.mode is Mode.ENFORCE]
        unknown = [f"{v.policy}/{v.rule}" for v in enforced if v.verdict is Verdict.UNKNOWN]
        assert list(cell.unknown_rules) == unknown
        assert not set(cell.failed) & set(cell.unknown)
        assert ("also not known: " in cause(cell)) == cell.leaves_open


def test_everything_was_known_only_where_every_verdict_was() -> None:
    hidden = [c for c in _matrix().cells if c.scenario == "health-data"]
    assert "Every verdict" not in sentences(replace(_matrix(), cells=tuple(hidden)))[2]
    known = replace(hidden[0], unknown_rules=(), unknown=(), facts=(), watched=())
    assert sentences(replace(_matrix(), cells=(known,)))[2].startswith("Every verdict was known;")
    watched = replace(known, watched=("gdpr/vendor-reviewed",))
    assert "only watched" in sentences(replace(_matrix(), cells=(watched,)))[2]


def test_scenarios_come_mildest_first() -> None:
    names = [s.id for s in mildest_first(_scenarios())]
    assert names == [
        "public-text",
        "customer-data",
        "employee-data",
        "payment-cards",
        "health-data",
    ]
    health = _loaded().scenarios["health-data"]
    silent = replace(health, id="a", request=replace(health.request, sets={}))
    assert mildest_first([silent, health]) == (health, silent)


def test_facts_that_a_scenario_leaves_out_are_named() -> None:
    health = _loaded().scenarios["health-data"]
    silent = replace(health, request=replace(health.request, scalars={}))
    (cell,) = matrix(_loaded().snapshot, [silent], ["inhouse:assistant-eu"], AT).cells
    assert cell.standing is Standing.UNKNOWN
    assert cell.reason is Reason.FACTS_MISSING
    assert cell.facts == ("lawful_basis", "purpose", "special_condition")


def test_what_an_obligation_refuses_is_refused() -> None:
    customers = _loaded().scenarios["customer-data"]
    tools = {**customers.request.sets, "server_tools": SetFact(frozenset({"mcp"}), settled=True)}
    searching = replace(customers, request=replace(customers.request, sets=tools))
    (cell,) = matrix(_loaded().snapshot, [searching], ["inhouse:assistant-eu"], AT).cells
    assert (cell.standing, cell.reason) == (Standing.REFUSED, Reason.OBLIGATION)
    assert (cell.obligations, cell.failed_rules) == (("gdpr/keep-no-state",), ())
    assert cause(cell) == "obligation `gdpr/keep-no-state`"
    both = replace(cell, reason=Reason.OBLIGATION_CONFLICT, obligations=("store",))
    assert cause(both) == "obligations that set `store` differently"


def test_no_obligation_stands_among_the_rules_and_no_rule_among_the_obligations() -> None:
    policies = _loaded().snapshot.policies.policies
    rules = {f"{p.id}/{rule.id}" for p in policies for rule in p.rules}
    obliged = {f"{p.id}/{each.id}" for p in policies for each in p.obligations}
    cells = _matrix().cells
    assert {name for c in cells for name in (*c.failed_rules, *c.unknown_rules)} <= rules
    assert set() < {name for c in cells for name in c.obligations} <= obliged
    for cell in cells:
        assert bool(cell.obligations) == (cell.reason is Reason.OBLIGATION)


def test_the_report_opens_with_three_sentences_that_claim_no_compliance() -> None:
    said = sentences(_matrix())
    assert len(said) == 3
    assert all(text.endswith(".") and text.count(". ") == 0 for text in said)
    permitted = [c for c in _matrix().of("public-text") if c.standing is Standing.PERMITTED]
    assert f"public text: all {len(permitted):,}" in said[1]
    assert "not legal advice" in said[2]
    assert "compliant" not in " ".join(said).lower()


def test_groups_hold_every_cell_that_is_not_permitted_once() -> None:
    found = _matrix()
    groups = grouped(found, found.cells)
    counted = sum(len(g.routes) * len(g.scenarios) for g in groups)
    assert counted == sum(c.standing is not Standing.PERMITTED for c in found.cells)
    assert len(groups) < 20


def test_gaps_count_every_combination() -> None:
    found = _gaps()
    assert found.combinations == found.permitted + found.blocked
    assert found.hopeless == 0
    assert found.unsearched == len(_before_rules({"inhouse-servers", "mistral", "openai"})) > 0
    assert f"{found.permitted:,} are permitted and {found.blocked:,} are not" in summary(found)


def test_that_nothing_would_help_is_said_only_of_what_was_searched_to_the_end() -> None:
    text = summary(replace(_gaps(), hopeless=2, cut=7, unfound=3))
    assert "For 2 no set of the steps that are looked for would change it." in text
    assert "For 3 none was found before the search stopped at its bound." in text
    assert "For 4 the search stopped at its bound: there may be other sets." in text
    ended = summary(replace(_gaps(), hopeless=0, cut=0, unfound=0))
    assert not any(words in ended for words in ("would change it", "was found", "bound"))


def test_a_search_that_was_cut_leaves_it_open_whether_there_is_a_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "policy_router.audit.gaps.remedies", lambda *_: Remedies((), complete=False)
    )
    snapshot = _loaded().snapshot
    found = gaps(snapshot, _scenarios(), reachable_routes(snapshot), AT)
    assert found.hopeless == 0
    assert found.blocked - found.unsearched == found.cut == found.unfound > 0


def test_what_unlocks_most_comes_first() -> None:
    order = [(-m.alone, -m.part_of) for m in _gaps().missing]
    assert order == sorted(order)
    assert _gaps().missing[0].thing.kind is ChangeKind.ASSESSMENT
    assert (_gaps().missing[0].alone, _gaps().missing[0].scenarios) == (1, ("payment-cards",))


def test_the_gateways_contract_is_part_of_almost_everything() -> None:
    (opper,) = (
        m for m in _gaps().missing if (m.thing.kind, m.thing.about) == ("agreement", "opper")
    )
    assert opper.alone == 0
    assert opper.part_of >= _gaps().blocked - _gaps().unsearched - 2


def test_a_bundle_permits_what_its_parts_do_and_more() -> None:
    for bundle in _gaps().bundles:
        parts = [b for b in _gaps().bundles if set(b.things) < set(bundle.things)]
        assert all(bundle.unlocks > part.unlocks for part in parts)
        assert len(bundle.things) == len(set(bundle.things))


def test_steps_are_searched_once_for_each_kind_of_route(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    def counted(question: Question, covering: object, candidate: Candidate) -> Remedies:
        del question, covering
        searched.append(candidate.route)
        return Remedies((), complete=True)

    monkeypatch.setattr("policy_router.audit.gaps.remedies", counted)
    snapshot = _loaded().snapshot
    found = gaps(snapshot, _scenarios(), reachable_routes(snapshot), AT)
    assert found.blocked - found.unsearched == found.hopeless > 0
    assert len(searched) * 3 < found.blocked


def test_gaps_find_the_steps_that_an_explanation_finds() -> None:
    snapshot, health = _loaded().snapshot, _loaded().scenarios["health-data"]
    route = "opper:openai/o4-mini"
    facts = replace(health.request, model=route)
    explained = explain(Engine(snapshot), facts, decide(snapshot, facts, AT))
    steps = {change.text for remedy in explained.routes[0].remedies for change in remedy}
    assert {m.text for m in gaps(snapshot, [health], [route], AT).missing} == steps
    assert steps
