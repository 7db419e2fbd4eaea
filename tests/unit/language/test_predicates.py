"""Predicates of documents as statements of the domain."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_router.domain.policy import (
    ALWAYS,
    All,
    AnyOf,
    Matcher,
    Not,
    Obligation,
    Policy,
    Predicate,
    Rule,
)
from policy_router.domain.policy import (
    Test as Comparison,
)
from tests.unit.documents import TERRITORIES, build, sound

POLICY = """
kind: policy
id: p
language: 1
title: P
"""


def policy(text: str) -> Policy:
    (found,) = sound(TERRITORIES, POLICY + text, packs=("p",)).resolved.policies.policies
    return found


def rule(text: str) -> Rule:
    (found,) = policy(f"rules: [{{id: r, {text}}}]").rules
    return found


def plain(predicate: Predicate | None) -> object:
    """A predicate as nested tuples, without places."""
    match predicate:
        case Comparison(subject, matcher, names, bound):
            return (subject, matcher.value, *(names if bound is None else (bound,)))
        case Not(part):
            return ("not", plain(part))
        case All(parts):
            return ("all", *map(plain, parts))
        case AnyOf(parts):
            return ("any", *map(plain, parts))
        case None:
            return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dpa: in_force", ("dpa", "is", "in_force")),
        ("training: [prohibited, used]", ("training", "is", "prohibited", "used")),
        ('route: "opper:*"', ("route", "is", "opper:*")),
        ("stage: ga", ("stage", "is", "ga")),
        ("retention_days: {at_most: 30}", ("retention_days", "at_most", Decimal(30))),
        ("benchmarks.mmlu: {above: 80.5}", ("benchmarks.mmlu", "above", Decimal("80.5"))),
        ("cost: {below: 0.50}", ("cost", "below", Decimal("0.50"))),
        ("inference_location: {within: EEA}", ("inference_location", "within", "EEA")),
        (
            "inference_location: {not_within: [EEA, CH, ADEQUATE.eu_gdpr]}",
            ("inference_location", "not_within", "EEA", "CH", "ADEQUATE.eu_gdpr"),
        ),
        ("signoff: {includes: dpia}", ("signoff", "includes", "dpia")),
        (
            "transfer_basis.eu_gdpr: [adequacy, dpf]",
            ("transfer_basis.eu_gdpr", "is", "adequacy", "dpf"),
        ),
        (
            "retention_days: {at_least: 1, at_most: 30}",
            (
                "all",
                ("retention_days", "at_least", Decimal(1)),
                ("retention_days", "at_most", Decimal(30)),
            ),
        ),
        (
            "dpa: in_force, logging: none",
            ("all", ("dpa", "is", "in_force"), ("logging", "is", "none")),
        ),
        (
            "any: [{dpa: in_force}, {all: [{logging: none}, {caching: none}]}]",
            (
                "any",
                ("dpa", "is", "in_force"),
                ("all", ("logging", "is", "none"), ("caching", "is", "none")),
            ),
        ),
        ("not: {provider: azure}", ("not", ("provider", "is", "azure"))),
    ],
)
def test_demands(text: str, expected: object) -> None:
    assert plain(rule(f"require: {{{text}}}").require) == expected


def test_a_number_that_is_one_of_some_is_not_less_and_not_more_than_one_of_them() -> None:
    def exactly(number: int) -> object:
        bounds = (("at_least", Decimal(number)), ("at_most", Decimal(number)))
        return ("all", *(("retention_days", *bound) for bound in bounds))

    assert plain(rule("require: {retention_days: 0}").require) == exactly(0)
    wanted = rule("require: {retention_days: [0, 30]}").require
    assert plain(wanted) == ("any", exactly(0), exactly(30))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data: {includes: personal}", ("data", "includes", "personal")),
        ("regime: {includes_any: [eu_gdpr]}", ("regime", "includes_any", "eu_gdpr")),
        ("subject_location: {within: EEA}", ("subject_location", "within", "EEA")),
        ("stateful: true", ("stateful", "is", "true")),
        ("tokens.input: {above: 1000}", ("tokens.input", "above", Decimal(1000))),
        ("labels.team: [a, b]", ("labels.team", "is", "a", "b")),
        ("requested.model: openai/*", ("requested.model", "is", "openai/*")),
    ],
)
def test_conditions(text: str, expected: object) -> None:
    assert plain(rule(f"when: {{{text}}}, require: {{dpa: in_force}}").when) == expected


def test_no_condition_and_the_empty_one_always_hold() -> None:
    assert rule("require: {dpa: in_force}").when == ALWAYS
    assert rule("when: {}, require: {dpa: in_force}").when == ALWAYS


def test_each_key_under_forbid_is_forbidden_on_its_own() -> None:
    forbid = rule("forbid: {training: used, logging: [content], any: [{dpa: none}]}").forbid
    assert [plain(part) for part in forbid] == [
        ("training", "is", "used"),
        ("logging", "is", "content"),
        ("any", ("dpa", "is", "none")),
    ]


def test_a_combination_is_forbidden_as_one() -> None:
    (part,) = rule("forbid: {all: [{training: used}, {logging: content}]}").forbid
    assert plain(part) == ("all", ("training", "is", "used"), ("logging", "is", "content"))


def test_a_test_knows_its_line() -> None:
    found = policy("rules:\n  - id: r\n    require:\n      dpa: in_force\n").rules[0].require
    assert isinstance(found, Comparison)
    assert (found.span.file, found.span.line, found.span.column) == ("1.yaml", 9, 7)


def test_scope_reads_who_asks() -> None:
    found = policy("scope: {tenant: [a, b]}\nrules: [{id: r, require: {dpa: in_force}}]").scope
    assert plain(found) == ("tenant", "is", "a", "b")


def test_parameters_are_json_values() -> None:
    text = 'obligations: [{id: o, set: {store: false, n: 1, name: "false", x: null, t: 0.5}}]'
    (found,) = policy(text.replace("n:", '"n":')).obligations
    assert found.set == (
        ("n", 1),
        ("name", "false"),
        ("store", False),
        ("t", Decimal("0.5")),
        ("x", None),
    )
    assert type(dict(found.set)["store"]) is bool


def test_an_obligation_may_refuse() -> None:
    text = "obligations: [{id: o, refuse_when: {server_tools: {includes_any: [mcp, x]}}}]"
    (found,) = policy(text).obligations
    assert isinstance(found, Obligation)
    assert plain(found.refuse_when) == ("server_tools", "includes_any", "mcp", "x")
    assert found.when == ALWAYS


def test_what_a_rule_does_not_ask_of_evidence_its_policy_does() -> None:
    found = policy(
        "evidence: {max_age_days: 365, at_least: gateway_catalogue}\n"
        "rules:\n"
        "  - {id: a, require: {dpa: in_force}}\n"
        "  - {id: b, require: {dpa: in_force}, evidence: {max_age_days: 30, verified: true}}\n"
    )
    demands = [(r.demand.max_age_days, r.demand.at_least, r.demand.verified) for r in found.rules]
    kind = found.demand.at_least
    assert demands == [(365, kind, False), (30, kind, True)]


@pytest.mark.parametrize("matcher", [m for m in Matcher if m is not Matcher.IS])
@pytest.mark.parametrize("subject", ["cost", "price.input", "price.request"])
def test_prices_are_bounded_from_above_only(matcher: Matcher, subject: str) -> None:
    text = f"rules: [{{id: r, require: {{{subject}: {{{matcher.value}: 5}}}}}}]"
    codes = build(TERRITORIES, POLICY + text, packs=("p",)).codes
    if matcher in {Matcher.AT_MOST, Matcher.BELOW}:
        assert codes == []
    elif matcher in {Matcher.AT_LEAST, Matcher.ABOVE}:
        assert codes == ["POL209"]
    else:
        assert codes == ["POL205"]


@pytest.mark.parametrize("opposed", ["forbid: {%s}", "require: {not: {%s}}", "forbid: {not: {%s}}"])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("transfer_basis.uk_gdpr: [dpf]", "POL208"),
        ("signoff: {includes: dpia}", "POL208"),
        ("any: [{signoff: {includes: dpia}}]", "POL208"),
        ("cost: {at_most: 5}", "POL209"),
    ],
)
def test_demands_are_not_written_as_prohibitions(opposed: str, text: str, code: str) -> None:
    rules = f"rules: [{{id: r, {opposed % text}}}]"
    assert build(TERRITORIES, POLICY + rules, packs=("p",)).codes == [code]
