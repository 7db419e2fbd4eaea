"""A report looked up by what its parts are called, and what is said of one claim or place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from policy_router.audit.dossier.content import Dossier, PolicyPart, RulePart
from policy_router.audit.dossier.verdicts import (
    Demand,
    Evidenced,
    Found,
    Names,
    PlaceBasis,
    Reasoning,
    RouteClass,
    RuleFound,
)
from policy_router.audit.dossier.writings import (
    Entry,
    LawPart,
    PartyPart,
    RecordEntry,
    TransferPart,
)
from policy_router.domain.policy import Mode
from policy_router.engine.words import UNKNOWN
from policy_router.report import phrases
from policy_router.report.dossier import wording as w
from policy_router.report.grounds import Ends, grounds_words
from policy_router.report.plain_words import value_words

FEW: Final = 6
"""Of so many classes everything is told in its place; of more, what they share is told once."""

Value = str | int
Row = tuple[Value, ...]

BLANK = "to complete"
"""What stands in a cell that a person fills in, whatever the table is written as."""


Numbered = tuple[RuleFound, int]
"""What a rule finds of several classes, and the number it is told by."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `name`: of its file or sheet; `blanks`: the titles of columns a person fills in."""

    name: str
    title: str
    columns: Names
    rows: tuple[Row, ...]
    blanks: frozenset[str] = frozenset()


class Grounds:
    """Parties, rules and claims, looked up by what they are called.

    `evidence`: in order of the numbers; `law`: the adequacy decisions to tell in full.
    """

    def __init__(
        self,
        parties: Iterable[PartyPart],
        policies: Iterable[PolicyPart],
        evidence: Sequence[Evidenced],
        law: Iterable[LawPart] = (),
    ) -> None:
        self.parties = {p.id: p for p in parties}
        self.titles = _titles(self.parties.values())
        self.evidence = evidence
        self.law = {part.id: part for part in law}
        self.rules: dict[tuple[str, str], RulePart] = {
            (policy.id, rule.id): rule for policy in policies for rule in policy.rules
        }

    def rule(self, found: RuleFound) -> RulePart:
        """The rule that a verdict is of."""
        return self.rules[found.policy, found.rule]

    def claim(self, number: int) -> Evidenced:
        """The claim of a number."""
        return self.evidence[number - 1]

    def party(self, name: str) -> PartyPart:
        """The party of an id."""
        return self.parties[name]

    def claimed(self, each: RouteClass, party: str, attribute: str) -> str:
        """What counts of a party on the routes of a class."""
        claims = map(self.claim, each.claims)
        said = (c.value for c in claims if (c.party, c.attribute) == (party, attribute))
        return value_words(attribute, next(said, UNKNOWN))

    def by_attribute(self, each: RouteClass) -> Iterator[tuple[str, list[Evidenced]]]:
        """What is claimed of the parties on the routes of a class, attribute by attribute."""
        yield from _grouped(map(self.claim, each.claims))

    def rules_on(self, each: RouteClass) -> list[tuple[RuleFound, Names]]:
        """Every verdict on a class once, with the scenarios it is the verdict for."""
        found: dict[RuleFound, list[str]] = {}
        for reasoning in each.reasonings:
            for rule in reasoning.rules:
                found.setdefault(rule, []).extend(reasoning.scenarios)
        ordered = sorted(found, key=lambda rule: (not self.stops(rule), self.is_watched(rule)))
        return [(rule, tuple(found[rule])) for rule in ordered]

    def is_watched(self, found: RuleFound) -> bool:
        """Whether a rule is recorded and never enforced."""
        return self.rule(found).mode is Mode.MONITOR

    def stops(self, found: RuleFound) -> bool:
        """Whether a rule keeps a route from carrying a scenario."""
        return not found.verdict.allows and not self.is_watched(found)

    def because(self, reasoning: Reasoning) -> str:
        """The rules in the way of a scenario, else what stood in it before any rule."""
        rules = [
            f"{r.policy}/{r.rule} ({phrases.verdict(r.verdict)})"
            for r in reasoning.rules
            if self.stops(r)
        ]
        headline = phrases.headline(reasoning.reason) if reasoning.reason else ""
        return ", ".join(rules) or "; ".join((headline, *reasoning.said))

    def places(self, demand: Demand) -> list[str]:
        """The places of a route with the transfer bases there are, alike ones together."""
        alike: dict[tuple[str, str | None, str], list[str]] = {}
        for place in demand.places:
            key = (place.party, place.country, self.based(place))
            alike.setdefault(key, []).append(phrases.title_of(place.attribute))
        return [
            f"{self.title(party)}, {country or _unknown_place(about)}: {basis}"
            for (party, country, basis), about in alike.items()
        ]

    def based(self, place: PlaceBasis | TransferPart) -> str:
        """The transfer bases for a place, with the adequacy decisions they rest on."""
        found = "; ".join(map(self._decision, place.decisions))
        said = bases(place.held, place.possible)
        return f"{said} ({found})" if found else said

    def _decision(self, name: str) -> str:
        """A decision by its id, with its number, its sources and since when it is known."""
        part = self.law.get(name)
        if part is None:
            return f"`{name}`"
        known = f"on file since {part.recorded.date().isoformat()}"
        return ", ".join(filter(None, (f"`{name}`", part.instrument, *part.sources, known)))

    def records(
        self, entries: Iterable[RecordEntry]
    ) -> list[tuple[Entry, list[tuple[RecordEntry, Names, bool]]]]:
        """Records entry by entry, scenarios of which the same is on file together.

        Each with whether that is all the scenarios there is a record of.
        """
        alike: dict[Entry, dict[tuple[object, bool], list[RecordEntry]]] = {}
        for each in entries:
            same = alike.setdefault(each.entry, {})
            same.setdefault((each.said, each.to_fill), []).append(each)
        return [(entry, _together(list(same.values()))) for entry, same in alike.items()]

    def title(self, party: str) -> str:
        """The title of a party."""
        return self.titles.get(party, party)


class Looked(Grounds):
    """A report, looked up by what its parts are called."""

    def __init__(self, dossier: Dossier) -> None:
        super().__init__(dossier.parties, dossier.policies, dossier.evidence, dossier.law)
        self.dossier = dossier
        exceptions = {("exception", e.id): e.end for e in dossier.exceptions}
        self.findings = _repeated(dossier.classes) if len(dossier.classes) > FEW else {}
        self._ends: Ends = {**exceptions, **{("sign-off", s.id): s.end for s in dossier.signoffs}}

    def briefly(self, reasoning: Reasoning) -> str:
        """What is in the way, above the rules themselves: of many classes how many these are."""
        stopping = sum(map(self.stops, reasoning.rules))
        if not self.findings or not stopping:
            return self.because(reasoning)
        return f"{phrases.counted(stopping, 'rule')} in the way, told below"

    def rules_of_its_own(self, each: RouteClass) -> list[tuple[RuleFound, Names]]:
        """The verdicts on a class that no other class has, with their scenarios."""
        return [(r, names) for r, names in self.rules_on(each) if r not in self.findings]

    def shared_by(self, each: RouteClass) -> list[tuple[tuple[str, Names], list[Numbered]]]:
        """The verdicts on a class that others have too, alike ones for the same scenarios."""
        found: dict[tuple[str, Names], list[Numbered]] = {}
        for rule, scenarios in self.rules_on(each):
            number = self.findings.get(rule)
            if number is not None:
                found.setdefault((self.verdict(rule), scenarios), []).append((rule, number))
        return list(found.items())

    def verdict(self, found: RuleFound) -> str:
        """A verdict in words, and whether it binds."""
        said = w.verdict(found)
        return f"{said}, only watched" if self.is_watched(found) else said

    def grounds(self, found: Found) -> str:
        """The exceptions and sign-offs that a permission rests on, with their last days."""
        return grounds_words(found.exceptions, found.signoffs, self._ends)


def _repeated(classes: Iterable[RouteClass]) -> dict[RuleFound, int]:
    """The findings of rules that several classes share, numbered in the order of the classes."""
    classes_with = Counter(
        rule for each in classes for rule in {r: None for g in each.reasonings for r in g.rules}
    )
    shared = (rule for rule, number in classes_with.items() if number > 1)
    return {rule: number for number, rule in enumerate(shared, start=1)}


def _titles(parties: Iterable[PartyPart]) -> dict[str, str]:
    """The titles of parties by their ids; with the id, where two have the same."""
    found = [(p.id, p.title) for p in parties]
    same = Counter(title for _, title in found)
    return {name: title if same[title] == 1 else f"{title} ({name})" for name, title in found}


def _grouped(claims: Iterable[Evidenced]) -> Iterator[tuple[str, list[Evidenced]]]:
    for attribute, found in groupby(claims, key=lambda claim: claim.attribute):
        yield attribute, list(found)


def _together(groups: list[list[RecordEntry]]) -> list[tuple[RecordEntry, Names, bool]]:
    return [(same[0], tuple(r.scenario for r in same), len(groups) == 1) for same in groups]


def _unknown_place(about: list[str]) -> str:
    return f"place not known ({', '.join(about)})"


def sourced(looked: Grounds, claim: Evidenced) -> str:
    """What a party is claimed to do, on which source, of which age."""
    said = value_words(claim.attribute, claim.value)
    return f"{looked.title(claim.party)}: {said} ({origin(claim)})"


def origin(claim: Evidenced) -> str:
    """Why a claim is not known, where it was read, and how old that is."""
    gap = phrases.gap(claim.gap) if claim.gap else ""
    if claim.kind is None or claim.age_days is None:
        return gap or "nothing is recorded"
    on = f"{phrases.source_kind(claim.kind)}, {phrases.counted(claim.age_days, 'day')} old"
    return f"{gap}; {on}" if gap else on


def bases(held: Names, possible: Names) -> str:
    """Transfer bases in words: those there are, else those there may be."""
    if held:
        return ", ".join(value_words("transfer_basis.eu_gdpr", name) for name in held)
    if possible:
        return "not known whether there is a basis"
    return "no basis"
