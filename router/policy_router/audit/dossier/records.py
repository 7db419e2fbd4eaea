"""Records of processing activities (GDPR Art. 30), as far as routes and scenarios fill them in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policy_router.audit.dossier.content import ScenarioPart
from policy_router.audit.dossier.verdicts import Evidenced, Names, RouteClass
from policy_router.audit.dossier.writings import Article, Entry, PartyPart, RecordEntry, Said
from policy_router.audit.matrix import Standing

_ATTRIBUTES: Final = {
    Entry.ERASURE: ("retention_days", "zero_data_retention"),
    Entry.SECURITY: ("certifications", "logging", "human_review", "third_party_access"),
}
"""Which claims say something about an entry."""

_FACTS: Final = {
    Entry.PURPOSES: ("purpose", "lawful_basis", "special_condition"),
    Entry.SUBJECTS: ("subjects", "subject_location"),
    Entry.DATA: ("data",),
    Entry.CATEGORIES: ("purpose",),
}
"""Which facts of a scenario's request say something about an entry."""

_ENTRIES: Final = {
    Article.CONTROLLER: (
        Entry.CONTROLLER, Entry.JOINT, Entry.REPRESENTATIVE, Entry.OFFICER, Entry.PURPOSES,
        Entry.SUBJECTS, Entry.DATA, Entry.RECIPIENTS, Entry.TRANSFERS, Entry.ERASURE,
        Entry.SECURITY,
    ),
    Article.PROCESSOR: (
        Entry.PROCESSOR, Entry.CONTROLLERS, Entry.REPRESENTATIVE, Entry.OFFICER,
        Entry.CATEGORIES, Entry.TRANSFERS, Entry.SECURITY,
    ),
}  # fmt: skip
"""The entries of each record, in the order of the law."""

_COMPLETE: Final = frozenset({Entry.RECIPIENTS, Entry.TRANSFERS})
"""What the registry can tell in full; of everything else a person has to say whether it is all."""


@dataclass(frozen=True, slots=True)
class Records:
    """What is on file for the records, from routes that may carry a scenario.

    `evidence`: claims in order of their numbers.
    """

    classes: Sequence[RouteClass]
    evidence: Sequence[Evidenced]
    parties: Sequence[PartyPart]

    def entries(self, scenarios: Iterable[ScenarioPart]) -> tuple[RecordEntry, ...]:
        """Every entry of both records for every scenario about people, in the order of the law."""
        about_people = [s for s in scenarios if _is_personal(s)]
        return tuple(
            self._entry(article, scenario, entry)
            for article, entries in _ENTRIES.items()
            for scenario in about_people
            for entry in entries
        )

    def _entry(self, article: Article, scenario: ScenarioPart, entry: Entry) -> RecordEntry:
        said = tuple(dict.fromkeys(self._said(scenario, entry)))
        to_fill = entry not in _COMPLETE or not said
        return RecordEntry(article, scenario.id, entry, said, to_fill)

    def _said(self, scenario: ScenarioPart, entry: Entry) -> Iterator[Said]:
        carrying = [c for c in self.classes if _carries(c, scenario.id)]
        on_the_way = {party for c in carrying for party in c.parties}
        if entry is Entry.RECIPIENTS:
            yield from (_recipient(p) for p in self.parties if p.id in on_the_way)
        elif entry is Entry.TRANSFERS:
            yield from _transfers(carrying, scenario.id)
        elif entry in _FACTS:
            yield from _facts(scenario, _FACTS[entry])
        else:
            yield from self._claims(carrying, _ATTRIBUTES.get(entry, ()))

    def _claims(self, carrying: Iterable[RouteClass], attributes: Names) -> Iterator[Said]:
        numbers = dict.fromkeys(number for c in carrying for number in c.claims)
        for claim in (self.evidence[number - 1] for number in numbers):
            if claim.attribute in attributes and claim.gap is None:
                yield Said(claim.party, claim.attribute, (claim.value,))


def _carries(each: RouteClass, scenario: str) -> bool:
    return any(
        r.standing is Standing.PERMITTED and scenario in r.scenarios for r in each.reasonings
    )


def _transfers(carrying: Iterable[RouteClass], scenario: str) -> Iterator[Said]:
    """Places on routes that may carry the scenario, with the bases known to hold for them."""
    for reasoning in (r for c in carrying for r in c.reasonings if scenario in r.scenarios):
        for place in (p for rule in reasoning.rules for d in rule.demands for p in d.places):
            yield Said(place.party, place.country, place.held)


def _recipient(party: PartyPart) -> Said:
    return Said(party.id, None, (party.entity,) if party.entity else ())


def _facts(scenario: ScenarioPart, names: Names) -> Iterator[Said]:
    for fact in scenario.facts:
        if fact.name in names:
            yield Said(None, fact.name, fact.values)


def _is_personal(scenario: ScenarioPart) -> bool:
    """Whether anything but data about nobody is said to be in it; data nobody described counts."""
    data = [fact for fact in scenario.facts if fact.name == "data"]
    return not data or any(fact.open or set(fact.values) != {"non_personal"} for fact in data)
