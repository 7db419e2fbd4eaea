"""Predicates on requests and on routes.

An *aligned* demand never asks for what is worse: it rewards every value that is more favourable.
Free demands may ask for anything, also for what nobody would ask for.
"""

from __future__ import annotations

from decimal import Decimal

from policy_router.domain.policy import ALWAYS, All, AnyOf, Matcher, Not, Predicate, Test
from policy_router.domain.vocabulary import ATTRIBUTES, TRANSFER_BASES, AttributeKind
from tests.strategies.draws import Dice, chance, pick, several
from tests.strategies.themes import Theme
from tests.strategies.words import PURPOSES, REGIMES, SPAN, TEAMS, TENANTS

TRANSFERS = tuple(f"transfer_basis.{regime.value}" for regime in REGIMES)
PLACE_LISTS = (
    ("EEA",),
    ("EEA", "US", "GB"),
    ("EU",),
    ("EEA", "ADEQUATE.eu_gdpr"),
    ("DE",),
    ("UK", "EEA", "US", "IN", "CA"),
)
_DAYS = tuple(Decimal(n) for n in (30, 0, 1, 365))
_DOLLARS = tuple(Decimal(n) for n in ("2", "1", "0.5", "4"))
_CERTIFICATES = ("iso_27001", "hds")


def names(subject: str, matcher: Matcher, *words: str) -> Test:
    """Make a test that lists names."""
    return Test(subject, matcher, words, None, SPAN)


def bound(subject: str, matcher: Matcher, number: Decimal) -> Test:
    """Make a test with a bound."""
    return Test(subject, matcher, (), number, SPAN)


def _ordered(dice: Dice, subject: str, *, aligned: bool) -> Predicate:
    values = ATTRIBUTES[subject].values
    best = values[: pick(dice, (2, 3, 1)[: len(values)])]
    return names(subject, Matcher.IS, *(best if aligned else several(dice, values, 3)))


def _days(dice: Dice, subject: str, *, aligned: bool) -> Predicate:
    matchers = (Matcher.AT_MOST, Matcher.BELOW, Matcher.AT_LEAST, Matcher.ABOVE)
    return bound(subject, pick(dice, matchers[: 2 if aligned else 4]), pick(dice, _DAYS))


def _places(dice: Dice, subject: str, *, aligned: bool) -> Predicate:
    if aligned:
        inside = pick(dice, (True, True, False))
        matcher = Matcher.WITHIN if inside else Matcher.EXCLUDES
        return names(subject, matcher, *(pick(dice, PLACE_LISTS) if inside else ("IN", "CA")))
    matchers = (
        Matcher.WITHIN,
        Matcher.INCLUDES,
        Matcher.EXCLUDES,
        Matcher.NOT_WITHIN,
        Matcher.INCLUDES_ALL,
    )
    return names(subject, pick(dice, matchers), *pick(dice, PLACE_LISTS))


def _certificates(dice: Dice, subject: str, *, aligned: bool) -> Predicate:
    matchers = (Matcher.INCLUDES, Matcher.INCLUDES_ALL, Matcher.WITHIN, Matcher.EXCLUDES)
    matcher = pick(dice, matchers[: 2 if aligned else 4])
    return names(subject, matcher, *several(dice, _CERTIFICATES, 2))


def _plain(dice: Dice) -> Predicate:
    """Draw a test on what is no claim: names, prices, stage."""
    return pick(
        dice,
        (
            bound("price.input", Matcher.AT_MOST, pick(dice, _DOLLARS)),
            bound("cost", Matcher.BELOW, Decimal("0.001")),
            names("stage", Matcher.IS, "ga", "preview"),
            names("model", Matcher.IS, "m1"),
            names("provider", Matcher.IS, "p0", "p1"),
            names("route", Matcher.IS, "r*"),
            names("features", Matcher.INCLUDES, "streaming"),
            bound("context_window", Matcher.AT_LEAST, Decimal(500)),
            bound("benchmarks.general", Matcher.ABOVE, Decimal(50)),
        ),
    )


def claimed(dice: Dice, subject: str, *, aligned: bool) -> Predicate:
    """Draw a test on one claimed attribute."""
    match ATTRIBUTES[subject].kind:
        case AttributeKind.ORDERED:
            return _ordered(dice, subject, aligned=aligned)
        case AttributeKind.NUMBER:
            return _days(dice, subject, aligned=aligned)
        case AttributeKind.COUNTRIES:
            return _places(dice, subject, aligned=aligned)
        case _:
            return _certificates(dice, subject, aligned=aligned)


def _transfer(dice: Dice) -> Predicate:
    regime = pick(dice, (*REGIMES[:1] * 2, *REGIMES))
    bases = TRANSFER_BASES[regime]
    wanted = pick(dice, (bases, bases, tuple(b for b in bases if b != "dpf"), bases[:2]))
    return names(f"transfer_basis.{regime.value}", Matcher.IS, *wanted)


def demand(dice: Dice, theme: Theme, depth: int = 1) -> Predicate:
    """Draw what a rule requires: of a claim, a sign-off, a basis, or something plain."""
    shape = pick(dice, theme.shapes)
    if shape == "signoff":
        return names("signoff", Matcher.INCLUDES, pick(dice, ("dpia", "dpia", "tia")))
    if shape == "basis" and "provider_jurisdiction" in theme.attributes:
        return _transfer(dice)
    if shape in {"all", "any"} and depth:
        parts = (demand(dice, theme, depth - 1), demand(dice, theme, depth - 1))
        return All(parts) if shape == "all" else AnyOf(parts)
    if shape == "not" and depth and not theme.aligned:
        return Not(ban(dice, theme))
    if shape == "plain":
        return _plain(dice)
    return claimed(dice, pick(dice, theme.matchable), aligned=theme.aligned)


def ban(dice: Dice, theme: Theme, depth: int = 1) -> Predicate:
    """Draw what a rule forbids, at times a combination.

    The opposite of an aligned demand is aligned.
    """
    if depth and chance(dice, 1, 4):
        parts = (ban(dice, theme, depth - 1), ban(dice, theme, depth - 1))
        return AnyOf(parts) if chance(dice, 1, 2) else All(parts)
    subject = pick(dice, theme.matchable)
    if theme.aligned:
        return Not(claimed(dice, subject, aligned=True))
    if chance(dice, 1, 5):
        return _plain(dice)
    return claimed(dice, subject, aligned=False)


_CONDITIONS: tuple[Predicate, ...] = (
    ALWAYS,
    names("data", Matcher.INCLUDES, "personal"),
    names("data", Matcher.INCLUDES, "health"),
    names("data", Matcher.INCLUDES_ANY, "special_category", "criminal"),
    names("data", Matcher.EXCLUDES, "personal"),
    names("data", Matcher.WITHIN, "personal"),
    names("regime", Matcher.INCLUDES, "eu_gdpr"),
    names("subjects", Matcher.INCLUDES, "employees"),
    names("subject_location", Matcher.WITHIN, "EEA"),
    names("purpose", Matcher.IS, PURPOSES[0]),
    names("labels.team", Matcher.IS, *TEAMS[:1]),
    names("stateful", Matcher.IS, "true"),
    names("server_tools", Matcher.INCLUDES_ANY, "web_search"),
    names("requested.model", Matcher.IS, "m*"),
    bound("tokens.input", Matcher.ABOVE, Decimal(100)),
)
SCOPES: tuple[Predicate, ...] = (
    *(ALWAYS,) * 9,
    names("tenant", Matcher.IS, TENANTS[0]),
    Not(names("environment", Matcher.IS, "dev")),
)


def condition(dice: Dice, depth: int = 2) -> Predicate:
    """Draw a predicate on the facts of a request."""
    shape = pick(dice, ("always", "always", "test", "test", "test", "not", "all", "any"))
    if shape == "always":
        return ALWAYS
    if shape == "test" or not depth:
        return pick(dice, _CONDITIONS)
    if shape == "not":
        return Not(condition(dice, depth - 1))
    parts = (condition(dice, 0), condition(dice, 0))
    return All(parts) if shape == "all" else AnyOf(parts)
