"""What somebody recorded about a route that is no help to a rule which is not met, and why.

Rejections, and contracts, judgements and exceptions that lapsed, have not begun or cover something
else: who recorded one must be able to see why it does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from policy_router.domain.claim import Validity
from policy_router.domain.contract import Agreement, Signoff
from policy_router.domain.patterns import any_matches
from policy_router.domain.policy import Policy, PolicyException, Rule
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.domain.truth import UNKNOWN
from policy_router.domain.vocabulary import ATTRIBUTES, TRANSFER_BASIS, Regime
from policy_router.engine.explanation import NoHelp, RecordKind
from policy_router.engine.matching import RouteView
from policy_router.engine.question import Question
from policy_router.engine.reference import excepts
from policy_router.engine.shortfalls import Aim, unmet, unrested
from policy_router.engine.uncovered import DECLARED, quoted, short_of_request, some
from policy_router.registry.favour import GLOBAL
from policy_router.registry.hops import hops_of, route_knowledge
from policy_router.registry.signoffs import (
    TIA,
    concerns,
    concerns_transfer,
    touches,
)
from policy_router.registry.speaking import covered_by, names_of
from policy_router.registry.transfer import CLAUSES, MODULAR

_INSTANT_BEFORE = timedelta(microseconds=1)

Reasons = dict[tuple[RecordKind, str], list[str]]
"""Why things are no help, in the order found."""

Recorded = TypeVar("Recorded", Signoff, PolicyException)


class Records:
    """What is recorded about one route, as one question sees it."""

    def __init__(self, q: Question, route: Route) -> None:
        self._q = q
        self._route = route
        self._hops = hops_of(q.snapshot.registry, route)

    def no_help(self, policy: Policy, rule: Rule) -> Iterator[NoHelp]:
        """What bears on a rule that the route does not meet, and why it does not count."""
        found: Reasons = {}
        for facts in self._q.facts.views:
            q = self._q
            view = RouteView(q.snapshot, self._route, facts, q.moment, rule.demand)
            for aim in unmet(rule, view):
                for kind, name, why in self._about(aim, view, facts):
                    found.setdefault((kind, name), []).append(why)
        for exception, why in self._exceptions(policy, rule):
            found.setdefault((RecordKind.EXCEPTION, exception.id), []).append(why)
        for (kind, name), reasons in found.items():
            said = "; ".join(dict.fromkeys(reasons))
            yield NoHelp(f"{policy.id}/{rule.id}", kind, name, said)

    def _about(
        self, aim: Aim, view: RouteView, facts: RequestFacts
    ) -> Iterator[tuple[RecordKind, str, str]]:
        subject = aim.test.subject
        spec = ATTRIBUTES.get(subject)
        if subject == "signoff":
            for kind in aim.test.names:
                yield from self._signoffs(kind, facts)
        elif subject.startswith(TRANSFER_BASIS):
            yield from self._transfers(aim, view, facts)
        elif spec is not None and spec.claimed:
            for found in route_knowledge(view.standpoint, self._route, subject).hops:
                if not aim.met(view.test_claim(aim.test, found.value)):
                    yield from self._agreements(found.hop, {subject})

    # ---- judgements ----

    def _signoffs(self, kind: str, facts: RequestFacts) -> Iterator[tuple[RecordKind, str, str]]:
        of_kind = [s for s in self._q.snapshot.registry.signoffs if s.type == kind]
        against = [s for s in of_kind if not s.approved and concerns(s, self._route, self._hops)]
        approvals = [s for s in of_kind if s.approved]
        nearest = _first_some(approvals, lambda s: self._is_near(s, self._hops))
        yield from self._judged(nearest, against, facts, self._short_of_route)

    def _transfers(
        self, aim: Aim, view: RouteView, facts: RequestFacts
    ) -> Iterator[tuple[RecordKind, str, str]]:
        """Assessments, and contracts, for the places that do not rest on a demanded basis."""
        regime = Regime(aim.test.subject.removeprefix(TRANSFER_BASIS))
        by_clauses = any((regime, basis) in CLAUSES for basis in aim.test.names)
        for at in unrested(aim.test, view):
            hop, country = at.place.hop, at.place.country
            yield from self._agreements(hop, {at.place.attribute}, clauses=by_clauses)
            if country in {None, GLOBAL} or not by_clauses:
                continue
            tias = [s for s in self._q.snapshot.registry.signoffs if s.type == TIA]
            against = [
                s
                for s in tias
                if not s.approved and concerns_transfer(s, hop, country, self._route)
            ]
            approvals = [s for s in tias if s.approved]
            nearest = _first_some(approvals, lambda s, at=hop: self._is_near(s, (at,)))  # type: ignore[misc]
            yield from self._judged(
                nearest,
                against,
                facts,
                lambda s, to=(hop, country): self._short_of(s, *to),  # type: ignore[misc]
            )

    def _is_near(self, signoff: Signoff, hops: Iterable[str]) -> bool:
        by_route = any_matches(signoff.routes, self._route.id)
        return by_route or not signoff.importers.isdisjoint(hops)

    def _judged(
        self,
        approvals: Iterable[Signoff],
        rejections: Iterable[Signoff],
        facts: RequestFacts,
        short: Callable[[Signoff], Iterator[str]],
    ) -> Iterator[tuple[RecordKind, str, str]]:
        """Approvals that do not count, and the rejections in force that may touch the request."""
        against = [
            r
            for r in rejections
            if self._holds(r.validity, r.recorded) and touches(r, facts, UNKNOWN).may_be_true
        ]
        for rejection in against:
            why = f"rejected on {_day(rejection.recorded)}, until a later approval"
            yield RecordKind.SIGNOFF, rejection.id, why
        for approval in approvals:
            reasons = [
                *self._timing(approval.validity, approval.recorded),
                *short(approval),
                *short_of_request(approval, facts, self._q.facts),
            ]
            reasons += [
                f"ended by the rejection `{r.id}`, recorded on {_day(r.recorded)}"
                for r in against
                if r.recorded >= approval.recorded
            ]
            for why in reasons:
                yield RecordKind.SIGNOFF, approval.id, why

    def _short_of_route(self, approval: Signoff) -> Iterator[str]:
        """How an approval does not cover the route as a whole."""
        if not (approval.routes or approval.importers):
            yield "names neither routes nor importers, so it covers nothing"
        if approval.routes and not any_matches(approval.routes, self._route.id):
            yield f"covers only {some('route', approval.routes)}"
        others = [hop for hop in self._hops if hop not in approval.importers]
        if approval.importers and others:
            covered = some("importer", sorted(approval.importers))
            yield f"covers only {covered}, and the call also passes {quoted(others)}"
        if approval.countries:
            countries = ", ".join(sorted(approval.countries))
            yield f"is about transfers to {countries} only, not about the route as a whole"

    def _short_of(self, approval: Signoff, importer: str, country: str) -> Iterator[str]:
        """How an assessment does not cover transfers to an importer in a country."""
        if approval.routes and not any_matches(approval.routes, self._route.id):
            yield f"covers only {some('route', approval.routes)}"
        if importer not in approval.importers:
            covered = some("importer", sorted(approval.importers)) if approval.importers else "none"
            yield f"`{importer}` is no importer it covers ({covered})"
        if country not in approval.countries:
            covered = ", ".join(sorted(approval.countries)) or "none"
            yield f"{country} is no country it covers ({covered})"

    # ---- contracts ----

    def _agreements(
        self, hop: str, stating: set[str], *, clauses: bool = False
    ) -> Iterator[tuple[RecordKind, str, str]]:
        """The contracts with a party that speak of attributes or have clauses."""
        parties = names_of(self._q.snapshot.registry, hop)
        for agreement in self._q.snapshot.registry.agreements:
            speaks = any(name in stating for name, _ in agreement.terms)
            if agreement.parties & parties and (speaks or (clauses and agreement.clauses)):
                for why in self._short_of_contract(agreement, hop, clauses=clauses):
                    yield RecordKind.AGREEMENT, agreement.id, why

    def _short_of_contract(self, agreement: Agreement, hop: str, *, clauses: bool) -> Iterator[str]:
        yield from self._timing(agreement.validity, agreement.recorded)
        if not covered_by(agreement, self._route):
            yield f"covers only {quoted([*agreement.models, *agreement.routes])}"
        modules = {c.module for c in agreement.clauses if c.mechanism in MODULAR}
        if clauses and hop == self._hops[0] and modules and "M2" not in modules:
            yield "its clauses are of module 3, and the first party on the way needs module 2"

    # ---- exceptions ----

    def _exceptions(self, policy: Policy, rule: Rule) -> Iterator[tuple[PolicyException, str]]:
        to_this = [
            e
            for e in self._q.snapshot.policies.exceptions
            if (e.policy, e.rule) == (policy.id, rule.id)
        ]
        for exception in _first_some(to_this, lambda e: any_matches(e.routes, self._route.id)):
            for why in self._short_of_exception(exception, rule):
                yield exception, why

    def _short_of_exception(self, exception: PolicyException, rule: Rule) -> Iterator[str]:
        reasons = list(self._timing(exception.validity, exception.recorded))
        if not any_matches(exception.routes, self._route.id):
            reasons.append(f"names only {some('route', exception.routes)}")
        if not self._q.surely(exception.when).known_true:
            reasons.append(f"{self._other_requests(exception)} (`when`)")
        if not reasons and not excepts(self._q, exception, rule, self._route):
            accepted = "; ".join(f"`{n}`: {', '.join(v)}" for n, v in exception.accepts)
            reasons.append(f"accepts only {accepted}")
        yield from reasons

    def _other_requests(self, exception: PolicyException) -> str:
        """That an exception is for other requests, as far as that is known."""
        if self._q.surely(exception.when).known_false:
            return "for other requests"
        as_declared = replace(self._q, facts=replace(self._q.facts, base=None))
        if as_declared.surely(exception.when).known_true:
            return f"for this request only by what was {DECLARED}"
        return "not known to be for this one"

    # ---- time ----

    def _holds(self, validity: Validity, recorded: datetime) -> bool:
        return not any(True for _ in self._timing(validity, recorded))

    def _timing(self, validity: Validity, recorded: datetime) -> Iterator[str]:
        moment = self._q.moment
        if not moment.knows(recorded):
            yield f"recorded only on {_day(recorded)}"
        if validity.end is not None and moment.at >= validity.end:
            yield f"lapsed: its last day was {_day(validity.end - _INSTANT_BEFORE)}"
        if validity.start is not None and moment.at < validity.start:
            yield f"begins only on {_day(validity.start)}"


def _first_some(every: Sequence[Recorded], near: Callable[[Recorded], bool]) -> list[Recorded]:
    """Those that are near; all, where none is."""
    return [each for each in every if near(each)] or list(every)


def _day(instant: datetime) -> str:
    return instant.date().isoformat()
