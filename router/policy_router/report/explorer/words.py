"""What the explorer says in words: its fields, and a reason in one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, assert_never

from policy_router.audit.dossier.verdicts import (
    Answer,
    Evidenced,
    Reasoning,
    RouteClass,
    RoutePart,
    RuleFound,
)
from policy_router.audit.explored import Explored, Refusal, Told
from policy_router.audit.in_use import First, Why
from policy_router.audit.matrix import Standing
from policy_router.domain.vocabulary import (
    DATA_CATEGORIES,
    DECISION_EFFECTS,
    GIVES,
    LAWFUL_BASES,
    SPECIAL_CATEGORIES,
    SPECIAL_CONDITIONS,
    SUBJECTS,
    Regime,
)
from policy_router.report import phrases
from policy_router.report.dossier.looked import Grounds
from policy_router.report.dossier.wording import REGIMES, needs, source
from policy_router.report.first_screen import note
from policy_router.report.no_help import no_help_words as no_help_words  # noqa: PLC0414 - for pages
from policy_router.service.decision import Decision

Counts = Mapping[Standing, int]
"""How many routes have each standing."""

_ABOUT_PEOPLE: Final = ("personal", "pseudonymised", "child", "criminal", "cardholder")
_SPECIAL: Final = ("special_category", *SPECIAL_CATEGORIES)
DATA: Final = (
    ("About people", _ABOUT_PEOPLE),
    ("Special categories (GDPR Art. 9)", _SPECIAL),
    (
        "Not about people, or secret",
        tuple(c for c in DATA_CATEGORIES if c not in {*_ABOUT_PEOPLE, *_SPECIAL}),
    ),
)
"""Every category of data, in groups."""

REMAIN: Final = ("Route, best first", "Passes", "Model runs in", "Days kept", "Rests on")
"""What is told of routes that remain."""

LAWS: Final = tuple((regime.value, REGIMES[regime]) for regime in Regime)
CHOICES: Final = {
    "lawful_basis": LAWFUL_BASES,
    "special_condition": SPECIAL_CONDITIONS,
    "decision_effect": DECISION_EFFECTS,
    "endpoint": tuple(GIVES),
}
"""The values of facts of which there is one of a few."""

PEOPLE: Final = SUBJECTS
_TITLES: Final = {
    "purpose": "Purpose",
    "lawful_basis": "Lawful basis (GDPR Art. 6)",
    "special_condition": "Condition of Art. 9(2)",
    "decision_effect": "What the answer decides about people",
    "tenant": "Tenant (part of the organisation)",
    "project": "Project that calls",
    "environment": "Environment",
    "endpoint": "Operation of the API",
    "subject_location": "Countries people are in (such as DE, FR)",
    "server_tools": "Tools that run at the provider",
    "tokens_input": "Tokens sent",
    "tokens_output": "Tokens wanted",
    "labels": "Labels (name=value, …)",
}
_FACTS: Final = _TITLES | {
    "data": "what data it is",
    "regime": "whose law applies",
    "subjects": "whom it is about",
    "tokens.input": "tokens sent",
    "tokens.output": "tokens wanted",
}
_OWN: Final = {"A6": "Art. 6(1)", "A9": "Art. 9(2)"}


def title(field: str) -> str:
    """What a field asks for."""
    return _TITLES[field]


def option(value: str) -> str:
    """A value of the language as a choice for people."""
    law, _, letter = value.rpartition("-")
    article = _OWN.get(law.partition("-")[0])
    return f"{article}({letter})" if article else value.replace("_", " ")


def in_the_way(refusal: Refusal, looked: Grounds) -> Iterator[tuple[str, str, str]]:
    """The rules in the way of routes: verdict in words, the rule's title, what it rests on.

    Before them the obligations: their names, after what that means.
    """
    yield from (("not met", headline(refusal), name) for name in refusal.obligations)
    for said, names in (("not met", refusal.failed), ("not known", refusal.unknown)):
        for name in names:
            policy, _, rule = name.partition("/")
            found = looked.rules[policy, rule]
            yield said, found.title or name, source(found)


def headline(refusal: Refusal) -> str:
    """Why routes are refused where no rule is named for it."""
    return "" if refusal.reason is None else phrases.headline(refusal.reason)


def stopping(reasoning: Reasoning, looked: Grounds) -> list[RuleFound]:
    """The rules in the way, in the order of their policies."""
    return [rule for rule in reasoning.rules if looked.stops(rule)]


def asked(decision: Decision) -> str:
    """The facts of a request as one line, laws by their titles."""
    facts = decision.asked
    laws = sorted(facts.set_fact("regime").members)
    rest = {name: found for name, found in facts.sets.items() if name != "regime"}
    said = phrases.asked(replace(facts, sets=rest)).replace("_", " ")
    under = " and ".join(REGIMES[Regime(law)] for law in laws)
    unasked = phrases.used_unasked(decision.unasked).replace("_", " ")
    return "; ".join(filter(None, (said, f"under {under}" if under else "", unasked)))


def facts(names: Iterable[str]) -> str:
    """Facts by the titles of their fields."""
    return ", ".join(_FACTS.get(name) or name.replace("_", " ") for name in names)


def missing(answer: Explored) -> list[str]:
    """The facts that are not said and keep any route from carrying the request."""
    return list(dict.fromkeys(fact for refusal in answer.refusals for fact in refusal.facts))


def needed(reasoning: Reasoning, looked: Grounds) -> str:
    """What would permit routes: the shortest list, or that there is none."""
    if reasoning.shortest is not None:
        return needs(reasoning.shortest, looked.titles)
    return "no list was found" if reasoning.rules else "no rule stops it; what does is said above"


def evidence(rules: Iterable[RuleFound], looked: Grounds) -> str:
    """How much evidence there is of what is wanting, and the age of the oldest."""
    wanting = (d for rule in rules for d in rule.demands if d.answer is not Answer.MET)
    numbers = {n for demand in wanting for n in demand.evidence}
    ages = [age for n in numbers if (age := looked.claim(n).age_days) is not None]
    oldest = f", the oldest {phrases.counted(max(ages), 'day')} old" if ages else ""
    if not numbers:
        return "What was wanted and found"
    return f"On which evidence: {phrases.counted(len(numbers), 'claim')}{oldest}"


def ordered(reasoning: Reasoning, looked: Grounds) -> list[RuleFound]:
    """The rules that apply: those in the way first, those only watched last."""
    return sorted(reasoning.rules, key=lambda r: (not looked.stops(r), looked.is_watched(r)))


def meets(reasoning: Reasoning, looked: Grounds) -> str:
    """How many rules a route meets, and the age of the oldest evidence among them."""
    enforced = [rule for rule in reasoning.rules if not looked.is_watched(rule)]
    numbers = {n for rule in enforced for demand in rule.demands for n in demand.evidence}
    ages = [age for n in numbers if (age := looked.claim(n).age_days) is not None]
    oldest = f", oldest evidence {phrases.counted(max(ages), 'day')} old" if ages else ""
    return f"{phrases.counted(len(enforced), 'rule')} met{oldest}"


def across(each: RouteClass, looked: Grounds, attribute: str) -> str:
    """What the parties on a route say of an attribute, once if they say the same."""
    said = {party: looked.claimed(each, party, attribute) for party in each.parties}
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return "; ".join(f"{looked.title(party)}: {answer}" for party, answer in said.items())


def claims_about(each: RouteClass, looked: Grounds, attribute: str) -> list[Evidenced]:
    """What is claimed of an attribute, party by party."""
    return [c for n in each.claims if (c := looked.claim(n)).attribute == attribute]


def such_as(refusal: Refusal, at_once: bool) -> str:
    """What stands before routes that stand for others."""
    return "" if at_once or len(refusal.routes) == 1 else "Such as by "


def every(refusal: Refusal) -> str:
    """What opens the list of all routes that went for a reason."""
    if len(refusal.routes) == 1:
        return "Which, on what evidence, what would make it pass"
    return f"All {len(refusal.routes):,}: which, on what evidence, what would make them pass"


def class_of(told: Told, route: str) -> RouteClass:
    """The class of a route."""
    return next(each for each in told.classes if any(r.id == route for r in each.routes))


def classes_of(told: Told, routes: Iterable[str]) -> list[RouteClass]:
    """The classes of some routes."""
    wanted = set(routes)
    return [each for each in told.classes if any(r.id in wanted for r in each.routes)]


def part_of(each: RouteClass, route: str) -> RoutePart:
    """A route of a class."""
    return next(r for r in each.routes if r.id == route)


def rules_asked(told: Told) -> list[tuple[str, str]]:
    """Every rule that is asked of any route, by policy and name, in the order of the policies."""
    said = {(r.policy, r.rule) for c in told.classes for one in c.reasonings for r in one.rules}
    every = ((policy.id, rule.id) for policy in told.policies for rule in policy.rules)
    return [name for name in every if name in said]


def rule_on(each: RouteClass, policy: str, rule: str) -> RuleFound | None:
    """What a rule says of a class; None if it is not asked."""
    found = (r for one in each.reasonings for r in one.rules)
    return next((r for r in found if (r.policy, r.rule) == (policy, rule)), None)


# ---- the first look -----------------------------------------------------------------------------


def remaining(counts: Counts) -> str:
    """How many routes remain of how many."""
    some, of_all = counts[Standing.PERMITTED], sum(counts.values())
    if of_all == 0:
        return "No route is looked at"
    verb = "remains" if of_all == 1 or some == 1 else "remain"
    return f"{some:,} of {phrases.counted(of_all, 'route')} {verb}"


def shares(counts: Counts) -> Iterator[tuple[str, int, int]]:
    """The parts of a bar of 1,000: kind, where it begins, how wide it is."""
    of_all, begin = max(1, sum(counts.values())), 0
    for number, standing in enumerate(Standing):
        through = sum(counts[each] for each in list(Standing)[: number + 1])
        end = 1000 * through // of_all
        yield standing.value, begin, end - begin
        begin = end


def scope_title(first: First) -> str:
    """The routes that are looked at first, as a choice."""
    count = phrases.counted(len(first.routes), "route")
    match first.why:
        case Why.IN_USE:
            return f"the {count} in use"
        case Why.ASKED_FIRST:
            return f"the {count} asked about first"
        case Why.IN_REACH | Why.CHOSEN:
            return f"all {count} within reach"
        case _:
            assert_never(first.why)


def scope(first: First, reach: str, part: str) -> str:
    """Which routes are looked at, in a sentence."""
    holding = f" whose name holds `{part}`" if part else ""
    match reach:
        case "first":
            said = note(first) or "Looked at are all routes within reach."
        case "within":
            said = "Looked at are all routes within reach of the project's gateways."
        case _:
            said = "Looked at are all routes on file, also those out of reach."
    return f"{said} Of these only routes{holding}." if part else said
