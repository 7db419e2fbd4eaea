"""The commands of `registry`: help, formats that agree, misuse, and what they write."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from policy_router.cli.registry import COMMANDS
from policy_router.cli.registry import command as group
from tests.cli.registries import PAGE, VERDICTS, fine, new_project, rows
from tests.cli.running import AT, run
from tests.cli.test_help import examples
from tests.house.tree import ROOT

ORGANISATION = f"--config {ROOT}/examples/organisation"
SERVERS = f"--config {ROOT}/examples/vllm-behind-litellm --at {AT}"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new project, which is the current one."""
    return new_project(tmp_path / "project", monkeypatch)


# ---- help ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_explains_itself(name: str) -> None:
    command = group.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert command.help
    assert examples(f"registry {name}")
    silent = [p.name for p in command.params if p.param_type_name == "option" and not p.help]
    assert silent == []


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "example",
    [
        example
        for name in COMMANDS
        if name != "import"  # its examples read files: tests/cli/test_import.py
        for example in examples(f"registry {name}")
    ],
)
def test_an_example_runs(example: str) -> None:
    done = run(example)
    assert done.code in {0, 1}, done.err


def test_the_nearest_command_is_suggested() -> None:
    done = run("registry evidense")
    assert (done.code, done.out) == (2, "")
    assert "there is no command `evidense`; did you mean `evidence`?" in done.err


# ---- formats ------------------------------------------------------------------------------------


def test_a_listing_says_the_same_in_every_shape() -> None:
    command = f"list --where '{{provider: mistral}}' --sort -price.input {ORGANISATION} --at {AT}"
    data = json.loads(fine(f"{command} --format json").out)
    table = rows(fine(f"{command} --format csv").out)
    assert [r["route"] for r in data["routes"]] == [r["route"] for r in table]
    assert data["counts"]["known_true"] == len(table) == 11
    prices = [r["price.input"] for r in table]
    assert prices[-1] == "not known" or float(prices[0]) >= float(prices[-1])
    assert data["routes"][-1]["price.input"] == prices[-1] or prices[-1] == "not known"


def test_the_next_step_is_one_for_the_routes_it_stands_under() -> None:
    """What to sign is that of the company on the way, not of whoever came first."""
    done = fine(f"show mistral/mistral-large-2512 --policy zero-retention --all --at {AT}")
    why = done.out.partition("Why not under")[2].partition("Other models")[0]
    steps = re.findall(r"^    next.*(?:\n    (?!next).*)*", why, re.MULTILINE)
    assert "; ".join(" ".join(step.split()) for step in steps) == (
        "next for `opper:mistral/mistral-large-2512`: contract with Mistral; contract with Opper; "
        "next: contract with Mistral API"
    )


DEAR = """
kind: project
id: thrift
language: 1
packs: [{id: thrift}]
documents: [.]
gateways: [opper]
---
kind: policy
id: thrift
language: 1
version: 1
title: No step makes a route cheaper
rules:
  - {id: cheap, title: it costs nothing, require: {price.input: {at_most: 0.000001}}}
"""


def test_every_group_of_routes_has_a_next_step_or_a_word_that_none_was_found(
    tmp_path: Path,
) -> None:
    """A group of routes without a step would look as if nothing were missing."""
    done = fine(f"show mistral/mistral-large-2512 --policy gdpr --all --at {AT}")
    why = done.out.partition("Why not under")[2].partition("Other models")[0]
    assert len(re.findall(r"\(\d+ routes?\):", why)) == why.count("    next") > 0
    (tmp_path / "policy-router.yaml").write_text(DEAR, "utf-8")
    done = run(f"registry show mistral/mistral-large-2512 --all --config {tmp_path} --at {AT}")
    assert "refused: `price.input` next: nothing found" in " ".join(done.out.split())


def test_the_three_parts_of_a_listing_are_all_of_it() -> None:
    command = f"list --where '{{training: prohibited}}' {ORGANISATION} --at {AT} --format json"
    known, unknown = (json.loads(fine(f"{command} {more}").out) for more in ("", "--unknown"))
    assert known["counts"] == unknown["counts"]
    assert len(known["routes"]) == known["counts"]["known_true"] == 2
    assert len(unknown["routes"]) == unknown["counts"]["unknown"] == 315
    assert sum(known["counts"].values()) == 317


def test_where_nothing_is_known_to_be_so_it_is_said_how_to_see_what_may_be() -> None:
    where = f"list --where '{{certifications: {{includes: iso_27001}}}}' {ORGANISATION} --at {AT}"
    text = fine(where).out
    assert "none is known to be so" in " ".join(text.split())
    assert "`--unknown` lists those of which it is not known" in text
    assert "`--unknown`" not in fine(f"{where} --unknown").out


def test_unknown_and_zero_prices_come_last_either_way() -> None:
    for by in ("price.input", "-price.input"):
        data = json.loads(fine(f"list --sort {by} --columns price.input --format json").out)
        prices = [r["price.input"] for r in data["routes"]]
        ranked = [price for price in prices if price not in {None, "0"}]
        assert prices[: len(ranked)] == ranked
        assert sorted(map(float, ranked), reverse=by.startswith("-")) == list(map(float, ranked))


def test_evidence_says_the_same_in_every_shape() -> None:
    command = f"evidence openai/o4-mini {ORGANISATION} --at {AT}"
    claims = json.loads(fine(f"{command} --format json").out)["claims"]
    table = rows(fine(f"{command} --format csv").out)
    assert [(c["hop"], c["attribute"], c["standing"]) for c in claims] == [
        (r["hop"], r["attribute"], r["standing"]) for r in table
    ]
    speaking = {(c["hop"], c["attribute"]) for c in claims if c["standing"] == "speaks"}
    assert ("openai", "training") in speaking
    agreed = {c["attribute"] for c in claims if c["agreement"] == "openai-dpa"}
    assert {"dpa", "training", "retention_days"} <= agreed
    assert all(c["source_kind"] and c["read_on"] and c["place"] for c in claims)


def test_a_page_about_a_model_as_json() -> None:
    data = json.loads(fine(f"show openai/o4-mini --at {AT} --format json").out)
    assert data["model"]["context_window"] == 200_000
    assert data["model"]["benchmarks"]["mmlu_pro"] == "83"
    assert (data["model"]["rank"], data["model"]["tier"]) == ("134 of 531 LLMs", "Efficient")
    assert data["model"]["source"]["kind"] == "gateway_catalogue"
    europe = next(r for r in data["routes"] if r["route"] == "azure-eu:o4-mini")
    assert (europe["features"], europe["card_source"]["kind"]) == (None, "third_party")
    assert europe["card_sources"]["context_window"] == data["model"]["source"]
    assert data["model"]["sources"]["released"]["reference"].startswith("https://github.com/")
    assert europe["price_sources"]["input"][0]["page_date"] == "2026-11-12"
    route = next(r for r in data["routes"] if r["route"] == "opper:openai/o4-mini")
    assert route["input_price"] == {"amount": "1.1", "currency": "USD", "tiers": []}
    said = {(c["hop"], c["attribute"]): c["says"] for c in route["handling"]}
    assert said["openai", "zero_data_retention"] == "available"
    assert said["opper", "retention_days"] is None
    packs = {s["policy"] for s in data["standing"]}
    assert packs == {p.parent.name for p in ROOT.glob("policies/*/policy.yaml")}


_REFERENCE = r"^  \[\d+\] [^:]+?:\s+(.+(?:\n   .+)*)"


def test_a_page_opens_with_what_may_go_there_and_the_nearest_steps() -> None:
    """Who asks about a model wants the answer on the first screen, of every pack."""
    page = fine(f"show openai/o4-mini --at {AT}").out
    answer = page.partition("\nCard\n")[0]
    rows = {line.split()[0]: line for line in answer.splitlines() if " of 11 " in line}
    assert set(rows) == {p.parent.name for p in ROOT.glob("policies/*/policy.yaml")}
    steps = answer.partition("Nearest steps")[2]
    shut = {name for name, row in rows.items() if " 0 of 11" in row}
    assert set(re.findall(r"^    `([a-z-]+)`", steps, re.MULTILINE)) == shut
    assert len(page.partition("\nSources\n")[0].splitlines()) < 182
    assert "`--all`" in answer


@pytest.mark.parametrize("name", ["openai/gpt-oss-120b", "anthropic/claude-sonnet-4-6"])
def test_no_nearest_step_is_on_a_route_that_nobody_in_europe_would_try_first(name: str) -> None:
    steps = fine(f"show {name} --at {AT}").out.partition("\nNearest steps")[2]
    routes = re.findall(r"- on `([^`]+)`:", steps.partition("\nDeprecated")[0])
    assert routes
    assert not [r for r in routes if re.search(r"us-gov|apac|-au:|-jp:|-us:|-global:", r)]


def test_a_page_tells_the_posture_of_a_party_once_and_with_all_that_of_every_route() -> None:
    short, whole = (fine(f"show openai/o4-mini {more} --at {AT}").out for more in ("", "--all"))
    data = json.loads(fine(f"show openai/o4-mini --at {AT} --format json").out)
    said = " ".join(short.split())
    references = {" ".join(each.split()) for each in re.findall(_REFERENCE, whole, re.MULTILINE)}
    for route in data["routes"]:
        assert route["route"] in whole
        assert f"(`{route['provider']}`) on `" in said
        assert {claim["source"]["reference"] for claim in route["handling"]} <= references
    parties = re.findall(r"\(`([a-z0-9-]+)`\) on `", said)
    assert len(parties) == len(set(parties)) == 10
    assert "the same as `azure-openai-datazone-eu`, but where the model runs: US" in said


def test_a_model_without_a_card_says_so() -> None:
    text = fine(f"show alibaba:eu/qwen3-vl-plus --at {AT}").out
    assert "No card of the model was read" in " ".join(text.split())
    assert "Context window   not known" in text


def test_a_page_shows_what_its_routes_offer_and_not_what_the_model_could() -> None:
    assert "Context window   65,536 tokens" in fine(f"show openai/gpt-oss-120b {SERVERS}").out
    compared = fine(f"compare openai/gpt-oss-120b {SERVERS} --format csv").out
    assert {r["question"]: r["openai/gpt-oss-120b"] for r in rows(compared)}["Context window"] == (
        "65,536 tokens"
    )
    listed = fine(f"list --where '{{context_window: {{at_least: 100000}}}}' {SERVERS}").out
    assert "none is known to be so, 1 is known not to be" in " ".join(listed.split())


def test_the_call_that_is_shown_is_one_that_would_be_sent() -> None:
    text = fine(f"show openai/o4-mini --at {AT}").out
    assert 'base_url="https://api.openai.com/v1"' in text
    assert "Where the address was read: Python package openai" in text
    only = fine(f"show openrouter:openai/o4-mini --at {AT}").out
    assert "No route within reach can be called as it is described" in " ".join(only.split())
    assert "base_url" not in only


def test_counts_add_up() -> None:
    data = json.loads(fine(f"stats {ORGANISATION} --at {AT} --format json").out)
    for scenario in data["scenarios"].values():
        assert (
            sum(scenario[s] for s in ("permitted", "refused", "unknown")) == data["routes"] == 317
        )
    assert sum(data["gateways"].values()) == sum(data["providers"].values()) == 317
    assert data["verified"] == 0
    table = rows(fine(f"stats {ORGANISATION} --at {AT} --format csv").out)
    assert {r["name"]: int(r["count"]) for r in table if r["group"] == "source"} == data["sources"]


def test_what_lapses_says_the_same_in_every_shape() -> None:
    command = f"stale --within 90d {ORGANISATION} --at {AT}"
    data = json.loads(fine(f"{command} --format json").out)
    table = rows(fine(f"{command} --format csv").out)
    assert [(each["kind"], each["about"]) for each in data["lapses"]] == [
        (r["kind"], r["about"]) for r in table
    ]
    hangs = {each["about"]: len(each["permissions"]) for each in data["lapses"]}
    assert hangs == {
        "hosting-dpa": 4,
        "openai-dpa": 2,
        "opper-dpa": 2,
        "tia-openai-us": 2,
        "vendor-review-2026": 0,
    }


def test_claims_lapse_with_the_age_that_packs_allow() -> None:
    command = "stale --within 30d --policy gdpr --format json --at"
    soon = json.loads(fine(f"{command} 2027-11-01T00:00:00Z").out)["lapses"]
    assert {(each["kind"], each["at"], each["past"]) for each in soon} == {
        ("claim", "2027-11-23T00:00:00Z", False)
    }
    past = json.loads(fine(f"{command} 2028-11-01T00:00:00Z").out)["lapses"]
    claims = [each for each in past if each["kind"] == "claim"]
    assert {each["about"] for each in claims} == {each["about"] for each in soon}
    assert all(each["past"] for each in claims)


def test_a_gateways_verdicts_beside_ours() -> None:
    command = f"reconcile {VERDICTS} --policy gdpr --scenario public-text,customer-data --at {AT}"
    done = run(f"registry {command} --format json")
    assert (done.code, done.err) == (1, "")
    data = json.loads(done.out)
    assert [(d["scenario"], d["route"], d["gateway_allows"]) for d in data["disagreements"]] == [
        ("public-text", "opper:mistral/codestral-2508", False),
        ("public-text", "opper:mistral/mistral-large-2512", False),
        ("customer-data", "opper:openai/o4-mini", True),
    ]
    assert data["agreeing"] == 3
    assert data["unknown_to_us"] == ["nobody/knows"]
    assert len(data["unknown_to_it"]) == 313
    table = rows(run(f"registry {command} --format csv").out)
    assert [r["because"] for r in table] == [d["because"] for d in data["disagreements"]]


def test_the_worked_example_differs_in_either_direction_and_for_every_word_of_the_gateway() -> None:
    command = f"reconcile {ROOT}/examples/reconcile/verdicts.json {ORGANISATION} --at {AT}"
    data = json.loads(run(f"registry {command} --format json").out)
    assert {d["gateway_allows"] for d in data["disagreements"]} == {True, False}
    said = {d["blocked_by"] for d in data["disagreements"] if not d["gateway_allows"]}
    assert said == {"org", "project", "entitlement"}
    assert data["agreeing"] > 0
    assert all(data[key] for key in ("unknown_to_us", "unknown_to_it", "quarantined"))


def test_verdicts_that_agree(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.json"
    file.write_text('{"data": [{"id": "openai/o4-mini", "policy": {"allowed": true}}]}', "utf-8")
    fine(f"reconcile {file} --policy gdpr --scenario public-text --at {AT}")


def test_a_verdict_that_cannot_be_read_is_set_aside_and_the_others_are_compared(
    tmp_path: Path,
) -> None:
    file = tmp_path / "verdicts.json"
    allowed = '{"id": "openai/o4-mini", "policy": {"allowed": true}}'
    file.write_text(f'{{"data": [{allowed}, {{"id": "mistral/mistral-large-2512"}}, 7]}}', "utf-8")
    command = f"registry reconcile {file} --policy gdpr --scenario public-text --at {AT}"
    data = json.loads((done := run(f"{command} --format json")).out)
    assert (done.code, data["agreeing"], data["disagreements"]) == (1, 1, [])
    assert [(q["row"], q["code"]) for q in data["quarantined"]] == [
        ("mistral/mistral-large-2512", "IMP210"),
        ("row 3", "IMP201"),
    ]
    text = run(command).out
    assert all(f"{q['code']}  {q['message']}" in text for q in data["quarantined"])
    assert "2 rows are set aside" in run(f"{command} --format csv").err


# ---- misuse -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("show o4-mini", "no model or route is called `o4-mini`; did you mean `openai/o4-mini`"),
        ("show \u202e", "no model or route is called `\\u{202e}`"),
        (
            f"evidence openai/o4-mini --config {ROOT}/tests/cli/projects/elsewhere.yaml",
            "no route of `openai/o4-mini` is within reach: `--all-routes` takes",
        ),
        ("evidence xyzzy-plugh", "a name is a model or a route, exactly as it is written"),
        ("list --where '{training: prohibitid}'", "--where: error[POL204]"),
        ("list --where 'training'", "--where: error[DOC"),
        ("list --where '{kind: route}'", "this is a document, not a predicate"),
        ("list --where '{provider: nobody}'", "no provider is called `nobody`"),
        ("list --where '{price.input: {at_least: 1}}'", "--where: error[POL209]"),
        ("list --sort cost", "`cost` is no attribute that a route has by itself"),
        ("list --columns traning", "did you mean `training`?"),
        (
            "list --columns xyzzy",
            "by itself; there are maker_jurisdiction, provider_jurisdiction, ",
        ),
        ("list --unknown", "`--unknown` goes with `--where`"),
        ("list --sort prize", "did you mean `price.audio_input`, `price.audio_output`, "),
        ("list --sort -xyzzy", "price.request and benchmarks.NAME\n"),
        ("stale --within -3d", "write 30d"),
        ("stale --within 30000000d", "write 30d"),
        ("diff nowhere shipped", "`nowhere` is no folder and no revision of git"),
        ("diff --output=x shipped", "no such option"),
        (f"diff {ROOT}/docs shipped", "holds no project and no registry"),
        (f"reconcile {ROOT}/README.md", "README.md: error[IMP102]: not JSON"),
        (f"reconcile {VERDICTS} --gateway nobody", "no gateway is called `nobody`"),
        (f"reconcile {VERDICTS} --scenario nobody", "unknown scenario `nobody`"),
        (f"verify opper training {PAGE} --config /nowhere", "does not exist"),
    ],
)
def test_misuse_is_said_in_one_line(command: str, message: str) -> None:
    done = run(f"registry {command}")
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_what_is_deprecated_or_retired_is_said_with_who_says_so() -> None:
    told = json.loads(fine(f"show openai/o4-mini --at {AT} --format json").out)
    events = [(route["route"], event) for route in told["routes"] for event in route["lifecycle"]]
    assert ("opper:openai/o4-mini", "deprecated") in {(r, e["stage"]) for r, e in events}
    text = " ".join(fine(f"show openai/o4-mini --at {AT}").out.split())
    for _, event in events:
        assert f"{event['stage'].capitalize()} from {event['from'][:10]}" in text
        assert event["source"]["reference"] in text
        assert event["counts"] is False
    assert "(a third party's word: a warning)" in text


def test_a_list_says_who_calls_a_route_deprecated() -> None:
    """The catalogue calls it ready; a price file does not: both are said, none stands alone."""
    wanted = "--where '{route: \"opper:openai/o4-mini\"}' --columns route,stage"
    said = "ga; deprecated (from 2026-10-23, says LiteLLM model price file"
    (row,) = rows(fine(f"list {wanted} --at {AT} --format csv").out)
    assert row["stage"].startswith(said)
    assert said in " ".join(fine(f"list {wanted} --at {AT}").out.replace("\n", " ").split())
