"""The shipped packs: their suites pass and try every rule; their READMEs say what they demand."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from policy_router.domain.decision import Verdict
from policy_router.domain.policy import Mode, Policy
from policy_router.store.project import Loaded, load_project
from policy_router.store.suites import SuiteFile, load_suites
from policy_router.verify.suites import CaseResult, run_suite
from tests.data.shipped import ROOT, bare, files

TODAY = date(2026, 11, 22)
PACKS = (
    "cost-caps",
    "eu-residency",
    "gdpr",
    "no-dpf",
    "no-training",
    "terms-of-use",
    "zero-retention",
)
EXAMPLE = ROOT / "examples" / "organisation"
NEED_A_SIGNOFF = {"criminal-offences", "children-assessed", "children-consent"}
"""Rules that only a person's sign-off satisfies, and nobody at the example signed one."""
SCENARIOS = {"customer-data", "employee-data", "health-data", "payment-cards", "public-text"}


@cache
def suites() -> dict[str, SuiteFile]:
    return {f.suite.id: f for f in load_suites((ROOT / "policies", EXAMPLE), TODAY)}


@cache
def results(suite: str) -> tuple[CaseResult, ...]:
    file = suites()[suite]
    return run_suite(file.suite, file.load(TODAY).snapshot)


@cache
def packs() -> dict[str, Policy]:
    return {p.id: p for p in load_project(today=TODAY, packs=PACKS).snapshot.policies.policies}


def loaded(path: Path | None) -> Loaded:
    return load_project(path, today=TODAY, packs=PACKS)


def test_the_packs_and_scenarios_that_are_shipped() -> None:
    assert {path.parent.name for path in files("policies") if path.name == "policy.yaml"} == set(
        PACKS
    )
    assert set(packs()) == set(PACKS)
    assert set(loaded(None).scenarios) == SCENARIOS


@pytest.mark.parametrize("path", [None, EXAMPLE], ids=["shipped", "example"])
def test_everything_loads_without_a_diagnostic(path: Path | None) -> None:
    assert loaded(path).diagnostics == ()


@pytest.mark.parametrize("suite", [*PACKS, "gdpr-suspension", "example-gmbh"])
def test_a_suite_passes(suite: str) -> None:
    assert results(suite)
    assert {r.case.id: r.differences for r in results(suite) if not r.passed} == {}


@pytest.mark.parametrize("pack", PACKS)
def test_a_suite_refuses_and_permits_by_every_enforced_rule(pack: str) -> None:
    tried = [*results(pack), *(results("example-gmbh") if pack == "gdpr" else ())]
    seen = {
        (v.rule, v.verdict)
        for result in tried
        for candidate in result.determination.candidates
        for v in candidate.verdicts
    }
    expected = {
        rule.removeprefix(f"{pack}/")
        for result in tried
        for rule in (*result.case.expect.fails, *result.case.expect.unknown)
    }
    enforced = {rule.id for rule in packs()[pack].rules if rule.mode is Mode.ENFORCE}
    assert enforced <= expected
    without_signoff = {rule for rule in enforced if (rule, Verdict.PASS) not in seen}
    assert without_signoff == (NEED_A_SIGNOFF if pack == "gdpr" else set())


def readme_rows(pack: str) -> dict[str, list[str]]:
    """The rows of the first table of a pack's README, by rule."""
    text = (ROOT / "policies" / pack / "README.md").read_text(encoding="utf-8")
    table = text[text.index("\n|") + 1 :].partition("\n\n")[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {bare(row[0]): row for row in rows}


@pytest.mark.parametrize("pack", PACKS)
def test_a_readme_lists_every_rule_and_no_other(pack: str) -> None:
    rows = readme_rows(pack)
    assert set(rows) == {rule.id for rule in packs()[pack].rules}
    for rule in packs()[pack].rules:
        assert (rows[rule.id][-1] == "watched") == (rule.mode is Mode.MONITOR), rule.id


@pytest.mark.parametrize("pack", PACKS)
def test_a_readme_says_what_is_stricter_than_the_law(pack: str) -> None:
    text = (ROOT / "policies" / pack / "README.md").read_text(encoding="utf-8")
    choice = "own choice" in text or "organisation's choice" in text
    for rule in packs()[pack].rules:
        row = " ".join(readme_rows(pack)[rule.id])
        if rule.stricter_than_law:
            assert "stricter" in row or "is a choice" in row or choice, rule.id
        else:
            assert "stricter" not in row, rule.id


@pytest.mark.parametrize("pack", PACKS)
def test_a_readme_says_what_is_not_proved(pack: str) -> None:
    text = (ROOT / "policies" / pack / "README.md").read_text(encoding="utf-8")
    assert "does not prove" in text.casefold()


@pytest.mark.parametrize("pack", PACKS)
def test_only_choices_can_be_waived(pack: str) -> None:
    for rule in packs()[pack].rules:
        if rule.waivable:
            assert rule.mode is Mode.ENFORCE, rule.id
            assert rule.stricter_than_law or not rule.cites, rule.id


@pytest.mark.parametrize("pack", PACKS)
def test_every_rule_has_a_title(pack: str) -> None:
    for rule in packs()[pack].rules:
        assert rule.title, rule.id
        assert rule.title[0].islower(), rule.id
        assert not rule.title.endswith("."), rule.id
