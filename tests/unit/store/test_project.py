"""A project is loaded with everything it names, or not at all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from policy_router.domain.detection import Detection
from policy_router.domain.diagnostic import Severity
from policy_router.domain.organisation import Enforcement, Serving
from policy_router.store.described import LogPlace
from policy_router.store.project import Loaded, LoadErrors, load_project, loaded_again
from policy_router.store.suites import load_suites
from tests.house.tree import ROOT

TODAY = date(2026, 11, 22)

PROJECT = """
kind: project
id: x
language: 1
packs: [{id: gdpr}, {id: own}]
documents: [docs]
gateways: [opper]
log: {folder: var/log, key: log.pem, anchor: /elsewhere/checkpoints}
"""
OWN = """
kind: policy
id: own
language: 1
title: Own
rules: [{id: r, require: {dpa: in_force}}]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("x/docs").mkdir(parents=True)
    Path("x/policy-router.yaml").write_text(PROJECT, "utf-8")
    Path("x/docs/own.yaml").write_text(OWN, "utf-8")
    return Path("x")


def codes(path: Path) -> list[str]:
    with pytest.raises(LoadErrors) as caught:
        load_project(path, today=TODAY)
    return [d.code for d in caught.value.diagnostics]


def policies(loaded: Loaded) -> list[str]:
    return [policy.id for policy in loaded.snapshot.policies.policies]


def test_a_folder_or_its_file_is_the_project(project: Path) -> None:
    by_folder = load_project(project, today=TODAY)
    by_file = load_project(project / "policy-router.yaml", today=TODAY)
    assert policies(by_folder) == ["gdpr", "own"]
    assert by_folder.snapshot == by_file.snapshot
    assert by_folder.diagnostics == ()


def test_a_project_says_where_it_logs(project: Path) -> None:
    loaded = load_project(project, today=TODAY)
    assert loaded.project is not None
    place = LogPlace(Path("x/var/log"), Path("x/log.pem"), Path("/elsewhere/checkpoints"))
    assert loaded.project.log == place
    said = {name: span.line for name, span in loaded.project.log.said}
    assert set(said) == {"folder", "key", "anchor"}
    assert loaded.project.gateways == ("opper",)


@pytest.mark.parametrize(
    ("days", "found"),
    [("1", 1), ("36500", 36_500), ("null", "SCH104"), ("0", "SCH105"), ("36501", "SCH105")],
)
def test_a_project_says_how_long_its_log_is_kept(
    project: Path, days: str, found: int | str
) -> None:
    file = project / "policy-router.yaml"
    file.write_text(PROJECT.replace("log.pem,", f"log.pem, keep_days: {days},"), "utf-8")
    if isinstance(found, str):
        assert codes(project) == [found]
        return
    described = load_project(project, today=TODAY).project
    assert described is not None
    assert described.log is not None
    assert described.log.keep_days == found


@pytest.mark.parametrize(
    ("minutes", "found"), [("1", 1), ("60", 60), ("0", "SCH105"), ("61", "SCH105")]
)
def test_a_project_says_how_long_a_record_waits_for_a_checkpoint(
    project: Path, minutes: str, found: int | str
) -> None:
    file = project / "policy-router.yaml"
    said = PROJECT.replace("log.pem,", f"log.pem, checkpoint_minutes: {minutes},")
    file.write_text(said, "utf-8")
    if isinstance(found, str):
        assert codes(project) == [found]
        return
    described = load_project(project, today=TODAY).project
    assert described is not None
    assert described.log is not None
    assert described.log.checkpoint_minutes == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("anchor.git", "{folder}/anchor.git"),
        ("/elsewhere/anchor.git", "/elsewhere/anchor.git"),
        ("git@anchor.example:log.git", "git@anchor.example:log.git"),
        ("ssh://git@anchor.example/log.git", "ssh://git@anchor.example/log.git"),
        ("https://anchor.example/log.git", "https://anchor.example/log.git"),
        ("https://name:word@anchor.example/log.git", "SCH105"),
        ("http://anchor.example/log.git", "SCH105"),
        ("ext::sh -c x", "SCH105"),
        ("--upload-pack=x", "SCH105"),
    ],
)
def test_a_git_anchor_is_a_path_or_a_safe_address(project: Path, said: str, found: str) -> None:
    file = project / "policy-router.yaml"
    file.write_text(PROJECT.replace("log.pem,", f"log.pem, anchor_git: '{said}',"), "utf-8")
    if found.startswith("SCH"):
        assert codes(project) == [found]
        return
    described = load_project(project, today=TODAY).project
    assert described is not None
    assert described.log is not None
    assert described.log.anchor_git == found.format(folder=project)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("[]", []),
        ("[team, customer_id]", ["customer_id", "team"]),
        ("[team, team]", "SCH105"),
        ("[policy_router_decision]", "SCH105"),
        ("[Team]", "SCH106"),
        ("[a, b, c, d, e, f, g, h]", "SCH105"),
    ],
)
def test_a_project_names_the_tags_that_go_on(
    project: Path, said: str, found: list[str] | str
) -> None:
    file = project / "policy-router.yaml"
    file.write_text(f"{PROJECT}enforcement: {{opper_tags: {said}}}\n", "utf-8")
    if isinstance(found, str):
        assert codes(project) == [found]
        return
    described = load_project(project, today=TODAY).project
    assert described is not None
    assert sorted(described.enforcement.opper_tags) == found


def test_what_was_loaded_is_loaded_again_from_its_texts(project: Path) -> None:
    loaded = load_project(project, today=TODAY)
    assert loaded.texts is not None
    (project / "docs" / "own.yaml").unlink()
    again = loaded_again(loaded.texts)
    assert (again.snapshot, again.callers) == (loaded.snapshot, loaded.callers)
    assert again.texts == loaded.texts


def detection(project: Path, said: str) -> Detection:
    (project / "policy-router.yaml").write_text(f"{PROJECT}{said}\n", "utf-8")
    loaded = load_project(project, today=TODAY)
    assert loaded.project is not None
    return loaded.project.detection


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("", Detection(built_in=None)),
        ("detectors: {built_in: {}}", Detection(built_in=frozenset())),
        (
            'detectors: {built_in: {not_personal: ["@Own.example", "info@b.example"]}}',
            Detection(built_in=frozenset({"@own.example", "info@b.example"})),
        ),
        (
            "detectors: {presidio: {pipelines: {en: en_core_web_lg, de: null}}, characters: 9000}",
            Detection(presidio=(("de", None), ("en", "en_core_web_lg")), most_read=9000),
        ),
    ],
)
def test_a_project_says_which_detectors_read_its_calls(
    project: Path, said: str, found: Detection
) -> None:
    assert detection(project, said) == found


def test_an_entry_that_is_nobodys_address_is_refused(project: Path) -> None:
    said = 'detectors: {built_in: {not_personal: [own.example, "@own.example"]}}'
    with pytest.raises(LoadErrors) as caught:
        detection(project, said)
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.message) == (
        "SCH105",
        "`own.example` is neither an address nor a domain",
    )


@pytest.mark.parametrize("withheld", [False, True])
def test_decisions_bind_whatever_becomes_of_answers_that_contradict_them(
    project: Path, withheld: bool
) -> None:
    contradicted = "withhold" if withheld else "record"
    said = f"enforcement: {{contradicted: {contradicted}}}\n"
    (project / "policy-router.yaml").write_text(f"{PROJECT}{said}", "utf-8")
    loaded = load_project(project, today=TODAY)
    assert loaded.project is not None
    assert loaded.project.enforcement == Enforcement(withhold=withheld)
    assert loaded.diagnostics == ()


def test_it_says_how_long_documents_count_that_cannot_be_replaced(project: Path) -> None:
    for said, hours in (("", 24), ("enforcement: {last_good_hours: 2}\n", 2)):
        (project / "policy-router.yaml").write_text(PROJECT + said, "utf-8")
        loaded = load_project(project, today=TODAY)
        assert loaded.project is not None
        assert loaded.project.enforcement.last_good_hours == hours


def test_it_says_what_the_sidecar_bears(project: Path) -> None:
    said = "serve: {body_mib: 32, text_mib: 8, silent_seconds: 900, calls: 4000}\n"
    for text, serving in (("", Serving()), (said, Serving(32 * 2**20, 8 * 2**20, 900, 4000))):
        (project / "policy-router.yaml").write_text(PROJECT + text, "utf-8")
        loaded = load_project(project, today=TODAY)
        assert loaded.project is not None
        assert loaded.project.serving == serving


@pytest.mark.parametrize("name", ["body_mib", "text_mib", "silent_seconds", "calls"])
def test_it_bears_something_and_not_anything(project: Path, name: str) -> None:
    schema = json.loads((ROOT / "schemas" / "project.schema.json").read_text("utf-8"))
    bounds = schema["$defs"]["Serve"]["properties"][name]
    least, most = bounds["minimum"], bounds["maximum"]
    for said, is_taken in ((0, False), (least, True), (most, True), (most + 1, False)):
        text = f"{PROJECT}serve: {{{name}: {said}}}\n"
        (project / "policy-router.yaml").write_text(text, "utf-8")
        if is_taken:
            load_project(project, today=TODAY)
            continue
        with pytest.raises(LoadErrors) as refused:
            load_project(project, today=TODAY)
        (found,) = refused.value.diagnostics
        assert (found.code, found.help) == ("SCH105", f"write a whole number from 1 to {most:,}")


def test_without_a_project_the_packs_named_are_in_force() -> None:
    loaded = load_project(today=TODAY, packs=("zero-retention",))
    assert policies(loaded) == ["zero-retention"]
    assert loaded.project is None
    assert loaded.snapshot.policies.gateways is None
    assert loaded.snapshot.registry.routes
    assert set(loaded.scenarios) >= {"public-text", "health-data"}


def test_a_load_that_names_no_policy_says_that_everything_is_denied() -> None:
    (problem,) = load_project(today=TODAY).diagnostics
    assert (problem.code, problem.severity) == ("PRJ415", Severity.WARNING)
    assert load_project(today=TODAY, packs=("gdpr",)).diagnostics == ()


def test_the_shipped_registry_can_be_left_out_but_not_the_law(project: Path) -> None:
    file = project / "policy-router.yaml"
    file.write_text(PROJECT.replace("[opper]", "[gw]") + "registry: none\n", "utf-8")
    gateway = "kind: gateway\nid: gw\nlanguage: 1\ntitle: G\ntype: direct\n"
    (project / "docs/gw.yaml").write_text(f"{gateway}base_url: https://gw.example\n", "utf-8")
    registry = load_project(project, today=TODAY).snapshot.registry
    assert list(registry.gateways) == ["gw"]
    assert not registry.routes
    assert {"EU", "EEA"} <= set(registry.territories)
    assert registry.adequacy


def test_documents_of_a_test_are_added(project: Path, tmp_path: Path) -> None:
    extra = tmp_path / "more.yaml"
    extra.write_text(OWN.replace("id: own", "id: more"), "utf-8")
    loaded = load_project(project, today=TODAY, packs=("more",), extra=(extra,))
    assert policies(loaded) == ["gdpr", "more", "own"]


def test_names_of_files_are_those_the_user_gave(project: Path) -> None:
    loaded = load_project(project, today=TODAY)
    own = next(p for p in loaded.snapshot.policies.policies if p.id == "own")
    gdpr = next(p for p in loaded.snapshot.policies.policies if p.id == "gdpr")
    assert own.span.file == "x/docs/own.yaml"
    assert gdpr.span.file == "policies/gdpr/policy.yaml"


def test_all_problems_of_all_files_come_at_once_with_their_text(project: Path) -> None:
    (project / "docs/own.yaml").write_text(OWN.replace("dpa:", "dqa:"), "utf-8")
    (project / "docs/other.yaml").write_text("kind: model\nid: [\n", "utf-8")
    (project / "docs/third.yaml").write_text("kind: model\nid: m\n", "utf-8")
    (project / "docs/empty.yaml").write_text("", "utf-8")
    with pytest.raises(LoadErrors) as caught:
        load_project(project, today=TODAY)
    found = [(d.span.file, d.code) for d in caught.value.diagnostics]
    assert found == [
        ("x/docs/empty.yaml", "DOC005"),
        ("x/docs/other.yaml", "DOC013"),
        ("x/docs/own.yaml", "POL202"),
        ("x/docs/third.yaml", "SCH103"),
        ("x/docs/third.yaml", "SCH103"),
    ]
    assert caught.value.sources["x/docs/third.yaml"] == "kind: model\nid: m\n"
    assert set(caught.value.sources) == {file for file, _ in found}


def test_a_project_with_a_mistake_still_has_its_documents_checked(project: Path) -> None:
    (project / "policy-router.yaml").write_text(PROJECT + "gatways: []\n", "utf-8")
    (project / "docs/own.yaml").write_text(OWN.replace("dpa:", "dqa:"), "utf-8")
    assert codes(project) == ["POL202", "SCH101"]


def test_a_folder_without_a_project_file_is_an_error(tmp_path: Path) -> None:
    assert codes(tmp_path) == ["PRJ409"]


def test_a_file_without_a_project_is_an_error(project: Path) -> None:
    assert codes(project / "docs/own.yaml") == ["PRJ410"]


def test_a_project_that_names_its_own_folder_is_read_once(project: Path) -> None:
    (project / "policy-router.yaml").write_text(PROJECT.replace("[docs]", "[., docs]"), "utf-8")
    assert policies(load_project(project, today=TODAY)) == ["gdpr", "own"]


def test_a_second_project_is_an_error(project: Path) -> None:
    (project / "docs/second.yaml").write_text(PROJECT.replace("id: x", "id: z"), "utf-8")
    assert codes(project) == ["PRJ410"]


def test_a_policy_of_ones_own_that_is_not_in_force_is_a_warning(project: Path) -> None:
    (project / "docs/idle.yaml").write_text(OWN.replace("id: own", "id: idle"), "utf-8")
    loaded = load_project(project, today=TODAY)
    assert [(d.code, d.span.file) for d in loaded.diagnostics] == [("PRJ413", "x/docs/idle.yaml")]
    assert "x/docs/idle.yaml" in loaded.sources


def test_a_pack_of_ones_own_cannot_take_the_place_of_a_shipped_one(project: Path) -> None:
    (project / "docs/gdpr.yaml").write_text(OWN.replace("id: own", "id: gdpr"), "utf-8")
    assert codes(project) == ["PRJ401"]


@pytest.mark.parametrize("name", ["policies", "examples"])
def test_shipped_suites_load_with_what_they_test(name: str) -> None:
    suites = load_suites((ROOT / name,), TODAY)
    assert suites
    for found in suites:
        loaded = found.load(TODAY)
        assert set(found.suite.policies) <= set(policies(loaded))


def test_suites_are_named_by_file_or_found_below_a_folder(project: Path) -> None:
    text = (
        "kind: suite\nid: s\nlanguage: 1\nat: 2026-11-22T12:00:00Z\npolicies: [own]\n"
        "project: ..\ncases: [{id: a, request: {}, expect: {outcome: denied}}]\n"
    )
    file = project / "docs/own.suite.yaml"
    file.write_text(text, "utf-8")
    for path in (file, project):
        (found,) = load_suites((path,), TODAY)
        assert found.file == file
        assert policies(found.load(TODAY)) == ["gdpr", "own"]


def test_a_suite_with_a_mistake_is_refused(project: Path) -> None:
    file = project / "suite.yaml"
    file.write_text("kind: suite\nid: s\nlanguage: 1\npolicies: [a]\ncases: []\n", "utf-8")
    with pytest.raises(LoadErrors) as caught:
        load_suites((project,), TODAY)
    assert [d.code for d in caught.value.diagnostics] == ["SCH105"]


def test_what_depends_on_a_project_with_a_mistake_is_not_judged(project: Path) -> None:
    (project / "policy-router.yaml").write_text(PROJECT + "gatways: []\n", "utf-8")
    exception = (
        "kind: exception\nid: e\nlanguage: 1\npolicy: gdpr\nrule: storage-limit\n"
        'routes: ["*"]\nwhen: {}\nfrom: 2026-01-01\nuntil: 2026-12-31\napproved_by: anybody\n'
        "reason: trial\nreference: X-1\nrecorded_on: 2026-01-01\n"
    )
    (project / "docs/exception.yaml").write_text(exception, "utf-8")
    assert codes(project) == ["SCH101"]
