"""The policies of the workload: the usual ones, and ones that tell nearly every request apart."""

from __future__ import annotations

from decimal import Decimal

from bench.world import HERE
from policy_router.domain.claim import EvidenceDemand, SourceKind
from policy_router.domain.policy import (
    ALWAYS,
    All,
    AnyOf,
    Matcher,
    Mode,
    Policy,
    PolicySet,
    Predicate,
    Preference,
    Rule,
    Test,
)
from policy_router.domain.vocabulary import SPECIAL_CATEGORIES

BY_PRICE = ("price.input",)
BY_COST = ("cost",)
TENANTS = tuple(f"house-{n}" for n in range(40))
PURPOSES = tuple(f"duty-{n}" for n in range(10))
KINDS = (
    *("pseudonymised", "cardholder", "criminal", "child", *SPECIAL_CATEGORIES),
    *("professional_secret", "trade_secret", "source_code"),
)
TRIGGERS = (*KINDS, *TENANTS, *PURPOSES)
"""What each of the many rules is about."""

_DEMAND = EvidenceDemand(365, SourceKind.GATEWAY_CATALOGUE)


def _is(subject: str, *names: str) -> Test:
    return Test(subject, Matcher.IS, names, None, HERE)


def _has(subject: str, *names: str) -> Test:
    return Test(subject, Matcher.INCLUDES_ANY, names, None, HERE)


_PERSONAL = _has("data", "personal")
_PAIRS: dict[str, tuple[Predicate, Predicate]] = {
    "personal": (
        _PERSONAL,
        All(
            (
                _is("dpa", "in_force"),
                _is("training", "prohibited", "off_by_default"),
                Test("retention_days", Matcher.AT_MOST, (), Decimal(30), HERE),
            )
        ),
    ),
    "eu": (
        All((_PERSONAL, _has("regime", "eu_gdpr"))),
        _is("transfer_basis.eu_gdpr", "not_a_transfer", "adequacy"),
    ),
    "uk": (
        All((_PERSONAL, _has("regime", "uk_gdpr"))),
        _is("transfer_basis.uk_gdpr", "not_a_transfer", "adequacy"),
    ),
    "special": (
        _has("data", "special_category"),
        All(
            (
                Test("inference_location", Matcher.WITHIN, ("EEA",), None, HERE),
                _is("zero_data_retention", "default", "granted"),
            )
        ),
    ),
    "secret": (_has("data", "professional_secret"), _is("third_party_access", "none")),
    "confidential": (
        AnyOf((_has("data", "trade_secret"), _has("data", "source_code"))),
        _is("logging", "none", "metadata"),
    ),
    "payment": (_has("data", "cardholder"), _has("certifications", "iso_27001")),
    "clinic": (_is("tenant", "clinic-*"), All((_is("stage", "ga"), _is("human_review", "none")))),
}
DEMANDS = tuple(demand for _, demand in _PAIRS.values())
"""In the order of the answers of a baseline call."""


def usual(by: tuple[str, ...] = BY_PRICE) -> PolicySet:
    """Eight rules with twelve conditions, as in real packs; routes are preferred by `by`."""
    return _policies([_rule(name, *pair) for name, pair in _PAIRS.items()], by)


def many() -> PolicySet:
    """A rule for each kind of data, and for each of many tenants and purposes."""
    subjects = {**dict.fromkeys(TENANTS, "tenant"), **dict.fromkeys(PURPOSES, "purpose")}
    rules = []
    for n, name in enumerate(TRIGGERS):
        when = _is(subjects[name], name) if name in subjects else _has("data", name)
        rules.append(_rule(name, when, DEMANDS[n % len(DEMANDS)]))
    return _policies(rules, BY_PRICE)


def _policies(rules: list[Rule], by: tuple[str, ...]) -> PolicySet:
    policy = Policy("bench", 1, "bench", ALWAYS, _DEMAND, tuple(rules), (), HERE)
    return PolicySet((policy,), prefer=(Preference(ALWAYS, by),))


def _rule(name: str, when: Predicate, require: Predicate) -> Rule:
    return Rule(
        name, when, (), require, (), Mode.ENFORCE, False, _DEMAND, ("GDPR",), False, None, HERE
    )
