"""A ruling: outcome and route at once, everything else of the decision when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import members
from policy_router.domain.claim import Moment
from policy_router.domain.decision import (
    AppliedObligation,
    Candidate,
    Detail,
    Determination,
    Outcome,
    Reason,
    RuleVerdict,
)
from policy_router.domain.policy import Alias, Mode
from policy_router.domain.request import RequestFacts
from policy_router.engine.candidates import candidates
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.wording import (
    missing_detail,
    notice_detail,
    obligation_detail,
    retired_detail,
    unreachable_detail,
)
from policy_router.registry.lifecycle import notices

if TYPE_CHECKING:
    from policy_router.engine.epoch import Epoch

_BEFORE_CANDIDATES = {
    Reason.NO_POLICY,
    Reason.UNKNOWN_MODEL,
    Reason.RETIRED,
    Reason.NOT_REACHABLE,
}


class Named:
    """The routes a name stands for: all of them, and those that can be asked at all."""

    __slots__ = ("alias", "named", "reason", "routes")

    def __init__(self, bound: Bound, name: str | None, alias: Alias | None) -> None:
        self.alias = alias
        self.named = _named(bound, name, alias)
        live = self.named & bound.live
        self.routes = live & bound.reachable
        self.reason: Reason | None = None
        if not self.named:
            self.reason = Reason.UNKNOWN_MODEL
        elif not live:
            self.reason = Reason.RETIRED
        elif not self.routes:
            self.reason = Reason.NOT_REACHABLE


def _named(bound: Bound, name: str | None, alias: Alias | None) -> int:
    if name is None:
        return bound.full
    if name in bound.number:
        return 1 << bound.number[name]
    found = 0
    for model in (name,) if alias is None else alias.models:
        found |= bound.by_model.get(model, 0)
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What requests of one class that name one model get.

    `order`: the alias whose order of models comes first; `stand_in`: the alias that stood in.
    """

    named: Named
    found: Reason | None
    permitted: int = 0
    route: str | None = None
    order: Alias | None = None
    stand_in: Alias | None = None


class Ruling:
    """The decision about one request: outcome and route at once, the rest when asked for."""

    __slots__ = ("_answer", "_circumstances", "_epoch", "_facts", "_moment")

    def __init__(
        self,
        epoch: Epoch,
        circumstances: Circumstances,
        facts: RequestFacts,
        moment: Moment,
        answer: Answer,
    ) -> None:
        self._epoch = epoch
        self._circumstances = circumstances
        self._facts = facts
        self._moment = moment
        self._answer = answer

    def __repr__(self) -> str:
        requested = self._facts.model or "any model"
        return f"<{self.outcome.value} {requested}: {self.route or self.reason}>"

    @property
    def epoch(self) -> Epoch:
        """The epoch in which the request was decided."""
        return self._epoch

    @property
    def circumstances(self) -> Circumstances:
        """What policies make of the request."""
        return self._circumstances

    @property
    def outcome(self) -> Outcome:
        """Whether the request may be sent."""
        return Outcome.PERMITTED if self._answer.found is None else Outcome.DENIED

    @property
    def route(self) -> str | None:
        """The chosen route."""
        return self._answer.route

    @property
    def chain(self) -> tuple[str, ...]:
        """Permitted routes, best first: the chosen one and the only failover there is."""
        if self._answer.found is not None:
            return ()
        answer = self._answer
        return self._epoch.chain(self._circumstances, self._facts, answer.permitted, answer.order)

    @property
    def reason(self) -> Reason | None:
        """Why the request was denied."""
        if self._answer.found is Reason.NO_COMPLIANT_ROUTE and self._fewest_open_facts():
            return Reason.FACTS_MISSING
        return self._answer.found

    def determination(self) -> Determination:
        """The whole decision as data."""
        candidates = self._candidates()
        reason, details, missing = self._grounds()
        permitted = reason is None
        chain = self.chain
        return Determination(
            at=self._moment.at,
            known_at=self._moment.known_at,
            requested=self._facts.model,
            outcome=self.outcome,
            reason=reason,
            chain=chain,
            substituted=permitted and self._answer.stand_in is not None,
            obligations=self._obligations() if permitted else (),
            monitor=self._monitor(candidates, chain),
            warnings=self._warnings(candidates, chain[:1]),
            details=details,
            missing=missing,
            declared=self._facts.declared,
            candidates=candidates,
            digests=self._epoch.bound.snapshot.digests,
        )

    def _grounds(self) -> tuple[Reason | None, tuple[Detail, ...], tuple[str, ...]]:
        c, bound, moment = self._circumstances, self._epoch.bound, self._moment
        match self._answer.found:
            case Reason.RETIRED:
                routes = sorted(
                    (bound.routes[n] for n in members(self._answer.named.named)), key=lambda r: r.id
                )
                return self._answer.found, tuple(retired_detail(r, moment) for r in routes), ()
            case Reason.NOT_REACHABLE:
                live = self._answer.named.named & bound.live
                routes = sorted((bound.routes[n] for n in members(live)), key=lambda r: r.id)
                return self._answer.found, tuple(unreachable_detail(r) for r in routes), ()
            case Reason.FACTS_MISSING:
                details = tuple(missing_detail(name, rules) for name, rules in c.missing)
                return self._answer.found, details, tuple(name for name, _ in c.missing)
            case Reason.OBLIGATION:
                refusing = tuple(
                    obligation_detail(o.policy.id, o.obligation.id) for o in c.refusing
                )
                return self._answer.found, refusing, ()
            case Reason.OBLIGATION_CONFLICT:
                return self._answer.found, tuple(c.conflicts), ()
            case Reason.NO_COMPLIANT_ROUTE:
                fewest = self._fewest_open_facts()
                if fewest:
                    details = tuple(missing_detail(name, ()) for name in fewest)
                    return Reason.FACTS_MISSING, details, tuple(fewest)
        return self._answer.found, (), ()

    def _routes(self) -> int:
        routes = self._answer.named.routes
        if self._answer.stand_in is not None:
            routes |= self._epoch.stand_ins(self._answer.stand_in, self._facts)
        return routes

    def _candidates(self) -> tuple[Candidate, ...]:
        if self._answer.found in _BEFORE_CANDIDATES:
            return ()
        c = self._circumstances
        suitable = self._epoch.suitability.of(self._facts)
        columns = [c.column(rule, self._facts) for p in c.covering for rule in p.rules]
        return candidates(self._epoch.bound, columns, self._routes(), suitable, self._facts)

    def _fewest_open_facts(self) -> list[str]:
        """The fewest facts that alone stand between the request and a route, if any do."""
        c, bound = self._circumstances, self._epoch.bound
        routes = self._routes() & self._epoch.suitability.of(self._facts)
        openings: list[tuple[int, int, frozenset[str]]] = []
        for applying in c.enforced:
            passing = c.passing(applying, self._facts)
            opening, facts = c.opening(applying, self._facts)
            routes &= passing | opening
            openings.append((passing, opening, facts))
        found = [
            sorted(
                frozenset[str]().union(*(f for passing, _, f in openings if not passing >> n & 1))
            )
            for n in members(routes & bound.full)
        ]
        return min(found, key=lambda names: (len(names), names), default=[])

    def _obligations(self) -> tuple[AppliedObligation, ...]:
        duties = self._circumstances.duties
        return tuple(
            AppliedObligation(d.policy.id, d.obligation.id, d.obligation.set) for d in duties
        )

    def _monitor(
        self, candidates: tuple[Candidate, ...], chain: tuple[str, ...]
    ) -> tuple[RuleVerdict, ...]:
        chosen = [c for c in candidates if c.route in chain[:1]]
        return tuple(
            v for c in chosen for v in c.verdicts if v.mode is Mode.MONITOR and not v.verdict.allows
        )

    def _warnings(
        self, candidates: tuple[Candidate, ...], chain: tuple[str, ...]
    ) -> tuple[Detail, ...]:
        denied = [c.route for c in candidates] if self._facts.model is not None else []
        registry = self._epoch.bound.snapshot.registry
        routes = [registry.routes[i] for i in sorted(chain or denied)]
        return tuple(notice_detail(r, e) for r in routes for e in notices(r, self._moment))
