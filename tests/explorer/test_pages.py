"""What the explorer shows is what the other commands compute, and nothing else."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from policy_router.audit.explored import explored, told
from policy_router.audit.matrix import Standing, reachable_routes
from policy_router.engine.decide import Engine
from policy_router.explorer.asking import asked
from policy_router.explorer.choice import BadChoice, Choice, choice_about, choice_of
from policy_router.explorer.documents import Documents
from policy_router.explorer.pages import PAGE, paged
from tests.cli.reported import Page
from tests.cli.running import AT, run
from tests.explorer.visiting import DAY, ORGANISATION, Visit, documents_of, visiting

OPTIONS = f"--config {ORGANISATION} --at {AT}"
O4 = "opper:openai/o4-mini"
OWN = "inhouse:assistant-eu"


@pytest.fixture(scope="module")
def visit() -> Visit:
    return visiting(documents_of())


@cache
def audited(options: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(f"audit {OPTIONS} {options} --format json").out)
    return found


def links(page: Page, path: str) -> list[dict[str, str]]:
    """The queries of all links to a page."""
    found = [urlsplit(a.attributes.get("href", "")) for a in page.of("a")]
    return [dict(parse_qsl(each.query)) for each in found if each.path == path]


def scenario_choice(documents: Documents, name: str, reach: str) -> Choice:
    scenario = documents.pdp.loaded.scenarios[name]
    return choice_about(scenario.request, choice_of([("at", "2026-11-22"), ("reach", reach)]))


# ---- the same as audit ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(documents_of().pdp.loaded.scenarios))
def test_it_says_of_every_route_what_the_audit_says(visit: Visit, name: str) -> None:
    choice = scenario_choice(visit.documents, name, "within")
    in_force = visit.documents.current()
    found = asked(visit.documents.pdp, choice, in_force)
    answer = found.explored(in_force.routes(choice))
    cells = [c for c in audited("--all")["cells"] if c["scenario"] == name]
    assert {c.route: c.standing.value for c in answer.found.cells} == {
        c["route"]: c["standing"] for c in cells
    }
    assert set(answer.permitted) == {c["route"] for c in cells if c["standing"] == "permitted"}
    gone = [route for refusal in answer.refusals for route in refusal.routes]
    assert sorted((*answer.permitted, *gone)) == sorted(c["route"] for c in cells)
    by_route = {c["route"]: c for c in cells}
    for refusal in answer.refusals:
        for route in refusal.routes:
            cell = by_route[route]
            assert list(refusal.obligations) == cell["obligations"]
            assert list(refusal.failed) == cell["failed_rules"]
            assert list(refusal.unknown) == cell["unknown_rules"]
            assert refusal.standing.value == cell["standing"]
    counts = audited("--all")["counts"][name]
    said = visit.page(choice.address("/")).words()
    of_all = sum(counts.values())
    verb = "remains" if counts["permitted"] == 1 else "remain"
    assert f"{counts['permitted']} of {of_all} routes {verb}" in said


def test_permitted_routes_come_in_the_order_of_the_decision(visit: Visit) -> None:
    choice = scenario_choice(visit.documents, "public-text", "within")
    in_force = visit.documents.current()
    found = asked(visit.documents.pdp, choice, in_force)
    answer = found.explored(in_force.routes(choice))
    chain = found.decision.chain
    assert answer.permitted[: len(chain)] == chain
    assert len(chain) > PAGE


def test_the_first_look_says_what_is_chosen_and_what_remains(visit: Visit) -> None:
    """As in the README: customers' mail may go by two of three routes."""
    page = visit.page(f"/?data=personal&regime=eu_gdpr&{DAY}")
    said = page.words()
    assert "2 of 3 routes remain" in said
    assert "Asked: data personal; under EU GDPR · as of 2026-11-22 12:00 UTC" in said
    assert "In use are 3 of 317 routes within reach" in said
    assert {link["id"] for link in links(page, "/route")} == {
        O4, OWN, "opper:openai/gpt-5-mini"
    }  # fmt: skip
    assert said.index(O4) < said.index("Why the others went") < said.index("gpt-5-mini")
    assert "a processing contract is in force with everyone on the way" in said
    assert "What would make it pass: contract with OpenAI API; contract with Opper" in said


def test_every_claim_in_the_way_has_its_source_and_age(visit: Visit) -> None:
    page = visit.page(f"/?data=personal&regime=eu_gdpr&{DAY}")
    assert "On which evidence: 6 claims, the oldest 0 days old" in page.words()
    sources = [a for a in page.of("a") if a.attributes.get("class") == "source"]
    assert sources
    assert {(a.attributes["rel"], a.attributes["target"]) for a in sources} == {
        ("noopener noreferrer", "_blank")
    }
    assert all(a.attributes["href"].startswith("https://") for a in sources)


def test_what_would_make_it_pass_is_what_the_other_commands_say(visit: Visit) -> None:
    choice = scenario_choice(visit.documents, "health-data", "first")
    page = visit.page(choice.address("/route", ("id", O4))).words()
    told_there = run(f"explain {O4} {OPTIONS} --data health --regime eu_gdpr")
    assert told_there.code == 1
    assert "Way 1 of 2" in page
    assert "agreement `openai-dpa` with OpenAI API (`openai`) amended" in told_there.out
    assert "Agreement openai-dpa with OpenAI API (openai) amended" in page
    assert page.count("A sign-off dpia in force") == 2


# ---- what can be chosen --------------------------------------------------------------------------


def test_nothing_chosen_shows_a_scenario_about_people(visit: Visit) -> None:
    page = visit.page("/")
    assert "data personal" in page.words()
    checked = {
        (i.attributes["name"], i.attributes["value"])
        for i in page.of("input")
        if "checked" in i.attributes and i.attributes["name"] in {"data", "regime"}
    }
    assert ("data", "personal") in checked
    assert ("regime", "eu_gdpr") in checked


@pytest.mark.parametrize("name", sorted(documents_of().pdp.loaded.scenarios))
def test_a_scenario_to_start_from_asks_what_the_scenario_asks(visit: Visit, name: str) -> None:
    scenario = visit.documents.pdp.loaded.scenarios[name]
    assert choice_about(scenario.request, Choice()).facts() == scenario.request


def test_facts_of_every_kind_are_read_as_documents_write_them() -> None:
    query = (
        "data=personal&data=child&regime=uk_gdpr&subjects=students&subject_location=DE, FR"
        "&purpose=letters&lawful_basis=A6-1-b&tenant=ward&labels=team=a, cost=b&features=streaming"
        "&streaming=yes&tokens_input=12&server_tools=web_search&endpoint=responses"
    )
    facts = choice_of(parse_qsl(query)).facts()
    assert facts.set_fact("data").members == {"personal", "child"}
    assert facts.set_fact("subject_location").members == {"DE", "FR"}
    assert facts.set_fact("server_tools").members == {"web_search"}
    assert facts.scalar("labels.team") == "a"
    assert facts.scalar("labels.cost") == "b"
    assert facts.scalar("streaming") is True
    assert facts.scalar("tokens.input") == 12
    assert facts.scalar("tenant") == "ward"
    assert choice_about(facts, Choice()).facts() == facts


def test_a_tenant_and_a_day_change_the_answer(visit: Visit) -> None:
    before = visit.page("/?data=personal&regime=eu_gdpr&at=2025-01-01").words()
    assert "0 of 3 routes remain" in before, "no contract was in force yet"
    known = visit.page(f"/?data=personal&regime=eu_gdpr&{DAY}&known_at=2020-01-01").words()
    assert "0 of 3 routes remain" in known, "nothing was recorded yet"
    own = f"{DAY}&data=health&regime=eu_gdpr&purpose=patient-letters&lawful_basis=A6-1-b"
    assert "1 of 3 routes remains" in visit.page(f"/?{own}&special_condition=A9-2-h").words()


@pytest.mark.parametrize(
    ("asked", "of_all"),
    [("&server_tools=web_search", True), ("", False)],
)
def test_an_obligation_in_the_way_is_told(visit: Visit, asked: str, of_all: bool) -> None:
    said = visit.page(f"/?data=personal&regime=eu_gdpr&reach=within&{DAY}{asked}").words()
    assert "a policy does not allow the call as it is (gdpr/keep-no-state)" in said
    count = len(reachable_routes(visit.documents.pdp.snapshot))
    assert (f"0 of {count} routes remain" in said) is of_all


def test_what_the_call_needs_rules_routes_out(visit: Visit) -> None:
    page = visit.page(f"/?data=non_personal&input_modalities=image&{DAY}")
    assert "2 of 3 routes remain" in page.words()
    assert "no route is known to do exactly what the call asks" in page.words()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("data=nonsense", "nonsense"),
        ("data=personal&subject_location=Germany", "subject location"),
        ("at=yesterday", "`yesterday` is no day: write it as 2026-11-22"),
        ("at=2026-11-22T10:00:00", "is no day"),
        ("tokens_input=many", "many"),
        ("labels=alone", "`alone` is no label: write name=value"),
        ("reach=everything", "`everything` is no choice of routes"),
        ("colour=red", "there is no field `colour`"),
        ("at=2026-11-22&at=2026-11-23", "the field `at` is said twice"),
        ("part=" + "x" * 501, "more than anybody would ask"),
    ],
)
def test_what_is_no_question_is_said_beside_the_form(visit: Visit, query: str, said: str) -> None:
    page = visit.page(f"/?{query}", 422)
    assert said in page.words()
    assert [f.attributes["id"] for f in page.of("form")] == ["choice"]


# ---- many routes ---------------------------------------------------------------------------------


def test_all_routes_on_file_come_in_pages(visit: Visit) -> None:
    registry = visit.documents.pdp.snapshot.registry
    first = visit.page(f"/?data=non_personal&reach=all&{DAY}")
    assert f"of {len(registry.routes):,} routes remain" in first.words()
    permitted = {link["id"] for link in links(first, "/route")}
    assert len(permitted) <= 2 * PAGE + 20
    second = visit.page(f"/?data=non_personal&reach=all&permitted=2&{DAY}")
    assert f"{PAGE + 1} to {2 * PAGE} of" in second.words()
    assert "it is only offered through gateways that the project does not list" in first.words()


def test_the_routes_of_a_reason_come_in_pages_and_all_of_them(visit: Visit) -> None:
    page = visit.page(f"/?data=personal&regime=eu_gdpr&reach=within&{DAY}")
    lazy = [e.attributes["hx-get"] for e in page.of("div") if "hx-get" in e.attributes]
    assert lazy
    found: set[str] = set()
    for address, number in product(lazy, range(1, 14)):
        part = visit.page(f"{address}&page={number}")
        found |= {link["id"] for link in links(part, "/route")}
        assert "What would make" in part.words()
    within = reachable_routes(visit.documents.pdp.snapshot)
    gone = set(within) - {O4, OWN}
    assert found == gone


def test_only_routes_whose_name_holds_a_text(visit: Visit) -> None:
    page = visit.page(f"/?data=non_personal&reach=within&part=GPT-5-mini&{DAY}")
    assert {link["id"] for link in links(page, "/route")} == {
        r for r in reachable_routes(visit.documents.pdp.snapshot) if "gpt-5-mini" in r
    }
    assert "No route is looked at" in visit.page(f"/?part=no-such-route&{DAY}").words()


def test_without_a_project_the_offerings_asked_about_first_are_shown() -> None:
    visit = visiting(documents_of(packs=("gdpr",)))
    said = visit.page(f"/?data=non_personal&{DAY}").words()
    assert "No project says which gateways you have" in said
    assert "Decisions made" not in said
    assert visit.ask("GET", "/log").status_code == 404


@pytest.mark.parametrize(
    ("items", "number", "shown"), [(60, "", (0, 25)), (60, "3", (50, 60)), (60, "99", (50, 60)),
                                   (0, "1", (0, 0)), (25, "1", (0, 25))],
)  # fmt: skip
def test_pages_of_a_list(items: int, number: str, shown: tuple[int, int]) -> None:
    everything = tuple(map(str, range(items)))
    assert paged(everything, number)[0] == everything[slice(*shown)]


@pytest.mark.parametrize("number", ["-1", "x", "²", "9" * 30])
def test_no_number_of_a_page(number: str) -> None:
    with pytest.raises(BadChoice):
        paged((), number)


# ---- one route, several routes -------------------------------------------------------------------


def test_one_route_with_every_rule_and_its_parties(visit: Visit) -> None:
    said = visit.page(f"/route?id={O4}&data=personal&regime=eu_gdpr&{DAY}").words()
    for words in ("The way of a call", "Opper Technology AB", "standard clauses with an assessment",
                  "contract openai-dpa", "Meets the policies", "only watched"):  # fmt: skip
        assert words in said
    assert "What would make it pass" not in said


def test_routes_side_by_side(visit: Visit) -> None:
    path = f"/compare?route={O4}&route={OWN}&data=health&regime=eu_gdpr&{DAY}"
    page = visit.page(path)
    assert [link["id"] for link in links(page, "/route")] == [O4, OWN]
    said = page.words()
    for words in ("nobody trains on it", "200,000 tokens", "sign-off dpia", "signed contract"):
        assert words in said
    assert visit.ask("GET", f"/compare?{DAY}").status_code == 422
    many = "&".join(f"route={r}" for r in reachable_routes(visit.documents.pdp.snapshot)[:7])
    assert visit.ask("GET", f"/compare?{many}").status_code == 422


@pytest.mark.parametrize("path", ["/route?id=no:such", "/compare?route=no:such", "/reason?key=x"])
def test_what_is_not_there_is_said(visit: Visit, path: str) -> None:
    assert visit.ask("GET", path).status_code == 404


def test_each_refusal_has_a_key_of_its_own(visit: Visit) -> None:
    snapshot = visit.documents.pdp.snapshot
    engine, found = Engine(snapshot), []
    scenario = visit.documents.pdp.loaded.scenarios["health-data"]
    moment = Choice(at="2026-11-22").moment(visit.documents.pdp.now())
    for _ in range(2):
        answer = explored(engine, scenario, sorted(snapshot.registry.routes), moment)
        found.append([refusal.key for refusal in answer.refusals])
        assert sum(answer.count(s) for s in Standing) == len(snapshot.registry.routes)
    assert found[0] == found[1]
    assert len(set(found[0])) == len(found[0])
    one = told(engine, scenario, [O4], moment)
    assert [r.id for c in one.classes for r in c.routes] == [O4]


# ---- documents that change -----------------------------------------------------------------------


def test_documents_are_read_again_and_broken_ones_are_not_put_in_force(tmp_path: Path) -> None:
    folder = tmp_path / "organisation"
    shutil.copytree(ORGANISATION, folder)
    visit = visiting(documents_of(folder))
    path = f"/?data=personal&regime=eu_gdpr&{DAY}"
    assert "2 of 3 routes remain" in visit.page(path).words()
    file = folder / "data/agreements.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("id: openai-dpa", "id: openai-dpa\nnonsense: 1"), "utf-8")
    broken = visit.page(path).words()
    assert "cannot be used" in broken
    assert "2 of 3 routes remain" in broken
    file.write_text(text.replace("2026-01-15", "2026-11-30"), "utf-8")
    mended = visit.page(path).words()
    assert "cannot be used" not in mended
    assert "1 of 3 routes remains" in mended


def test_routes_that_no_call_is_known_to_fit_are_counted_beside_those_that_remain(
    visit: Visit,
) -> None:
    """In the words of the audit, of the same routes."""
    said = " ".join(visit.page(f"/?data=non_personal&reach=within&{DAY}").words().split())
    audit = " ".join(run(f"audit {OPTIONS} --scenario public-text").out.split())
    (line,) = re.findall(r"Of [\d,]+ permitted routes .*? states a `context_window`\.", audit)
    assert line in said
