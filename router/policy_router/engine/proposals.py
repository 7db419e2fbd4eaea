"""The steps that rules in the way of a route propose: all there is to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import prod

from policy_router.domain.claim import Claim, ClaimValue, EvidenceDemand, Gap, Knowledge, Members
from policy_router.domain.contract import Clause, Mechanism
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import PolicyException, Rule
from policy_router.domain.route import Route
from policy_router.domain.vocabulary import (
    ATTRIBUTES,
    HOME_TERRITORY,
    REQUEST_READS,
    AttributeKind,
    Regime,
)
from policy_router.engine.fronts import Mark, RuleKey, covered, marks_met
from policy_router.engine.marks import RETENTION, STORAGE, Marks
from policy_router.engine.matching import RouteView, tests_in
from policy_router.engine.question import Question
from policy_router.engine.resting import BASIS, stated_in_part
from policy_router.engine.setwise import Bounds
from policy_router.engine.shortfalls import Aim, aims, unmet, unrested
from policy_router.engine.steps import Contract, Judged, Shown, Stated, Step, Waived
from policy_router.registry.favour import GLOBAL
from policy_router.registry.hops import MAKER_HOP, hops_of, place_or_value, route_knowledge
from policy_router.registry.signoffs import TIA
from policy_router.registry.standpoint import Standpoint
from policy_router.registry.transfer import (
    CLAUSES,
    MODULAR,
    PLACE_ATTRIBUTES,
    Place,
    PlaceBases,
)

MOST_CONTENTS = 64
"""Ways to choose what contracts and evidence say."""

NOT_BY_CONTRACT = frozenset({"provider_jurisdiction", "parent_jurisdiction", "maker_jurisdiction"})
_BY_CONTRACT_ONLY = frozenset({"dpa"})
"""What no page shows: a contract that is offered is not one that is signed."""
_VERIFY_AGAIN = {Gap.TOO_OLD, Gap.NOT_VERIFIED}

Where = tuple[str, str]
"""A hop and an attribute."""


@dataclass(frozen=True, slots=True)
class Want:
    """What one rule wants of a claim: a test to meet, or a place named inside a home territory."""

    rule: RuleKey
    aim: Aim | None
    home: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What could be said of one attribute at one hop.

    `values`: one of them is said; None says nothing. `signed`: a contract can say it. `shown`:
    those that new evidence could show. `again`: a claim that says something useful already, and
    only has to be verified.
    """

    values: tuple[ClaimValue | None, ...]
    signed: bool
    shown: tuple[ClaimValue, ...]
    again: Claim | None


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
        self._knowledge: dict[tuple[EvidenceDemand, str, str, bool], Knowledge] = {}
        self._at = at
        (self._route,) = at.snapshot.registry.routes.values()
        self._rules = rules
        self._bounds = bounds
        accepted = [(key, *claim) for key in rules for claim in self._accepted(key)]
        self.marks = Marks(at, rules, accepted)
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
                losing = self._losing(hop, attribute)
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
        elif subject.startswith(BASIS):
            for place in unrested(aim.test, view):
                self._add_basis(key, place, aim)

    def _add_basis(self, key: RuleKey, place: PlaceBases, aim: Aim) -> None:
        """A mechanism for a country that is known; or another place, where rules ask for it."""
        hop, country = place.place.hop, place.place.country
        if country is not None:
            self._add_mechanism(key, hop, country, aim)
        regime = Regime(aim.test.subject.removeprefix(BASIS))
        for attribute in self._naming(key, place.place):
            self._want((hop, attribute), Want(key, None, HOME_TERRITORY[regime]))
            self._offer((hop, attribute))

    def _naming(self, key: RuleKey, place: Place) -> Iterator[str]:
        """The attributes by which a place could be another: it is in doubt, or rules ask for it."""
        if place.country is None:
            yield place.attribute
            return
        for attribute in PLACE_ATTRIBUTES:
            value = self._known(self._rules[key].demand, place.hop, attribute).value
            if isinstance(value, Members):
                asked = value.certain if self.marks.direct(attribute) else frozenset[str]()
                if place.country in value.optional | asked:
                    yield attribute

    def _add_mechanism(self, key: RuleKey, hop: str, country: str, aim: Aim) -> None:
        """Clauses in force and an assessment of one country; no basis covers everywhere."""
        regime = Regime(aim.test.subject.removeprefix(BASIS))
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
            if aim.test.subject.startswith(BASIS)
        ]
        for (hop, attribute), offer in self.offers.items():
            if offer is None or attribute not in PLACE_ATTRIBUTES:
                continue
            for country in _countries(offer):
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
            self.offers[where] = self._offered(*where)

    def _offered(self, hop: str, attribute: str) -> Offer | None:
        marks = self.marks.of(hop, attribute)
        heard = [self._known(m.demand, hop, attribute) for m in marks]
        now, perhaps = self._met_now(hop, attribute, marks)
        again = next((f.claim for f in heard if _may_be_verified(f)), None)
        verified = marks_met(again.value, marks) if again else 0
        signed = attribute not in NOT_BY_CONTRACT
        showable = attribute not in _BY_CONTRACT_ONLY and any(_may_be_shown(f.value) for f in heard)
        met = {v: marks_met(v, marks) for v in self.marks.front(attribute, marks, self._bounds)}
        values = [v for v, bits in met.items() if bits & ~now and (signed or showable)]
        shown = [v for v in values if showable and not covered(met[v], (verified,))]
        if not (verified & ~now):
            again = None
        if not values and again is None:
            return None
        said = [met[v] for v in values]
        silent = not (covered(perhaps, said) and covered(verified, said))
        return Offer((*values, *([None] if silent else [])), signed, tuple(shown), again)

    def _met_now(self, hop: str, attribute: str, marks: Sequence[Mark]) -> tuple[int, int]:
        """The marks that are met, and those that may be, depending on how long data is kept."""
        known, stored = (
            sum(marks_met(self._known(m.demand, *at).value, [m]) << n for n, m in enumerate(marks))
            for at in ((hop, attribute), (hop, attribute, True))
        )
        return known & stored, known | stored

    def _known(
        self,
        demand: EvidenceDemand,
        hop: str,
        attribute: str,
        stored: bool = False,  # noqa: FBT002 - given by place
    ) -> Knowledge:
        """What is known at a hop; `stored`: of where data is stored, were it known to be kept."""
        key = (demand, hop, attribute, stored)
        if key not in self._knowledge:
            view = Standpoint(self._at.snapshot.registry, self._at.moment, demand)
            if stored and hop != MAKER_HOP:
                found = place_or_value(view, self._route, hop, attribute)
            else:
                hops = route_knowledge(view, self._route, attribute).hops
                found = next(f for f in hops if f.hop == hop)
            self._knowledge[key] = found
        return self._knowledge[key]

    def _losing(self, hop: str, attribute: str) -> Iterator[RuleKey]:
        """The rules for which something that could be said is worse than what is known."""
        offer = self.offers[hop, attribute]
        if offer is None:
            return
        marks = self.marks.of(hop, attribute)
        _, now = self._met_now(hop, attribute, marks)
        kept = now
        claimed = () if offer.again is None else (offer.again.value,)
        for value in (*offer.values, *claimed):
            kept &= now if value is None else marks_met(value, marks)
        yield from (mark.rule for n, mark in enumerate(marks) if (now & ~kept) >> n & 1)

    def _accepted(self, key: RuleKey) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The claims that exceptions to a rule accept, if these may come to match."""
        at, moment = self._at, self._at.moment
        for exception in exceptions_to(at, key, self._route):
            holds = exception.validity.holds(moment.at) and moment.knows(exception.recorded)
            if holds and not at.surely(exception.when).known_false:
                for name, values in exception.accepts:
                    if ATTRIBUTES[name].kind in {AttributeKind.ORDERED, AttributeKind.NUMBER}:
                        yield name, values

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

    def _clauses_with(self, hop: str) -> tuple[Clause, ...]:
        return tuple(sorted(self.clauses.get(hop, ()), key=lambda c: c.mechanism))


def _forbids_a_basis(rule: Rule) -> bool:
    """Whether a transfer must have no basis: no place is proposed for the sake of that."""
    return any(a.test.subject.startswith(BASIS) and not a.wanted for a in aims(rule))


def _countries(offer: Offer) -> Iterator[str]:
    """The countries that could be named."""
    claimed = () if offer.again is None else (offer.again.value,)
    for value in (*offer.values, *claimed):
        if isinstance(value, Members):
            yield from sorted(value.certain | value.optional)


def _may_be_verified(found: Knowledge) -> bool:
    claim = found.claim
    may = found.gap in _VERIFY_AGAIN and found.agreement is None
    return may and claim is not None and claim.value is not None


def _may_be_shown(value: ClaimValue | None) -> bool:
    """Whether more could be known than is claimed."""
    return value is None or (isinstance(value, Members) and (value.open or bool(value.optional)))


def exceptions_to(q: Question, rule: RuleKey, route: Route) -> Iterator[PolicyException]:
    """The exceptions to a rule that name a route, whatever else they ask."""
    for exception in q.snapshot.policies.exceptions:
        named = (exception.policy, exception.rule) == rule
        if named and any_matches(exception.routes, route.id):
            yield exception
