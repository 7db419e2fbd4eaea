"""The steps that rules in the way of a route propose: all there is to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import prod

from policy_router.domain.claim import ClaimValue
from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import PolicyException, Rule
from policy_router.domain.route import Route
from policy_router.domain.vocabulary import (
    ATTRIBUTES,
    HOME_TERRITORY,
    REQUEST_READS,
    TRANSFER_BASIS,
    Regime,
)
from policy_router.engine.fronts import RuleKey
from policy_router.engine.marks import RETENTION, STORAGE, Marks
from policy_router.engine.matching import RouteView, tests_in
from policy_router.engine.question import Question
from policy_router.engine.resting import stated_in_part
from policy_router.engine.sayable import SEATS, Offer, Sayable, may_be_shown, possible
from policy_router.engine.setwise import Bounds
from policy_router.engine.shortfalls import Aim, aims, unmet, unrested
from policy_router.engine.steps import Contract, Judged, Shown, Stated, Step, Waived, place_of
from policy_router.registry.favour import GLOBAL
from policy_router.registry.hops import MAKER_HOP, hops_of, route_knowledge
from policy_router.registry.signoffs import TIA
from policy_router.registry.transfer import (
    CLAUSES,
    MODULAR,
    PLACE_ATTRIBUTES,
    Place,
    PlaceBases,
)

MOST_CONTENTS = 64
"""Ways to choose what contracts and evidence say."""

Where = tuple[str, str]
"""A hop and an attribute."""


@dataclass(frozen=True, slots=True)
class Want:
    """What one rule wants of a claim: a test to meet, or a place named inside a home territory."""

    rule: RuleKey
    aim: Aim | None
    home: str | None = None


class Proposals:
    """What would help the only route of `at`, which the rules `blocked` keep from passing.

    `rules`: all that could stop it. `keys`: those that are in the way, and those that come in the
    way if something is changed for others. `wants`: what these want, by whom it would have to come.
    """

    def __init__(
        self,
        at: Question,
        rules: Mapping[RuleKey, Rule],
        blocked: Sequence[RuleKey],
        bounds: Bounds,
    ) -> None:
        self.keys: list[RuleKey] = []
        self.offers: dict[Where, Offer | None] = {}
        self.wants: dict[Where, list[Want]] = {}
        self.clauses: dict[str, dict[Clause, set[RuleKey]]] = {}
        self.others: dict[Judged | Stated | Waived, None] = {}
        self._at = at
        (self._route,) = at.snapshot.registry.routes.values()
        self._rules = rules
        self._bounds = bounds
        accepted = [(key, *claim) for key in rules for claim in self._accepted(key)]
        self.marks = Marks(at, rules, accepted)
        self._sayable = Sayable(at, self.marks, bounds)
        self._collect(blocked)
        self._mend()
        if any(map(_forbids_a_basis, rules.values())):
            bounds.cut = True

    def _collect(self, blocked: Sequence[RuleKey]) -> None:
        """What blocked rules want, and then what those want that lose something by it."""
        waiting = dict.fromkeys(blocked)
        while waiting:
            key = next(iter(waiting))
            del waiting[key]
            self.keys.append(key)
            before = len(self.offers)
            self._add(key, stirred=key not in blocked)
            for hop, attribute in list(self.offers)[before:]:
                offer = self.offers[hop, attribute]
                losing = self._sayable.losing(hop, attribute, offer) if offer else ()
                waiting |= dict.fromkeys(k for k in losing if k not in self.keys)

    # ---- what a rule wants ----

    def _add(self, key: RuleKey, *, stirred: bool) -> None:
        q, rule = self._at, self._rules[key]
        named = [*q.open_facts(rule)]
        for exception in exceptions_to(q, key, self._route):
            named.extend(stated_in_part(q, (t.subject for t in tests_in(exception.when))))
        self.others |= dict.fromkeys(map(Stated, named))
        if rule.waivable:
            self.others[Waived(*key)] = None
        for view in self.marks.views(key):
            for aim in aims(rule) if stirred else unmet(rule, view):
                self._add_aim(key, aim, view, stirred=stirred)
        for attribute, _ in self._accepted(key):
            self._offer_everywhere(attribute)
        for hop in [hop for hop, attribute in self.offers if attribute == STORAGE]:
            self._offer((hop, RETENTION))

    def _add_aim(self, key: RuleKey, aim: Aim, view: RouteView, *, stirred: bool) -> None:
        subject = aim.test.subject
        spec = ATTRIBUTES.get(subject)
        if spec is not None and spec.claimed:
            for found in route_knowledge(view.standpoint, view.route, subject).hops:
                if stirred or not aim.met(view.test_claim(aim.test, found.value)):
                    self._want((found.hop, subject), Want(key, aim))
            self._offer_everywhere(subject)
            return
        for begins, read in REQUEST_READS.items():
            for name in stated_in_part(self._at, read if subject.startswith(begins) else ()):
                self.others[Stated(name)] = None
        if subject == "signoff":
            self.others |= dict.fromkeys(map(Judged, aim.test.names))
        elif subject.startswith(TRANSFER_BASIS):
            for place in unrested(aim.test, view):
                self._add_basis(key, place, aim)

    def _add_basis(self, key: RuleKey, place: PlaceBases, aim: Aim) -> None:
        """A mechanism for a country, if it is known; or another place."""
        hop, country = place.place.hop, place.place.country
        if country is not None:
            self._add_mechanism(key, hop, country, aim)
        regime = Regime(aim.test.subject.removeprefix(TRANSFER_BASIS))
        for attribute in self._naming(key, place.place):
            self._want((hop, attribute), Want(key, None, HOME_TERRITORY[regime]))
            self._offer((hop, attribute))

    def _naming(self, key: RuleKey, place: Place) -> Iterator[str]:
        """The attributes that would have to name another place: none, if the company sits there.

        A transfer to where it sits needs a basis in any case, and that serves for the country.
        """
        if place.country is None:
            yield place.attribute
            return
        demand = self._rules[key].demand
        named = {a: self._sayable.known(demand, place.hop, a) for a in PLACE_ATTRIBUTES}
        there = [a for a in PLACE_ATTRIBUTES if place.country in possible(named[a])]
        if not any(a in SEATS and not may_be_shown(named[a]) for a in there):
            yield from there

    def _add_mechanism(self, key: RuleKey, hop: str, country: str, aim: Aim) -> None:
        """Clauses in force and an assessment of one country; no basis covers everywhere."""
        regime = Regime(aim.test.subject.removeprefix(TRANSFER_BASIS))
        basis = next((b for b in aim.test.names if (regime, b) in CLAUSES), None)
        if basis is None or country == GLOBAL:
            return
        for mechanism in CLAUSES[regime, basis]:
            clauses = self.clauses.setdefault(hop, {})
            clauses.setdefault(self._clause(mechanism, hop), set()).add(key)
        self.others[Judged(TIA, hop, country)] = None

    def _clause(self, mechanism: Mechanism, hop: str) -> Clause:
        first = hops_of(self._at.snapshot.registry, self._route)[0] == hop
        module = ("M2" if first else "M3") if mechanism in MODULAR else None
        return Clause(mechanism, module)

    def _mend(self) -> None:
        """Mechanisms for the places that would be named elsewhere than at home."""
        transfers = [
            (key, aim)
            for key in self.keys
            for aim in aims(self._rules[key])
            if aim.test.subject.startswith(TRANSFER_BASIS)
        ]
        for (hop, attribute), offer in self.offers.items():
            if offer is None or attribute not in PLACE_ATTRIBUTES:
                continue
            for country in offer.countries():
                for key, aim in transfers:
                    if not self.marks.resting.rests(
                        hop, self._rules[key].demand, aim.test, country
                    ):
                        self._add_mechanism(key, hop, country, aim)

    def _want(self, where: Where, want: Want) -> None:
        wanted = self.wants.setdefault(where, [])
        if want not in wanted:
            wanted.append(want)

    # ---- what could be said ----

    def _offer_everywhere(self, attribute: str) -> None:
        hops = hops_of(self._at.snapshot.registry, self._route)
        at = (MAKER_HOP,) if attribute == "maker_jurisdiction" else hops
        for hop in dict.fromkeys(at):
            self._offer((hop, attribute))

    def _offer(self, where: Where) -> None:
        if where not in self.offers:
            self.offers[where] = self._sayable.offer(*where)

    def _accepted(self, key: RuleKey) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The claims that exceptions to a rule accept, if these may come to match."""
        at, moment = self._at, self._at.moment
        for exception in exceptions_to(at, key, self._route):
            holds = exception.validity.holds(moment.at) and moment.knows(exception.recorded)
            if holds and not at.surely(exception.when).known_false:
                yield from exception.accepts

    # ---- steps ----

    def contents(self) -> Iterator[tuple[Step, ...]]:
        """The steps, for each way to choose what they say."""
        offers = {where: offer for where, offer in self.offers.items() if offer is not None}
        if prod(len(offer.values or (None,)) for offer in offers.values()) > MOST_CONTENTS:
            self._bounds.cut = True
        ways = product(*(offer.values or (None,) for offer in offers.values()))
        for values in islice(ways, MOST_CONTENTS):
            yield self._steps(offers, dict(zip(offers, values, strict=True)))

    def _steps(
        self, offers: Mapping[Where, Offer], said: Mapping[Where, ClaimValue | None]
    ) -> tuple[Step, ...]:
        hops = dict.fromkeys((*hops_of(self._at.snapshot.registry, self._route), MAKER_HOP))
        signed: dict[str, list[tuple[str, ClaimValue]]] = {hop: [] for hop in hops}
        shown: dict[str, list[tuple[str, ClaimValue]]] = {hop: [] for hop in hops}
        again: dict[str, list[tuple[str, ClaimValue]]] = {hop: [] for hop in hops}
        for (hop, name), value in said.items():
            offer = offers[hop, name]
            if value is not None and offer.signed:
                signed[hop].append((name, value))
            if value is not None and value in offer.shown:
                shown[hop].append((name, value))
            if offer.again is not None and offer.again.value is not None:
                again[hop].append((name, offer.again.value))
        contracts = (Contract(h, tuple(t), self._clauses_with(h)) for h, t in signed.items())
        return (
            *(c for c in contracts if c.terms or c.clauses),
            *(Shown(hop, tuple(terms), again=True) for hop, terms in again.items() if terms),
            *(Shown(hop, tuple(terms)) for hop, terms in shown.items() if terms),
            *self.others,
        )

    def about(self, steps: Iterable[Step]) -> frozenset[object]:
        """What steps are about, whatever they say, and each thing known that they change."""
        found: set[object] = set()
        for step in steps:
            found.add(place_of(step))
            if isinstance(step, Contract):
                found |= {(step.hop, name) for name in self.otherwise(step)}
        return frozenset(found)

    def otherwise(self, step: Step) -> tuple[str, ...]:
        """The attributes that a contract changes although they are known."""
        if not isinstance(step, Contract):
            return ()
        names = (name for name, _ in step.terms)
        return tuple(n for n in names if (offer := self.offers[step.hop, n]) and offer.moves)

    def _clauses_with(self, hop: str) -> tuple[Clause, ...]:
        return tuple(sorted(self.clauses.get(hop, ()), key=lambda c: c.mechanism))


def _forbids_a_basis(rule: Rule) -> bool:
    """Whether a transfer must have no basis: no place is proposed for the sake of that."""
    return any(a.test.subject.startswith(TRANSFER_BASIS) and not a.wanted for a in aims(rule))


def exceptions_to(q: Question, rule: RuleKey, route: Route) -> Iterator[PolicyException]:
    """The exceptions to a rule that name a route, whatever else they ask."""
    for exception in q.snapshot.policies.exceptions:
        named = (exception.policy, exception.rule) == rule
        if named and any_matches(exception.routes, route.id):
            yield exception
