"""What `registry verify` writes, and where it writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.registries import PAGE, fine, new_project
from tests.cli.running import run


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new project, which is the current one."""
    return new_project(tmp_path / "project", monkeypatch)


OURS = "opper:openai/o4-mini"
BY = "--by 'data protection officer' --on 2026-11-22"


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


OPPERS = "https://docs.opper.ai/overview/security.md"


@pytest.mark.parametrize(
    ("name", "source", "is_told"),
    [
        ("opper", OPPERS, False),
        ("opper", f"{OPPERS}/#training", False),
        ("opper", f"{OPPERS}x", True),
        ("opper", "DPA-2026-003", True),
        ("opper:openai/o4-mini", OPPERS, True),
    ],
)
@pytest.mark.parametrize("found", ["", " --value used"])
def test_that_another_source_was_read_is_told(
    name: str, source: str, found: str, is_told: bool, project: Path
) -> None:
    said = " ".join(fine(f"verify {name} training {BY} --source {source}{found}").lines)
    assert ("The claim rests on another source, `" in said) is is_told
    assert (f"`{source}` was read, and not that one." in said) is is_told
    assert f'reference: "{source}"' in verified(project)


def test_what_was_found_otherwise_makes_it_unknown(project: Path) -> None:
    done = fine(f"verify opper:openai/o4-mini training {PAGE} --value used")
    assert "claimed off by default, found used" in " ".join(done.lines)
    assert run("check").out.startswith("contracts/verifications.yaml:")
    listed = run("registry list --where '{training: [used, off_by_default]}' --format json")
    assert json.loads(listed.out)["counts"]["known_true"] == 0
    assert 'found: {training: "used"}' in verified(project)


@pytest.mark.parametrize("name", ["opper:openai/o4-mini", "opper"])
def test_between_sources_that_contradict_each_other_nobody_but_the_reader_chooses(
    project: Path, name: str
) -> None:
    fine(f"verify {name} training {PAGE} --value used")
    before = verified(project)
    done = run(f"registry verify {name} training {PAGE}")
    assert (done.code, done.out, verified(project)) == (2, "", before)
    assert "sources contradict each other about `training`" in done.err
    assert run(f"registry verify {name} training {PAGE} --value opted_out").code == 0


def test_documents_are_added_and_nothing_is_lost(project: Path) -> None:
    file = project / "contracts/verifications.yaml"
    file.write_text("# ours\nkind: alias\nid: one\nlanguage: 1\nmodels: [openai/o4-mini]", "utf-8")
    found = (
        "opper storage_location --value SE,DE --at-least",
        "aws-bedrock-regional retention_days --value 30",
    )
    for said in (*found, "opper dpa --value null"):
        assert run(f"registry verify {said} {PAGE} --into {file}").code == 0
    text = file.read_text("utf-8")
    assert text.startswith("# ours\nkind: alias\n")
    assert text.count("\n---\n") == 3
    assert 'found_at_least: {storage_location: ["DE", "SE"]}' in text
    assert "found: {retention_days: 30}" in text
    assert "found: {dpa: null}" in text
    assert run("check").code == 0


_SIGNED = """kind: agreement
id: signed
language: 1
with: [opper]
document: DPA-1
from: 2026-01-01
until: 2099-12-31
recorded_on: 2026-01-01
covers: {models: ["*"]}
terms: {retention_days: 30}
"""
_CLAIMED = """kind: update
id: read-later
language: 1
sources:
  page: {kind: provider_docs, basis: public_terms, reference: page 3, read_on: 2026-11-23}
routes:
  opper:openai/o4-mini:
    claims: {opper: {retention_days: {value: 30, source: page}}}
"""


@pytest.mark.parametrize("name", ["opper", "opper:openai/o4-mini --hop opper"])
@pytest.mark.parametrize("settling", [_SIGNED, _CLAIMED])
def test_where_a_source_says_nothing_what_settles_it_is_said_before_anything_is_written(
    project: Path, name: str, settling: str
) -> None:
    """Both of the ways that it names do settle it."""
    done = run(f"registry verify {name} retention_days {PAGE} --value 30")
    assert (done.code, done.out) == (2, "")
    assert not (project / "contracts/verifications.yaml").exists()
    assert "does not say (shipped data/gateways/opper.yaml:" in done.err
    assert "is an agreement with Opper (`opper`): once you have signed one" in done.err
    assert (
        "`retention_days` among its `terms`; where only a page says it, a later claim" in done.err
    )
    assert run(f"registry verify {name} retention_days {PAGE} --value null").code == 0
    (project / "contracts/settled.yaml").write_text(settling, "utf-8")
    assert run("check").code == 0
    asked = (
        f"explain {OURS} --policy gdpr --data personal --regime eu_gdpr --at 2026-11-24T12:00:00Z"
    )
    (candidate,) = json.loads(run(f"{asked} --format json").out)["decision"]["candidates"]
    rules = {v["rule"]: v["verdict"] for v in candidate["verdicts"]}
    assert rules["storage-limit"] == "pass", "at both hops it is known to be 30 days"


def test_no_page_is_found_to_say_what_another_record_of_it_is_silent_about(project: Path) -> None:
    (project / "contracts/own.yaml").write_text(
        _CLAIMED.replace("value: 30", "value: null"), "utf-8"
    )
    done = run(
        f"registry verify {OURS} retention_days {PAGE[:-10]}2026-11-23 --hop opper --value 3"
    )
    assert done.code == 2
    assert "does not say (contracts/own.yaml:" in done.err


def test_what_no_contract_states_is_settled_by_a_claim(project: Path) -> None:
    (project / "contracts/own.yaml").write_text(
        _CLAIMED.replace("retention_days: {value: 30", "use_restrictions: {value: null"), "utf-8"
    )
    said = f"{OURS} use_restrictions {PAGE[:-10]}2026-11-23 --hop opper --value medical"
    done = run(f"registry verify {said}")
    assert done.code == 2
    assert "what settles it is a later claim of your own for a route" in done.err


@pytest.mark.usefixtures("project")
def test_what_is_wrong_with_a_verification_is_said_of_the_options_it_was_made_of() -> None:
    said = "--value UK,XX --by '' --source ' ' --on 2026-11-22"
    lines = run(f"registry verify opper provider_jurisdiction {said}").err.splitlines()
    places = [line.partition(": error[")[0] for line in lines if ": error[" in line]
    assert places == ["--by", "--source", "--value", "--value"]
    assert not any("yaml" in line for line in lines)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (f"opper:openai/o4-mini caching {PAGE}", "nothing is claimed about `caching` at `openai`"),
        (f"opper:openai/o4-mini training --hop x {PAGE}", "`x` is no hop of this route"),
        (f"openai/o4-mini training {PAGE}", "its routes: `azure-eu:o4-mini`"),
        (f"opper traning {PAGE}", "nothing claims `traning`; did you mean `training`?"),
        (f"opper training {PAGE} --value sometimes", "unknown value of `training` `sometimes`"),
        (f"opper retention_days {PAGE} --value many", "`many` is no whole number"),
        (f"opper training {BY} --source notaurl", "`notaurl` is no source: write `https://"),
        (f"opper training {BY} --source opper.ai/terms", "`opper.ai/terms` is no source: write"),
        (f"opper training {PAGE[:-10]}2026-11-21", "the source was read again on 2026-11-22"),
        (f"opper training {PAGE[:-10]}2999-01-01", "`2999-01-01` lies in the future"),
        (f"opper training {PAGE[:-10]}yesterday", "`yesterday` is no day; write 2026-11-22"),
        ("opper training --by x --on 2026-11-22", "missing option `--source`"),
        (f"opper training {PAGE} --into ../outside.yaml", "is not among the documents"),
        (f"opper training {PAGE} --into contracts/notes.txt", "is not among the documents"),
        (f"opper training {PAGE} --into contracts/own.suite.yaml", "is not among the documents"),
        (f"perplexity-sonar retention_days {PAGE}", "say with `--value` what this one says"),
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


_CONTRACT = """kind: agreement
id: contract
language: 1
with: [{party}]
document: DPA-1
from: 2026-01-01
until: 2099-12-31
recorded_on: 2026-01-01
covers: {{models: [openai/o4-mini]}}
terms: {{dpa: in_force}}
"""


@pytest.mark.parametrize(
    ("party", "name", "place"),
    [
        ("openai", "opper:openai/o4-mini", "hop `openai` of route `opper:openai/o4-mini`"),
        ("opper", "opper", "`opper`"),
        ("opper", "opper:openai/o4-mini", "hop `openai` of route `opper:openai/o4-mini`"),
        ("azure", "opper:openai/o4-mini", "hop `openai` of route `opper:openai/o4-mini`"),
    ],
)
def test_a_contract_counts_whatever_a_page_was_found_to_say(
    project: Path, party: str, name: str, place: str
) -> None:
    (project / "contracts/contract.yaml").write_text(_CONTRACT.format(party=party), "utf-8")
    said = " ".join(fine(f"verify {name} dpa {PAGE} --value none").lines)
    assert f"processing contract at {place}, checked by" in said
    counts = "covers a route it counts instead: `contract` states in force" in said
    assert counts is (party in {name, "openai"})


def test_a_source_that_is_no_page_and_no_document_is_refused(project: Path) -> None:
    before = sorted(project.rglob("*"))
    said = "--by 'data protection officer' --source 'javascript:alert(1)' --on 2026-11-22"
    done = run(f"registry verify opper training {said}")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("--source: error[SCH106]: expected an address or a reference")
    assert sorted(project.rglob("*")) == before


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("source", ["DPA-2026-003", "Handbook", "terms of use", "dpa-acme.pdf"])
def test_the_number_or_title_of_a_document_is_a_source(source: str) -> None:
    assert run(f"registry verify opper training {BY} --source '{source}'").code == 0
