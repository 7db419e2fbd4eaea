"""What a rule asks of a route and what the route answers, met or not, with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from policy_router.audit.dossier.exhibits import Exhibits
from policy_router.audit.dossier.verdicts import Answer, Demand, PlaceBasis, RuleFound
from policy_router.domain.claim import EvidenceDemand, Moment
from policy_router.domain.contract import Signoff
from policy_router.domain.decision import RuleVerdict
from policy_router.domain.policy import Rule, Test
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.truth import UNKNOWN
from policy_router.domain.vocabulary import ATTRIBUTES, TRANSFER_BASIS, Regime
from policy_router.engine import words
from policy_router.engine.matching import RouteView
from policy_router.engine.question import Question
from policy_router.engine.shortfalls import Aim, aims, claims_at, rests_on_claims, shortfall
from policy_router.registry.hops import hops_of, route_knowledge
from policy_router.registry.signoffs import TIA, concerns, concerns_transfer, covers
from policy_router.registry.transfer import PlaceBases, with_decisions

_MOST_SAID = 3
"""Of more different answers among the routes of a class only the number is told."""


Told = dict[tuple[Aim, EvidenceDemand], Demand]
"""What is told of a class for any request: demands on claims, by what is asked for."""


@dataclass(frozen=True)
class Answers:
    """What routes that are alike answer to rules, for one request. `told`: shared by requests."""

    q: Question
    routes: Sequence[Route]
    exhibits: Exhibits
    told: Told

    def rule(self, rule: Rule, verdict: RuleVerdict) -> RuleFound:
        """A rule with its verdict and everything it asks."""
        return RuleFound(
            policy=verdict.policy,
            rule=verdict.rule,
            verdict=verdict.verdict,
            exception=verdict.exception,
            demands=tuple(self._told(aim, rule.demand) for aim in aims(rule)),
            open_facts=() if verdict.verdict.allows else self.q.open_facts(rule),
        )

    def _told(self, aim: Aim, demand: EvidenceDemand) -> Demand:
        """What follows from claims alone is worked out for the first request only."""
        if not _is_claimed(aim.test):
            return self._demand(aim, demand)
        found = self.told.get((aim, demand))
        if found is None:
            found = self.told[aim, demand] = self._demand(aim, demand)
        return found

    def _demand(self, aim: Aim, demand: EvidenceDemand) -> Demand:
        test = aim.test
        views = [self._view(self.routes[0], facts, demand) for facts in self.q.facts.views]
        return Demand(
            subject=test.subject,
            demanded=words.demanded(test, wanted=aim.wanted),
            claimed=self._claimed(aim, views[0]),
            answer=_worst(_answer(aim, view) for view in views),
            evidence=self._evidence(test, views[0]),
            places=self._places(test, views),
            signoffs=self._signoffs(test),
        )

    def _view(self, route: Route, facts: RequestFacts, demand: EvidenceDemand) -> RouteView:
        return RouteView(self.q.snapshot, route, facts, self.q.moment, demand)

    def _claimed(self, aim: Aim, view: RouteView) -> str:
        """What the routes answer; where they differ, a few answers or how many there are."""
        if aim.test.subject == "signoff":
            return ", ".join(self._signoffs(aim.test)) or _said(aim, view)
        if rests_on_claims(aim.test.subject) or len(self.routes) == 1:
            return _said(aim, view)
        each = (self._view(route, view.facts, view.demand) for route in self.routes)
        said = sorted({_said(aim, other) for other in each})
        if len(said) <= _MOST_SAID:
            return " or ".join(said)
        return f"{words.counted(len(said), 'value')} on {words.counted(len(self.routes), 'route')}"

    def _evidence(self, test: Test, view: RouteView) -> tuple[int, ...]:
        if not _is_claimed(test):
            return ()
        found = route_knowledge(view.standpoint, view.route, test.subject)
        return self.exhibits.numbers(test.subject, claims_at(found))

    def _places(self, test: Test, views: Iterable[RouteView]) -> tuple[PlaceBasis, ...]:
        if not test.subject.startswith(TRANSFER_BASIS):
            return ()
        regime = Regime(test.subject.removeprefix(TRANSFER_BASIS))
        found = (
            place_basis(p, self._assessments(p, v), decisions)
            for v in views
            for p, decisions in with_decisions(v.standpoint, v.route, regime, v.asked)
        )
        return tuple(dict.fromkeys(found))

    def _assessments(self, at: PlaceBases, view: RouteView) -> tuple[str, ...]:
        """The assessments in force that cover transfers to a place, for route and request."""
        party, country = at.place.hop, at.place.country
        return tuple(
            s.id
            for s in self.q.snapshot.registry.signoffs
            if s.approved
            and s.type == TIA
            and _holds(self.q.moment, s)
            and country is not None
            and concerns_transfer(s, party, country, view.route)
            and covers(s, view.facts, UNKNOWN).known_true
        )

    def _signoffs(self, test: Test) -> tuple[str, ...]:
        """The approvals in force of the kinds a test names that cover these routes and request."""
        if test.subject != "signoff":
            return ()
        return tuple(s for s in self._covering if s in _of_kinds(self.q.snapshot, test.names))

    @cached_property
    def _covering(self) -> tuple[str, ...]:
        q, route = self.q, self.routes[0]
        hops = hops_of(q.snapshot.registry, route)
        return tuple(
            s.id
            for s in q.snapshot.registry.signoffs
            if s.approved
            and _holds(q.moment, s)
            and concerns(s, route, hops)
            and covers(s, q.facts, UNKNOWN).known_true
        )


def _is_claimed(test: Test) -> bool:
    spec = ATTRIBUTES.get(test.subject)
    return spec is not None and spec.claimed


def place_basis(
    found: PlaceBases, assessments: tuple[str, ...], decisions: tuple[str, ...]
) -> PlaceBasis:
    """A place with the bases it is known to have, and those it may have."""
    held = tuple(basis for basis, truth in found.bases if truth.known_true)
    possible = tuple(b for b, truth in found.bases if truth.may_be_true and b not in held)
    at = found.place
    return PlaceBasis(
        at.hop, at.country, at.attribute, at.certain, held, possible, assessments, decisions
    )


def _answer(aim: Aim, view: RouteView) -> Answer:
    truth = view.test(aim.test)
    if aim.met(truth):
        return Answer.MET
    is_open = truth.may_be_true if aim.wanted else truth.may_be_false
    return Answer.NOT_KNOWN if is_open else Answer.NOT_MET


def _worst(answers: Iterable[Answer]) -> Answer:
    found = set(answers)
    return next(a for a in (Answer.NOT_MET, Answer.NOT_KNOWN, Answer.MET) if a in found)


def _said(aim: Aim, view: RouteView) -> str:
    return shortfall(aim, view, known=True).claimed


def _holds(moment: Moment, signoff: Signoff) -> bool:
    return signoff.validity.holds(moment.at) and moment.knows(signoff.recorded)


def _of_kinds(snapshot: Snapshot, kinds: tuple[str, ...]) -> frozenset[str]:
    return frozenset(s.id for s in snapshot.registry.signoffs if s.type in kinds)
