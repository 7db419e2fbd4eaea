"""Small worlds with one route that some rules may refuse, about few attributes and few values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from policy_router.domain.claim import Claim, ClaimValue, EvidenceDemand
from policy_router.domain.contract import Agreement, Signoff
from policy_router.domain.policy import (
    All,
    AnyOf,
    Matcher,
    Not,
    PolicyException,
    PolicySet,
    Predicate,
    Rule,
    Test,
)
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.question import Question
from policy_router.registry.transfer import PLACE_ATTRIBUTES
from tests.small import (
    NOW,
    agreement,
    claim,
    evidence,
    exception,
    facts,
    gateway,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
)
from tests.strategies.draws import Dice, chance, pick, several
from tests.strategies.predicates import bound, names

_LISTS = (("EEA",), ("DE", "SE"), ("US",), ("UK",), ("EEA", "UK"), ("SE", "US"), ("DE", "US"))
_MATCHERS = (
    Matcher.WITHIN,
    Matcher.INCLUDES_ALL,
    Matcher.EXCLUDES,
    Matcher.INCLUDES_ANY,
    Matcher.NOT_WITHIN,
)
_TRAINING = ("prohibited", "off_by_default", "opted_out", "used")
_DAYS = tuple(map(Decimal, (0, 7, 30)))
_CERTIFICATES = ("hds", "iso_27001")
_BASES = (
    ("not_a_transfer", "adequacy"),
    ("not_a_transfer", "scc_with_tia"),
    ("not_a_transfer", "bcr_with_tia", "scc_with_tia"),
    ("not_a_transfer", "adequacy", "bcr_with_tia"),
)
"""Data that stays at home is no matter for any of them, so that one place decides."""
_SEAT = "provider_jurisdiction"
_OLD = evidence(read="2020-01-01")
_YOUNG = EvidenceDemand(max_age_days=365)

SUBJECTS = (
    ("inference_location",),
    ("storage_location",),
    ("training",),
    ("retention_days",),
    ("certifications",),
    ("training", "dpa"),
    ("certifications", "training"),
    ("inference_location", "dpa"),
)


def _test(dice: Dice, subject: str) -> Test:
    match subject:
        case "training":
            return names(subject, Matcher.IS, *several(dice, _TRAINING, 2))
        case "dpa":
            return names(subject, Matcher.IS, "in_force")
        case "retention_days":
            matchers = (Matcher.AT_MOST, Matcher.BELOW, Matcher.AT_LEAST, Matcher.ABOVE)
            return bound(subject, pick(dice, matchers), pick(dice, _DAYS))
        case "certifications":
            return names(subject, pick(dice, _MATCHERS), *several(dice, _CERTIFICATES, 2))
        case _:
            return names(subject, pick(dice, _MATCHERS), *pick(dice, _LISTS))


def _demand(dice: Dice, subjects: tuple[str, ...]) -> Predicate:
    tests = (_test(dice, pick(dice, subjects)), _test(dice, pick(dice, subjects)))
    judged = names("signoff", Matcher.INCLUDES, "dpia")
    together = AnyOf if set(subjects) & set(PLACE_ATTRIBUTES) else All
    shapes: tuple[Predicate, ...] = (
        together(tests),
        tests[0],
        tests[0],
        AnyOf(tests),
        Not(tests[0]),
        AnyOf((tests[0], judged)),
    )
    return pick(dice, shapes)


def _rule(dice: Dice, name: str, subjects: tuple[str, ...]) -> Rule:
    demanded = _demand(dice, subjects)
    forbidden = chance(dice, 1, 5) and not isinstance(demanded, AnyOf)
    return replace(
        rule(name),
        when=pick(dice, (rule().when,) * 6 + (names("data", Matcher.INCLUDES, "health"),)),
        require=None if forbidden else demanded,
        forbid=(demanded,) if forbidden else (),
        waivable=chance(dice, 1, 5),
        demand=_YOUNG if chance(dice, 1, 3) else rule().demand,
    )


def _value(dice: Dice, subject: str) -> ClaimValue | None:
    match subject:
        case "training":
            return pick(dice, (None, *_TRAINING))
        case "dpa":
            return pick(dice, (None, "available", "in_force"))
        case "retention_days":
            return pick(dice, (None, *map(Decimal, (0, 14, 90))))
        case "certifications":
            return pick(dice, (None, places(), *map(places, _CERTIFICATES)))
        case _:
            named = ("US",), ("DE",), ("DE", "US"), ("GLOBAL",)
            return pick(dice, (None, None, *(places(*n) for n in named), places("DE", opened=True)))


def _claims(dice: Dice, subjects: tuple[str, ...]) -> tuple[Claim, ...]:
    read = ("retention_days",) if "storage_location" in subjects else ()
    return tuple(
        claim(subject, _value(dice, subject), pick(dice, (evidence(), evidence(), _OLD)))
        for subject in dict.fromkeys((*subjects, *read))
    )


def _asked(dice: Dice) -> RequestFacts:
    opened = pick(dice, ((), (), ("data",)))
    return facts(data=("personal",), purpose="support", tenant="blue", opened=opened)


def _exceptions(dice: Dice) -> tuple[PolicyException, ...]:
    kept = exception("waiver", of="policy/a", training=("opted_out", "off_by_default"))
    return (kept,) if chance(dice, 1, 5) else ()


def about_claims(dice: Dice) -> Question:
    """Draw a world of some rules about what is claimed at one or two hops."""
    subjects = pick(dice, SUBJECTS)
    two_hops = len(subjects) == 1 and subjects != ("storage_location",) and chance(dice, 1, 3)
    few = any(subject in PLACE_ATTRIBUTES for subject in subjects)
    rules = [_rule(dice, name, subjects) for name in pick(dice, ("ab", "ab" if few else "abc"))]
    exceptions = _exceptions(dice) if "training" in subjects else ()
    held: tuple[Agreement, ...] = ()
    if chance(dice, 1, 5):
        stated = pick(dice, _TRAINING)
        held = (agreement(training=stated),) if subjects[0] == "training" else ()
    known = registry(
        provider("acme", *_claims(dice, subjects)),
        gateway("relay", *_claims(dice, subjects), adds_hop=two_hops),
        route(at="relay"),
        *held,
    )
    return Question(
        Snapshot(PolicySet((policy(*rules),), exceptions=exceptions), known), _asked(dice), NOW
    )


def about_transfers(dice: Dice) -> Question:
    """Draw a world in which one place decides, and on what a transfer there may rest."""
    attribute = pick(dice, ("inference_location",) * 3 + ("storage_location", _SEAT))
    basis = names("transfer_basis.eu_gdpr", Matcher.IS, *pick(dice, _BASES))
    placed = [
        replace(rule(name), require=_test(dice, attribute), waivable=False)
        for name in pick(dice, ("b", "bc", ""))
    ]
    judged: tuple[Signoff, ...] = (
        (signoff("tia", importers=("acme",), countries=("US",)),) if chance(dice, 1, 4) else ()
    )
    known = registry(provider("acme", *_claimed_places(dice, attribute)), *judged)
    transfer = replace(rule("a"), require=basis, waivable=chance(dice, 1, 4))
    return Question(Snapshot(PolicySet((policy(transfer, *placed),)), known), _asked(dice), NOW)


def _claimed_places(dice: Dice, decisive: str) -> Iterator[Claim]:
    """All places at home but one; where data is stored matters only if any is kept."""
    for attribute in PLACE_ATTRIBUTES:
        yield claim(attribute, _value(dice, decisive) if attribute == decisive else places("DE"))
    kept = (None, Decimal(0), Decimal(14), Decimal(14))
    yield claim("retention_days", pick(dice, kept) if decisive == "storage_location" else kept[1])
