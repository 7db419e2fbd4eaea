"""What is in force, and how names lead to models."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from policy_router.domain.claim import Validity
from policy_router.domain.policy import ALWAYS
from policy_router.domain.policy import Test as Comparison
from policy_router.domain.request import SetFact
from tests.unit.documents import HOPS, TERRITORIES, build, sound

PACKS = """
kind: policy
id: a
language: 1
title: A
rules: [{id: r, require: {dpa: in_force}, waivable: true}]
---
kind: policy
id: b
language: 1
version: 3
title: B
rules: [{id: r, require: {logging: none}}]
"""

PROJECT = """
kind: project
id: x
language: 1
packs: [{id: a}]
gateways: [gw]
approvers: [{role: head of IT, may_approve: ["a/*"]}]
"""

EXCEPTION = """
kind: exception
id: e
language: 1
policy: a
rule: r
routes: ["gw:*"]
when: {purpose: trial}
from: 2026-01-01
until: 2026-12-31
approved_by: head of IT
reason: trial
reference: X-1
recorded_on: 2026-01-02
accepts: {dpa: [available], retention_days: 30}
"""


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


def test_no_policy_is_in_force_unless_it_is_named() -> None:
    assert sound(PACKS).resolved.policies.policies == ()


def test_packs_add_to_those_of_the_project() -> None:
    policies = sound(HOPS, PACKS, PROJECT, packs=("b",)).resolved.policies
    assert [(p.id, p.version) for p in policies.policies] == [("a", 1), ("b", 3)]


def test_gateways_are_those_of_the_project() -> None:
    assert sound(HOPS, PACKS, PROJECT).resolved.policies.gateways == frozenset({"gw"})


def test_without_a_project_or_on_request_every_gateway_counts() -> None:
    assert sound(HOPS, PACKS, packs=("a",)).resolved.policies.gateways is None
    everything = sound(HOPS, PACKS, PROJECT, all_routes=True)
    assert everything.resolved.policies.gateways is None


def test_an_unknown_pack_is_an_error_with_a_suggestion() -> None:
    (problem,) = build(PACKS.replace("id: a", "id: gdpr"), packs=("gdrp",)).diagnostics
    assert (problem.code, problem.help) == ("PRJ403", "did you mean `gdpr`?")


@pytest.mark.parametrize(("version", "codes"), [(3, []), (2, ["PRJ404"]), (4, ["PRJ404"])])
def test_a_pack_has_the_version_it_was_named_with(version: int, codes: list[str]) -> None:
    project = PROJECT.replace("[{id: a}]", f"[{{id: b, version: {version}}}]")
    assert build(HOPS, PACKS, project).codes == codes


def test_an_exception_as_its_document_says() -> None:
    (found,) = sound(HOPS, PACKS, PROJECT, EXCEPTION).resolved.policies.exceptions
    assert (found.policy, found.rule, found.routes) == ("a", "r", ("gw:*",))
    assert found.validity == Validity(day(2026, 1, 1), day(2027, 1, 1))
    assert found.recorded == day(2026, 1, 2)
    assert found.accepts == (("dpa", ("available",)), ("retention_days", ("30",)))
    assert isinstance(found.when, Comparison)


@pytest.mark.parametrize(
    ("until", "codes"), [("2027-01-01", []), ("2027-01-02", ["POL223"]), ("2025-12-31", ["REG305"])]
)
def test_an_exception_lasts_a_year_at_most(until: str, codes: list[str]) -> None:
    text = EXCEPTION.replace("2026-12-31", until)
    assert build(HOPS, PACKS, PROJECT, text).codes == codes


def test_without_a_project_nobody_may_approve() -> None:
    assert build(HOPS, PACKS, EXCEPTION, packs=("a",)).codes == ["POL224"]


def test_an_exception_to_a_policy_not_in_force_changes_nothing_and_says_so() -> None:
    built = build(HOPS, PACKS, PROJECT.replace("{id: a}", "{id: b}"), EXCEPTION)
    assert built.codes == ["POL226"]
    assert built.resolved.policies.exceptions == ()


def test_while_a_pack_is_unknown_nothing_is_said_of_what_is_not_in_force() -> None:
    project = PROJECT.replace("{id: a}", "{id: aa}")
    assert build(HOPS, PACKS, project, EXCEPTION).codes == ["PRJ403"]
    assert build(HOPS, PACKS, EXCEPTION, packs=("aa",)).codes == ["POL224", "PRJ403"]


def test_the_line_that_lets_a_role_approve_can_be_copied() -> None:
    alone = PROJECT.replace('approvers: [{role: head of IT, may_approve: ["a/*"]}]', "")
    (problem,) = build(HOPS, PACKS, alone, EXCEPTION).diagnostics
    line = 'approvers: [{role: head of IT, may_approve: ["a/*"]}]'
    assert problem.help is not None
    assert f"`{line}`" in problem.help
    assert build(HOPS, PACKS, f"{alone}{line}\n", EXCEPTION).codes == []


def test_a_line_beside_other_approvers_is_a_member_of_their_list() -> None:
    others = PROJECT.replace('"a/*"', '"b/*"')
    (problem,) = build(HOPS, PACKS, others, EXCEPTION).diagnostics
    assert problem.help is not None
    assert '`{role: head of IT, may_approve: ["a/*"]}` under `approvers`' in problem.help


def test_names_are_compared_for_the_first_problems_only() -> None:
    links = "".join(alias(f"x{n}", "acme/onee") + "---\n" for n in range(300))
    problems = build(HOPS, links.removesuffix("---\n")).diagnostics
    assert [p.code for p in problems] == ["POL231"] * 300
    assert sum(p.help == "did you mean `acme/one`?" for p in problems) == 200


def alias(name: str, *models: str) -> str:
    return f"kind: alias\nid: {name}\nlanguage: 1\nmodels: [{', '.join(models)}]\n"


def model(name: str) -> str:
    return f"kind: model\nid: {name}\nlanguage: 1\ntitle: M\n"


def test_aliases_are_flattened_in_order_each_model_once() -> None:
    texts = (*map(model, "abc"), alias("fast", "b", "any", "c"), alias("any", "c", "a", "b"))
    aliases = {a.id: a.models for a in sound(*texts).resolved.policies.aliases}
    assert aliases == {"fast": ("b", "c", "a"), "any": ("c", "a", "b")}


def test_a_long_line_of_aliases_is_followed_to_its_end() -> None:
    links = [alias(f"a{n}", f"a{n + 1}") for n in range(3000)]
    aliases = sound(model("m"), alias("a3000", "m"), *links).resolved.policies.aliases
    assert {a.models for a in aliases} == {("m",)}


def test_an_alias_that_leads_back_to_itself_is_an_error() -> None:
    assert build(alias("a", "b"), alias("b", "a")).codes == ["POL230", "POL230"]
    assert build(alias("a", "a")).codes == ["POL230"]


def test_preferences_substitutions_and_rates() -> None:
    project = PROJECT + (
        "prefer: [{when: {purpose: x}, by: [benchmarks.mmlu]}, {when: {}, by: [cost]}]\n"
        "substitution: [{model: acme/one, alias: small, when: {}}]\n"
        "rates: [{currency: EUR, usd: 1.08, from: 2026-11-01, until: 2026-11-30}]\n"
    )
    policies = sound(HOPS, PACKS, project, alias("small", "acme/one")).resolved.policies
    assert [p.by for p in policies.prefer] == [("benchmarks.mmlu",), ("cost",)]
    assert policies.prefer[1].when == ALWAYS
    (substitution,) = policies.substitutions
    assert (substitution.model, substitution.alias) == ("acme/one", "small")
    (rate,) = policies.rates
    assert (rate.usd, rate.validity.end) == (Decimal("1.08"), day(2026, 12, 1))


@pytest.mark.parametrize(
    ("model", "stand_in", "codes"),
    [
        ("acme/one", "small", []),
        ("small", "other", ["PRJ408"]),
        ("gw:one", "small", ["PRJ408"]),
        ("acme/one", "acme/one", ["PRJ408"]),
        ("acme/one", "gw:one", ["PRJ408"]),
    ],
    ids=(
        "an alias for a model",
        "an alias for an alias",
        "an alias for a route",
        "a model for itself",
        "a route for a model",
    ),
)
def test_only_an_alias_stands_in_and_only_for_a_model(
    model: str, stand_in: str, codes: list[str]
) -> None:
    project = PROJECT + f'substitution: [{{model: "{model}", alias: "{stand_in}", when: {{}}}}]\n'
    aliases = (alias("small", "acme/one"), alias("other", "acme/one"))
    assert build(HOPS, PACKS, project, *aliases).codes == codes


@pytest.mark.parametrize("name", ["acme/one", "gw:one"])
def test_no_alias_is_called_as_a_model_or_a_route_is(name: str) -> None:
    assert "PRJ402" in build(HOPS, alias(name, "acme/one")).codes


def test_a_caller_and_its_floor() -> None:
    text = (
        "kind: caller\nid: bot\nlanguage: 1\n"
        "facts: {data: [personal], tenant: support, labels: {team: a}}\n"
        "may_declare: [purpose, labels.case]\n"
    )
    caller = sound(text).resolved.callers["bot"]
    assert dict(caller.facts.sets) == {"data": SetFact(frozenset({"personal"}), settled=True)}
    assert dict(caller.facts.scalars) == {"tenant": "support", "labels.team": "a", "caller": "bot"}
    assert caller.may_declare == {"purpose", "labels.case"}


@pytest.mark.parametrize("name", ["tenant", "project", "environment", "caller", "stateful"])
def test_who_asks_and_what_is_seen_cannot_be_declared(name: str) -> None:
    text = f"kind: caller\nid: c\nlanguage: 1\nfacts: {{}}\nmay_declare: [{name}]\n"
    assert build(text).codes == ["PRJ412"]


def test_scenarios_are_those_the_project_chose_in_its_order() -> None:
    text = "kind: scenario\nid: {}\nlanguage: 1\ntitle: T\ntext: t\nrequest: {{}}\n"
    texts = (HOPS, PACKS, *(text.format(name) for name in "abc"))
    assert list(sound(*texts, PROJECT).resolved.scenarios) == ["a", "b", "c"]
    chosen = sound(*texts, PROJECT + "scenarios: [c, a]\n").resolved.scenarios
    assert list(chosen) == ["c", "a"]


def test_a_suite_and_its_instants() -> None:
    text = (
        "kind: suite\nid: s\nlanguage: 1\nat: 2026-11-22T12:00:00Z\npolicies: [a]\n"
        "cases:\n"
        "  - {id: a, request: {data: [personal]}, expect: {outcome: denied, fails: [a/r]}}\n"
        "  - {id: b, at: 2026-01-01T01:00:00+01:00, request: {}, expect: {outcome: permitted}}\n"
    )
    (suite,) = sound(text).resolved.suites
    assert [case.at for case in suite.cases] == [
        datetime(2026, 11, 22, 12, tzinfo=UTC),
        day(2026, 1, 1),
    ]
    assert suite.cases[0].expect.fails == ("a/r",)


def test_names_are_taken_by_documents_that_are_not_sound() -> None:
    broken = HOPS.replace("title: One", "titel: One")
    assert build(broken).codes == ["SCH101"]


def test_a_clash_of_names_is_an_error() -> None:
    assert build(HOPS, alias("acme/one", "acme/one")).codes == ["POL230", "PRJ402"]


def test_the_same_said_twice_counts_once() -> None:
    again = TERRITORIES.replace("members: [DE, FR, SE]", "members:\n  - DE\n  - FR\n  - SE")
    assert len(sound(TERRITORIES, again).registry.territories) == 2
    other = TERRITORIES.replace("[DE, FR, SE]", "[DE, FR]")
    assert build(TERRITORIES, other).codes == ["PRJ401"]
