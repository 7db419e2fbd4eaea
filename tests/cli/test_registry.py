"""The commands of `registry`: help, formats that agree, misuse, and what they write."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest

from policy_router.cli.registry import COMMANDS
from policy_router.cli.registry import command as group
from policy_router.report.visible import escaped, width
from tests.cli.running import AT, Done, run
from tests.cli.test_help import examples
from tests.house.tree import ROOT

ORGANISATION = f"--config {ROOT}/examples/organisation"
VERDICTS = ROOT / "tests/cli/projects/verdicts.json"
PAGE = "--by 'data protection officer' --source https://page.example --on 2026-11-22"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new project, which is the current one."""
    folder = tmp_path / "project"
    assert run(f"init {folder} --example").code == 0
    monkeypatch.chdir(folder)
    (folder / "verdicts.json").write_text(VERDICTS.read_text("utf-8"), "utf-8")
    return folder


def fine(command: str) -> Done:
    done = run(f"registry {command}")
    assert (done.code, done.err) == (0, "")
    return done


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


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
    "example", [example for name in COMMANDS for example in examples(f"registry {name}")]
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


def test_the_three_parts_of_a_listing_are_all_of_it() -> None:
    command = f"list --where '{{training: prohibited}}' {ORGANISATION} --at {AT} --format json"
    known, unknown = (json.loads(fine(f"{command} {more}").out) for more in ("", "--unknown"))
    assert known["counts"] == unknown["counts"]
    assert len(known["routes"]) == known["counts"]["known_true"] == 2
    assert len(unknown["routes"]) == unknown["counts"]["unknown"] == 315
    assert sum(known["counts"].values()) == 317


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
    (route,) = data["routes"]
    assert route["input_price"] == {"amount": "1.1", "currency": "USD"}
    said = {(c["hop"], c["attribute"]): c["says"] for c in route["handling"]}
    assert said["openai", "zero_data_retention"] == "available"
    assert said["opper", "retention_days"] is None
    packs = {s["policy"] for s in data["standing"]}
    assert packs == {p.parent.name for p in ROOT.glob("policies/*/policy.yaml")}


def test_a_model_without_a_card_says_so() -> None:
    text = fine(f"show mistral/codestral-2508 --at {AT}").out
    assert "No card was read" in text
    assert "Context window  not known" in text


def test_routes_behind_other_gateways_are_named_and_not_judged() -> None:
    elsewhere = f"--config {ROOT}/tests/cli/projects/elsewhere.yaml"
    text = fine(f"show openai/o4-mini {elsewhere} --at {AT}").out
    assert "Not within reach: `opper:openai/o4-mini`" in text
    assert "What may go there" not in text


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
    assert hangs == {"openai-dpa": 2, "opper-dpa": 2, "tia-openai-us": 2, "vendor-review-2026": 0}


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


def test_comparisons_hold_every_benchmark_of_each() -> None:
    command = f"compare openai/o4-mini mistral/codestral-2508 --at {AT}"
    data = json.loads(fine(f"{command} --format json").out)
    scores = next(s for title, s in data["sections"].items() if title.startswith("Benchmarks"))
    assert scores["mmlu_pro"] == {"openai/o4-mini": "83", "mistral/codestral-2508": "not known"}
    table = rows(fine(f"{command} --format csv").out)
    assert len(table) == sum(map(len, data["sections"].values()))


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


def test_verdicts_that_agree(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.json"
    file.write_text('{"data": [{"id": "openai/o4-mini", "policy": {"allowed": true}}]}', "utf-8")
    fine(f"reconcile {file} --policy gdpr --scenario public-text --at {AT}")


# ---- misuse -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("show o4-mini", "no model or route is called `o4-mini`; did you mean `openai/o4-mini`"),
        ("show \u202e", "no model or route is called `\\u{202e}`"),
        ("evidence xyzzy-plugh", "a name is a model or a route, exactly as it is written"),
        ("list --where '{training: prohibitid}'", "--where: error[POL204]"),
        ("list --where 'training'", "--where: error[DOC"),
        ("list --where '{kind: route}'", "this is a document, not a predicate"),
        ("list --where '{provider: nobody}'", "no provider is called `nobody`"),
        ("list --where '{price.input: {at_least: 1}}'", "--where: error[POL209]"),
        ("list --sort cost", "`cost` is no attribute that a route has by itself"),
        ("list --columns traning", "did you mean `training`?"),
        ("stale --within -3d", "write 30d"),
        ("stale --within 30000000d", "write 30d"),
        ("diff nowhere shipped", "`nowhere` is no folder and no revision of git"),
        ("diff --output=x shipped", "no such option"),
        (f"diff {ROOT}/docs shipped", "holds neither a project nor a registry"),
        (f"reconcile {ROOT}/README.md", "is no list of verdicts"),
        (f"reconcile {VERDICTS} --gateway nobody", "no gateway is called `nobody`"),
        (f"reconcile {VERDICTS} --scenario nobody", "unknown scenario `nobody`"),
        (f"verify opper training {PAGE} --config /nowhere", "does not exist"),
    ],
)
def test_misuse_is_said_in_one_line(command: str, message: str) -> None:
    done = run(f"registry {command}")
    assert (done.code, done.out) == (2, "")
    assert message in done.err


# ---- what is written ----------------------------------------------------------------------------


def verified(project: Path) -> list[str]:
    return (project / "contracts/verifications.yaml").read_text("utf-8").splitlines()


def test_a_claim_is_verified(project: Path) -> None:
    done = fine(f"verify opper:openai/o4-mini training {PAGE}")
    said = " ".join(done.lines)
    assert "off by default, checked by data protection officer on 2026-11-22" in said
    assert 'route: "opper:openai/o4-mini"' in verified(project)
    assert 'hop: "openai"' in verified(project)
    claims = json.loads(fine("evidence openai/o4-mini --format json").out)["claims"]
    found = {(c["hop"], c["attribute"]): c["verified_by"] for c in claims if c["verified_by"]}
    assert found == {("openai", "training"): "data protection officer"}


def test_what_was_found_otherwise_makes_it_unknown(project: Path) -> None:
    done = fine(f"verify opper:openai/o4-mini training {PAGE} --value used")
    assert "claimed off by default, found used" in " ".join(done.lines)
    assert run("check").out.startswith("contracts/verifications.yaml:")
    listed = run("registry list --where '{training: [used, off_by_default]}' --format json")
    assert json.loads(listed.out)["counts"]["known_true"] == 0
    assert 'found: {training: "used"}' in verified(project)


def test_documents_are_added_and_nothing_is_lost(project: Path) -> None:
    file = project / "contracts/verifications.yaml"
    file.write_text("# ours\nkind: alias\nid: one\nlanguage: 1\nmodels: [openai/o4-mini]", "utf-8")
    for found in ("storage_location --value SE,DE --at-least", "retention_days --value 30"):
        assert run(f"registry verify opper {found} {PAGE} --into {file}").code == 0
    assert run(f"registry verify opper dpa --value null {PAGE} --into {file}").code == 0
    text = file.read_text("utf-8")
    assert text.startswith("# ours\nkind: alias\n")
    assert text.count("\n---\n") == 3
    assert 'found_at_least: {storage_location: ["DE", "SE"]}' in text
    assert "found: {retention_days: 30}" in text
    assert "found: {dpa: null}" in text
    assert run("check").code == 0


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (f"opper:openai/o4-mini caching {PAGE}", "nothing is claimed about `caching` at `openai`"),
        (f"opper:openai/o4-mini training --hop x {PAGE}", "`x` is no hop of this route"),
        (f"openai/o4-mini training {PAGE}", "its routes: `opper:openai/o4-mini`"),
        (f"opper traning {PAGE}", "nothing claims `traning`; did you mean `training`?"),
        (f"opper training {PAGE} --value sometimes", "unknown value of `training` `sometimes`"),
        (f"opper retention_days {PAGE} --value many", "`many` is no whole number"),
        (f"opper training {PAGE[:-10]}2026-11-21", "the source was read again on 2026-11-22"),
        (f"opper training {PAGE[:-10]}2999-01-01", "`2999-01-01` lies in the future"),
        (f"opper training {PAGE[:-10]}yesterday", "`yesterday` is no day; write 2026-11-22"),
        ("opper training --by x --on 2026-11-22", "missing option `--source`"),
    ],
)
def test_nothing_is_written_where_something_is_wrong(
    project: Path, command: str, message: str
) -> None:
    before = {file: file.read_bytes() for file in project.rglob("*") if file.is_file()}
    done = run(f"registry verify {command}")
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert {file: file.read_bytes() for file in project.rglob("*") if file.is_file()} == before


def test_a_verification_needs_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(f"registry verify opper training {PAGE}")
    assert done.code == 2
    assert "a verification is a document of a project, and there is none here" in done.err


# ---- states of the registry ---------------------------------------------------------------------


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@t.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_a_revision_of_git_is_a_state(project: Path) -> None:
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "begin")
    agreement = ROOT / "examples/organisation/data/agreements.yaml"
    (project / "contracts/agreements.yaml").write_text(
        agreement.read_text("utf-8").rpartition("---\nkind: agreement\nid: hosting-dpa")[0], "utf-8"
    )
    data = json.loads(fine(f"diff HEAD . --at {AT} --format json").out)
    assert [(d["fate"], d["kind"], d["id"]) for d in data["differences"]] == [
        ("added", "agreement", "openai-dpa"),
        ("added", "agreement", "opper-dpa"),
    ]
    back = rows(fine(f"diff . HEAD --at {AT} --format csv").out)
    assert [r["fate"] for r in back] == ["removed", "removed"]


def test_a_change_opens_and_shuts_routes(tmp_path: Path) -> None:
    documents = tmp_path / "other"
    (documents / "data").mkdir(parents=True)
    for folder in ("territories", "gateways", "providers", "models", "routes"):
        (documents / "data" / folder).symlink_to(ROOT / "data" / folder)
    fine(f"diff {documents} shipped --policy no-training")
    (documents / "data/routes").unlink()
    (documents / "data/routes").mkdir()
    text = (ROOT / "data/routes/opper-openai-o4-mini.yaml").read_text("utf-8")
    file = documents / "data/routes/one.yaml"
    file.write_text(text.replace("value: off_by_default", "value: used"), "utf-8")
    command = f"diff {documents} shipped --policy no-training,gdpr --at {AT} --format json"
    data = json.loads(fine(command).out)
    opened = {p["policy"]: p["gained"] for p in data["permissions"]}
    changed = {"scenario": "public-text", "route": "opper:openai/o4-mini"}
    assert changed in opened["no-training"]
    assert changed not in opened["gdpr"]
    assert changed in opened[None]
    assert [d["what"] for d in data["differences"] if d["fate"] == "changed"] == [
        "openai: training"
    ]


# ---- hostile text -------------------------------------------------------------------------------

HOSTILE = "=HYPERLINK(A1) [2J <b>|漢字 \U0001f4a9 e\u0301 `x`"
LONGEST = 110
"""Columns of a line: a table of words that cannot be broken may be a little wider than 100."""
OWN = f"""
kind: gateway
id: own
language: 1
title: "{HOSTILE}"
type: openai_compatible
base_url: https://own.example/v1
---
kind: provider
id: own-servers
language: 1
title: "{HOSTILE}"
covers: [own/one]
sources:
  page: {{kind: provider_docs, basis: public_terms, reference: "{HOSTILE}", read_on: 2026-11-01}}
claims:
  training: {{value: prohibited, source: page, note: "{HOSTILE}"}}
---
kind: model
id: own/one
language: 1
title: "{HOSTILE}"
maker: own
source: page
sources:
  page: {{kind: provider_docs, basis: public_terms, reference: "{HOSTILE}", read_on: 2026-11-01}}
---
kind: route
id: "own:one"
language: 1
model: own/one
gateway: own
provider: own-servers
address: "{HOSTILE}"
stage: ga
"""


@pytest.mark.parametrize(
    "command",
    [
        "show own/one",
        "compare own/one openai/o4-mini",
        "evidence own/one",
        "evidence own/one --format csv",
        "list --where '{route: own*}' --format csv",
        "stale --within 900d",
        "stale --within 900d --format csv",
        "diff shipped .",
        "diff shipped . --format csv",
    ],
)
def test_what_documents_say_acts_on_no_terminal_and_no_spreadsheet(
    project: Path, command: str
) -> None:
    (project / "contracts/own.yaml").write_text(OWN, "utf-8")
    file = project / "policy-router.yaml"
    file.write_text(file.read_text("utf-8").replace("gateways: [", "gateways: [own, "), "utf-8")
    done = fine(f"{command} --at {AT}")
    assert done.out == "\n".join(map(escaped, done.out.split("\n")))
    if command.endswith("csv"):
        assert not formulas(done.out)
    else:
        assert max(map(width, done.lines)) <= LONGEST


def formulas(text: str) -> list[str]:
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    return [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("form", ["text", "csv"])
def test_what_a_gateway_says_acts_on_no_terminal_and_no_spreadsheet(
    tmp_path: Path, form: str
) -> None:
    said = "=1+1\x1b[2J\u202e"
    policy = {"allowed": False, "blocked_by": said, "reason": said}
    rows = [
        {"id": "openai/o4-mini", "policy": policy},
        {"id": said, "policy": {"allowed": True}},
    ]
    file = tmp_path / "verdicts.json"
    file.write_text(json.dumps({"data": rows}), "utf-8")
    done = run(f"registry reconcile {file} --scenario public-text --policy gdpr --format {form}")
    assert (done.code, done.err) == (1, "")
    assert "=1+1\\u{1b}[2J\\u{202e}" in done.out
    assert done.out == "\n".join(map(escaped, done.out.split("\n")))
    if form == "csv":
        assert not formulas(done.out)
