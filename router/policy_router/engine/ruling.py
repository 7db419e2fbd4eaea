"""A ruling: outcome and route at once, everything else of the decision when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from policy_router.compiler.bitset import held, members
from policy_router.domain.claim import Moment
from policy_router.domain.decision import (
    AppliedObligation,
    Candidate,
    Detail,
    Determination,
    Outcome,
    Reason,
    RuleVerdict,
    Used,
)
from policy_router.domain.policy import Mode
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.engine.answer import Answer
from policy_router.engine.best_route import depends_on_size, numbers_of, whole_size
from policy_router.engine.candidates import candidates
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.offers import Ratio, Routes
from policy_router.engine.question import Question
from policy_router.engine.wording import (
    missing_detail,
    notice_detail,
    obligation_detail,
    retired_detail,
    unasked_detail,
    unreachable_detail,
)
from policy_router.registry.lifecycle import notices

if TYPE_CHECKING:
    from policy_router.engine.epoch import Epoch

MOST_SHARED = 16
"""Candidates that an answer remembers: those of a model by name, not of every route there is."""

_BEFORE_CANDIDATES = {
    Reason.NO_POLICY,
    Reason.UNKNOWN_MODEL,
    Reason.RETIRED,
    Reason.NOT_REACHABLE,
}


class Ruling:
    """The decision about one request: outcome and route at once, the rest when asked for."""

    __slots__ = ("_answer", "_chain", "_epoch", "_facts", "_moment", "route")

    def __init__(
        self,
        epoch: Epoch,
        answer: Answer,
        facts: RequestFacts,
        moment: Moment,
        route: str | None,
    ) -> None:
        self._epoch = epoch
        self._answer = answer
        self._facts = facts
        self._moment = moment
        self._chain: tuple[str, ...] | None = None
        self.route = route

    def __repr__(self) -> str:
        requested = self._facts.model or "any model"
        return f"<{self.outcome.value} {requested}: {self.route or self.reason}>"

    @property
    def epoch(self) -> Epoch:
        """The epoch in which the request was decided."""
        return self._epoch

    @property
    def facts(self) -> RequestFacts:
        """What was decided on: the request with the tools that its model uses unasked."""
        return self._facts

    @property
    def at(self) -> datetime:
        """The instant as of which the request was decided."""
        return self._moment.at

    @property
    def circumstances(self) -> Circumstances:
        """What policies make of the request."""
        return self._answer.circumstances

    @property
    def permitted(self) -> bool:
        """Whether the request may be sent."""
        return self._answer.found is None

    @property
    def outcome(self) -> Outcome:
        """The same as it is recorded."""
        return Outcome.PERMITTED if self.permitted else Outcome.DENIED

    @property
    def turning(self) -> tuple[Ratio, ...] | None:
        """Where the route is another one for a call of another size, all else being alike.

        Empty where it is the same for any size above 0, None where it depends on more than the
        ratio of input to output. See `engine.classes`.
        """
        if self._answer.circumstances.costly:
            return None
        priced = self._answer.by_size
        if priced is None:
            return ()
        return None if whole_size(self._facts) is None else priced.turning

    @property
    def chain(self) -> tuple[str, ...]:
        """Permitted routes, best first: the chosen one and the only failover there is."""
        if self._chain is None:
            self._chain = self._ordered()
        return self._chain

    def _ordered(self) -> tuple[str, ...]:
        if self._answer.found is not None:
            return ()
        answer, best = self._answer, self._epoch.best_route
        if answer.chain is not None:
            return answer.chain
        c, permitted = answer.circumstances, answer.permitted
        if answer.capped:
            affordable = c.affordable(self._facts)
            permitted = tuple(n for n in numbers_of(permitted) if affordable >> n & 1)
        routes = best.ordered(c.by, self._facts, permitted, answer.order)
        chain = tuple(route.id for route in routes)
        if not answer.capped and not depends_on_size(c.by, self._facts):
            answer.chain = chain
        return chain

    @property
    def kept_out(self) -> tuple[str, ...]:
        """The routes that some enforced rule keeps from carrying the request.

        Of all on file: those too that are retired, out of reach, or not known to do what it asks.
        """
        whole = self._epoch.whole
        if whole is not None:
            return whole().decide(self._facts, self._moment).kept_out
        c, bound = self._answer.circumstances, self._epoch.bound
        kept = bound.full & ~(c.permitted & c.affordable(self._facts))
        return tuple(sorted(bound.routes[n].id for n in members(kept)))

    @property
    def reason(self) -> Reason | None:
        """Why the request was denied."""
        if self._answer.found is Reason.NO_COMPLIANT_ROUTE and self._fewest_open_facts():
            return Reason.FACTS_MISSING
        return self._answer.found

    def rests_on(self, permitted: Sequence[Candidate]) -> Used:
        """What stands behind the permission of each of some routes, all in one."""
        q = Question(self._epoch.bound.snapshot, self._facts, self._moment)
        return self._epoch.rests.of(self._answer.circumstances, q, permitted)

    def says_the_same(self, other: Ruling) -> bool:
        """Whether both determinations are the same but for their instants, which is told quickly.

        `other` is about facts that differ in the size of the input at most. False where that could
        make a difference to what is said, or where nobody has asked for the determinations yet.
        An answer is of one epoch, in which nothing of the documents changes, notices included.
        """
        mine, its = self._answer, other._answer
        if mine is not its or mine.found is not None or mine.candidates is None:
            return False
        return (self._moment.known_at, self.chain) == (other._moment.known_at, other.chain)

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
        c, bound, moment = self._answer.circumstances, self._epoch.bound, self._moment
        match self._answer.found:
            case Reason.RETIRED:
                routes = self._sorted(self._answer.named.named)
                return self._answer.found, tuple(retired_detail(r, moment) for r in routes), ()
            case Reason.NOT_REACHABLE:
                live = held(bound.live_table, numbers_of(self._answer.named.named))
                routes = self._sorted(live)
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
                return self._open_facts_or_none_fits()
        return self._answer.found, (), ()

    def _open_facts_or_none_fits(self) -> tuple[Reason, tuple[Detail, ...], tuple[str, ...]]:
        fewest = self._fewest_open_facts()
        if not fewest:
            return Reason.NO_COMPLIANT_ROUTE, (), ()
        return Reason.FACTS_MISSING, tuple(missing_detail(n, ()) for n in fewest), tuple(fewest)

    def _sorted(self, routes: Routes) -> list[Route]:
        all_routes = self._epoch.bound.routes
        return sorted((all_routes[n] for n in numbers_of(routes)), key=lambda r: r.id)

    def _routes(self) -> tuple[int, ...]:
        """The numbers of the routes looked at: those named, and those of a stand-in."""
        routes = tuple(numbers_of(self._answer.named.routes))
        if self._answer.stand_in is None:
            return routes
        return (*routes, *numbers_of(self._epoch.named(self._answer.stand_in.id).routes))

    def _candidates(self) -> tuple[Candidate, ...]:
        answer = self._answer
        if answer.found in _BEFORE_CANDIDATES:
            return ()
        if answer.candidates is not None:
            return answer.candidates
        found = self._judged()
        if len(found) <= MOST_SHARED and not self._is_of_its_own(found):
            answer.candidates = found
        return found

    def _is_of_its_own(self, found: tuple[Candidate, ...]) -> bool:
        """Whether the exact size of the call is in what is said: rules on cost, what is lacking."""
        covering = self._answer.circumstances.covering
        costs = any(rule.costs for policy in covering for rule in policy.rules)
        return costs or any(candidate.unsuitable for candidate in found)

    def _judged(self) -> tuple[Candidate, ...]:
        c = self._answer.circumstances
        suitable = self._epoch.suitability.of(self._facts)
        columns = [c.column(rule, self._facts) for p in c.covering for rule in p.rules]
        bound = self._epoch.bound
        routes = bound.set_of_numbers(self._routes())
        return candidates(bound, columns, routes, suitable, self._facts)

    def _fewest_open_facts(self) -> list[str]:
        """The fewest facts that alone stand between the request and a route, if any do."""
        c, bound = self._answer.circumstances, self._epoch.bound
        routes = bound.set_of_numbers(self._routes()) & self._epoch.suitability.of(self._facts)
        openings: list[tuple[int, int, frozenset[str]]] = []
        for rule in c.enforced:
            passing = c.passing(rule, self._facts)
            opening, facts = c.opening(rule, self._facts)
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
        duties = self._answer.circumstances.duties
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
        stages = [notice_detail(r, e) for r in routes for e in notices(r, self._moment)]
        name = self._facts.model
        tools = self._epoch.tools_unasked(name)
        return (*stages, unasked_detail(name, tools)) if name and tools else tuple(stages)
