"""Contracts, judgements and waivers: all that the organisation wrote down, in force or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from policy_router.audit.dossier.missing import counted
from policy_router.audit.dossier.writings import (
    AgreementPart,
    ExceptionPart,
    Hangs,
    LawPart,
    SignoffPart,
    State,
)
from policy_router.audit.hanging import hanging
from policy_router.audit.lapses import Lapse, LapseKind, routes_about
from policy_router.audit.worded import in_words, span
from policy_router.domain.claim import Moment, Validity
from policy_router.domain.contract import Agreement, Signoff
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import PolicyException
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.territory import Adequacy
from policy_router.engine import words
from policy_router.engine.explanation import Term

_SOON = timedelta(microseconds=1)


_Document = Agreement | Signoff | PolicyException


@dataclass(frozen=True)
class Registers:
    """What a snapshot holds of contracts, judgements and waivers, and what hangs on each.

    `routes`: those reported on.
    """

    snapshot: Snapshot
    scenarios: Sequence[Scenario]
    routes: Sequence[str]
    moment: Moment

    def agreements(self) -> tuple[AgreementPart, ...]:
        """Every contract, by id."""
        found = sorted(self.snapshot.registry.agreements, key=lambda a: a.id)
        return tuple(map(self._agreement, found))

    def _agreement(self, a: Agreement) -> AgreementPart:
        return AgreementPart(
            id=a.id,
            state=self._state(a.validity, a.recorded),
            parties=tuple(sorted(a.parties)),
            document=a.document,
            start=a.validity.start,
            end=a.validity.end,
            recorded=a.recorded,
            covers=(*a.models, *a.routes),
            terms=tuple(Term(name, words.claimed(value, name)) for name, value in a.terms),
            clauses=tuple(map(words.clause_name, a.clauses)),
            hangs=self._hangs(LapseKind.AGREEMENT, a),
        )

    def signoffs(self) -> tuple[SignoffPart, ...]:
        """Every judgement, by id."""
        found = sorted(self.snapshot.registry.signoffs, key=lambda s: s.id)
        return tuple(map(self._signoff, found))

    def _signoff(self, s: Signoff) -> SignoffPart:
        return SignoffPart(
            id=s.id,
            state=self._state(s.validity, s.recorded),
            type=s.type,
            approved=s.approved,
            start=s.validity.start,
            end=s.validity.end,
            recorded=s.recorded,
            by=s.by,
            reference=s.reference,
            covers=(*s.routes, *sorted(s.importers), *sorted(s.countries)),
            data=tuple(sorted(s.data)),
            purposes=s.purposes,
            tenants=s.tenants,
            hangs=self._hangs(LapseKind.SIGNOFF, s),
        )

    def law(self) -> tuple[LawPart, ...]:
        """Every adequacy decision, by id."""
        return tuple(map(self._law, sorted(self.snapshot.registry.adequacy, key=lambda a: a.id)))

    def _law(self, a: Adequacy) -> LawPart:
        suspended = (
            f"`{s.id}` {span(s.validity)} ({s.reference})"
            for s in a.suspensions
            if s.validity.holds(self.moment.at) and self.moment.knows(s.recorded)
        )
        return LawPart(
            id=a.id,
            regime=a.regime,
            state=self._state(a.validity, a.recorded),
            instrument=a.instrument,
            sources=a.sources,
            start=a.validity.start,
            end=a.validity.end,
            recorded=a.recorded,
            suspended=tuple(suspended),
        )

    def exceptions(self) -> tuple[ExceptionPart, ...]:
        """Every exception to a rule of a policy in force, by id."""
        found = sorted(self.snapshot.policies.exceptions, key=lambda e: e.id)
        return tuple(map(self._exception, found))

    def _exception(self, e: PolicyException) -> ExceptionPart:
        return ExceptionPart(
            id=e.id,
            state=self._state(e.validity, e.recorded),
            policy=e.policy,
            rule=e.rule,
            routes=e.routes,
            when=in_words(e.when),
            accepts=tuple(f"{name}: {', '.join(values)}" for name, values in e.accepts),
            start=e.validity.start,
            end=e.validity.end,
            recorded=e.recorded,
            approved_by=e.approved_by,
            reason=e.reason,
            reference=e.reference,
            hangs=self._hangs(LapseKind.EXCEPTION, e),
        )

    def _state(self, validity: Validity, recorded: datetime) -> State:
        at = self.moment.at
        if not self.moment.knows(recorded):
            return State.NOT_KNOWN_THEN
        if validity.end is not None and validity.end <= at:
            return State.ENDED
        return State.IN_FORCE if validity.holds(at) else State.NOT_YET

    def _hangs(self, kind: LapseKind, thing: _Document) -> tuple[Hangs, ...]:
        """The permissions there are today with it, and not without it."""
        return self._hanging.get((kind, thing.id), ())

    @cached_property
    def _hanging(self) -> dict[tuple[LapseKind, str], tuple[Hangs, ...]]:
        """What hangs on each document in force."""
        registry, policies = self.snapshot.registry, self.snapshot.policies
        things: list[tuple[LapseKind, _Document]] = [
            *((LapseKind.AGREEMENT, a) for a in registry.agreements),
            *((LapseKind.SIGNOFF, s) for s in registry.signoffs if s.approved),
            *((LapseKind.EXCEPTION, e) for e in policies.exceptions),
        ]
        found = hanging(self.snapshot, self.scenarios, self._in_force(things), self.moment)
        return {(h.lapse.kind, h.lapse.about): counted(h.permissions) for h in found}

    def _in_force(self, things: Iterable[tuple[LapseKind, _Document]]) -> Iterator[Lapse]:
        """The documents in force, as if each ended right after the moment."""
        registry = self.snapshot.registry
        routes = [registry.routes[name] for name in self.routes]
        for kind, thing in things:
            if self._state(thing.validity, thing.recorded) is State.IN_FORCE:
                about = routes_about(registry, thing, routes)
                yield Lapse(kind, thing.id, self.moment.at + _SOON, about, thing.span)
