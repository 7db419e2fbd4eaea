"""Sets of steps tried one by one: all that could be said, by whoever could say it.

Nothing here is asked of the search. What a step does to a world, and what comes of a world, is
asked of the definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, product

from policy_router.domain.claim import ClaimValue, Gap, Knowledge, Members
from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.policy import Rule, Test
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import ATTRIBUTES
from policy_router.engine.matching import tests_in
from policy_router.engine.question import Question
from policy_router.engine.reference import candidate_for, covering_policies
from policy_router.engine.steps import (
    Contract,
    Judged,
    Shown,
    Stated,
    Step,
    Waived,
    about_route,
    with_steps,
)
from policy_router.registry.hops import hops_of, route_knowledge
from policy_router.registry.standpoint import Standpoint
from tests.small import places

Place = tuple[str, ...]
"""What is done and where, whatever is said: a contract, evidence, a judgement, a fact, a waiver;
and that a contract changes what is known of an attribute."""
Where = tuple[str, str]
Said = tuple[str, str, str, ClaimValue]
"""Whether by contract or as evidence, at which hop, and what of which attribute."""

_CLAUSES = (Clause(Mechanism.SCC, "M2"), Clause(Mechanism.BCR))
_STORED, _KEPT = "storage_location", "retention_days"
_TRANSFER = "transfer_basis"
_SEAT = "provider_jurisdiction"
_PLACES = (_SEAT, "inference_location", _STORED)
_HOME = places("DE")
_MEMBERS = {"EEA": ("DE", "NO"), "UK": ("GB",)}
_ELSEWHERE = "IN"
"""A country that no rule names."""
_MOST_COUNTRIES = 3
"""No two tests of places want more."""
_UNIVERSE: dict[str, Sequence[ClaimValue]] = {
    "training": ATTRIBUTES["training"].values,
    "dpa": ATTRIBUTES["dpa"].values,
    "certifications": tuple(
        places(*some) for n in range(4) for some in combinations(("another", "hds", "iso_27001"), n)
    ),
}


class Tries:
    """The only route of a question, tried with all sets of at most `largest` steps."""

    def __init__(self, q: Question, rules: Sequence[Rule], largest: int) -> None:
        self._q = q
        (self._route,) = q.snapshot.registry.routes.values()
        self._alone: Snapshot = about_route(q, self._route)
        self._rules = rules
        self._largest = largest
        self._hops = hops_of(q.snapshot.registry, self._route)
        self._countries = _countries(rules)
        sets = dict.fromkeys(_PLACES, _sets_of(self._countries))
        self._universe: dict[str, Sequence[ClaimValue]] = {**_UNIVERSE, **sets, _KEPT: _days(rules)}

    def smallest(self) -> set[frozenset[Place]]:
        """The smallest sets that permit the route, for something that their steps may say."""
        found: list[frozenset[Place]] = []
        for size in range(1, self._largest + 1):
            for chosen in map(frozenset, combinations(self._places(), size)):
                if not any(smaller <= chosen for smaller in found) and self._may_permit(chosen):
                    found.append(chosen)
        return set(found)

    def _places(self) -> list[Place]:
        tests = [test for rule in self._rules for test in _tests(rule)]
        kinds = sorted({n for t in tests if t.subject == "signoff" for n in t.names})
        transfers = any(t.subject.startswith(_TRANSFER) for t in tests)
        return [
            *(("contract", hop) for hop in self._hops),
            *(("evidence", hop) for hop in self._hops),
            *(("judgement", kind) for kind in kinds),
            *(("assessment", hop) for hop in self._hops if transfers),
            *(("fact", name) for name in ("data",) if not self._q.knows(name)),
            *(("waiver", rule.id) for rule in self._rules if rule.waivable),
            *(("move", *where) for where in self._wheres() if self.moves(*where)),
        ]

    def moves(self, hop: str, attribute: str) -> bool:
        """Whether a contract that states it changes what is known and no rule asks for."""
        read = {_STORED, _KEPT} if attribute == _KEPT else {attribute}
        asked = any(read & self._named(rule) for rule in self._rules)
        heard = [] if asked or attribute not in {*_PLACES, _KEPT} else self._heard(hop, attribute)
        return bool(heard) and not any(_is_open(f) or f.value == places("GLOBAL") for f in heard)

    def _wheres(self) -> Iterator[Where]:
        return product(self._hops, self._attributes())

    def _may_permit(self, chosen: frozenset[Place]) -> bool:
        others = [step for place in sorted(chosen) for step in self._saying_nothing(place)]
        sayings = ([None, *options] for options in self._sayable(chosen).values())
        return any(self._permits([*_speaking(chosen, said), *others]) for said in product(*sayings))

    def _sayable(self, chosen: frozenset[Place]) -> dict[Where, list[Said]]:
        """Who of the chosen could say what: where there is a contract, evidence can say no more."""
        found: dict[Where, list[Said]] = {}
        for hop, attribute in self._wheres():
            signed = self._signable(hop, attribute, chosen) if ("contract", hop) in chosen else ()
            shown = self._showable(hop, attribute) if ("evidence", hop) in chosen else ()
            found[hop, attribute] = (
                [("contract", hop, attribute, value) for value in signed]
                if signed
                else [("evidence", hop, attribute, value) for value in shown]
            )
        return found

    def _attributes(self) -> list[str]:
        """Those that rules name, and where transfers matter, the places not known to be at home."""
        named = {name for rule in self._rules for name in self._named(rule)}
        away = {
            p
            for p in _PLACES
            if any(f.value != _HOME for hop in self._hops for f in self._heard(hop, p))
        }
        return sorted(_with_days_kept(named | away) & set(self._universe))

    def _named(self, rule: Rule) -> set[str]:
        found = {test.subject for test in _tests(rule)}
        accepting = (e for e in self._q.snapshot.policies.exceptions if e.rule == rule.id)
        return found | {name for exception in accepting for name, _ in exception.accepts}

    def _signable(self, hop: str, attribute: str, chosen: frozenset[Place]) -> Sequence[ClaimValue]:
        """What a contract could state: of a seat nothing else than is known."""
        stays = self.moves(hop, attribute) and ("move", hop, attribute) not in chosen
        if stays or (attribute == _SEAT and not self._showable(hop, attribute)):
            return ()
        return self._universe[attribute]

    def _showable(self, hop: str, attribute: str) -> Sequence[ClaimValue]:
        """What evidence could show: anything where something is not known, except a contract."""
        heard = self._heard(hop, attribute)
        if attribute == "dpa":
            return [f.claim.value for f in heard if _is_stale(f) and f.claim and f.claim.value]
        return self._universe[attribute] if any(map(_is_open, heard)) else ()

    def _heard(self, hop: str, attribute: str) -> list[Knowledge]:
        """What is known of an attribute, for each rule that reads it."""
        found = []
        for rule in self._rules:
            named = self._named(rule)
            places = set(_PLACES) if any(n.startswith(_TRANSFER) for n in named) else set()
            if attribute in _with_days_kept(named | places):
                view = Standpoint(self._q.snapshot.registry, self._q.moment, rule.demand)
                hops = route_knowledge(view, self._route, attribute).hops
                found += [f for f in hops if f.hop == hop]
        return found

    def _permits(self, steps: Sequence[Step]) -> bool:
        then = with_steps(self._q, self._alone, steps)
        (route,) = then.snapshot.registry.routes.values()
        return candidate_for(then, covering_policies(self._q), route).permitted

    def _saying_nothing(self, place: Place) -> Iterator[Step]:
        match place:
            case ("judgement", kind):
                yield Judged(kind)
            case ("assessment", hop):
                yield from (Judged("tia", hop, country) for country in self._countries)
            case ("fact", name):
                yield Stated(name)
            case ("waiver", rule):
                yield Waived("policy", rule)
            case _:
                return


def _speaking(chosen: frozenset[Place], said: Sequence[Said | None]) -> Iterator[Step]:
    """The chosen contracts, with all clauses there are, and the chosen evidence."""
    for kind, hop in sorted(p for p in chosen if p[0] in {"contract", "evidence"}):
        terms = tuple((s[2], s[3]) for s in said if s is not None and s[:2] == (kind, hop))
        if kind == "contract":
            yield Contract(hop, terms, _CLAUSES)
        elif terms:
            yield Shown(hop, terms)


def _countries(rules: Sequence[Rule]) -> list[str]:
    """Each that rules name, two of a territory they name, home for transfers, and another."""
    tests = [test for rule in rules for test in _tests(rule)]
    named = {name for test in tests if test.subject in _PLACES for name in test.names}
    if any(test.subject.startswith(_TRANSFER) for test in tests):
        named |= {"EEA", "US"}
    inside = {country for name in named for country in _MEMBERS.get(name, (name,))}
    return sorted({*inside, _ELSEWHERE})


def _days(rules: Sequence[Rule]) -> Sequence[ClaimValue]:
    """None, each number that rules name, and one above each."""
    tests = [test for rule in rules for test in _tests(rule) if test.subject == _KEPT]
    named = {Decimal(0), *(test.bound for test in tests if test.bound is not None)}
    return sorted(named | {days + 1 for days in named})


def _sets_of(countries: Sequence[str]) -> Sequence[ClaimValue]:
    sizes = range(1, _MOST_COUNTRIES + 1)
    return [places(*some) for size in sizes for some in combinations(countries, size)]


def _tests(rule: Rule) -> Iterator[Test]:
    for part in (rule.require, *rule.forbid):
        yield from tests_in(part) if part is not None else ()


def _with_days_kept(attributes: set[str]) -> set[str]:
    """Where nothing is kept, nothing is stored anywhere."""
    return attributes | ({_KEPT} if _STORED in attributes else set())


def _is_open(found: Knowledge) -> bool:
    value = found.value
    return value is None or (isinstance(value, Members) and (value.open or bool(value.optional)))


def _is_stale(found: Knowledge) -> bool:
    return found.gap in {Gap.TOO_OLD, Gap.NOT_VERIFIED} and found.agreement is None
