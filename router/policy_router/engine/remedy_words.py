"""A set of steps in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from policy_router.domain.claim import Claim, ClaimValue, Members
from policy_router.engine import words
from policy_router.engine.explanation import Change, Term
from policy_router.engine.fronts import RuleKey
from policy_router.engine.lean import Lean, Steps
from policy_router.engine.marks import NOTHING_KEPT, RETENTION
from policy_router.engine.openness import rules_in_doubt
from policy_router.engine.proposals import Proposals, Want
from policy_router.engine.step_words import change
from policy_router.engine.steps import Contract, Judged, Shown, Stated, Step, Waived
from policy_router.engine.trial import Trial
from policy_router.registry.favour import GLOBAL
from policy_router.registry.hops import route_knowledge
from policy_router.registry.speaking import covered_by, names_of
from policy_router.registry.standpoint import Standpoint
from policy_router.registry.transfer import PLACE_ATTRIBUTES

INFERENCE = "inference_location"


class Wording:
    """Puts sets of steps out of `proposals` in words; `blocked`: the rules in the way now."""

    def __init__(self, trial: Trial, proposals: Proposals, blocked: Sequence[RuleKey]) -> None:
        self._q = trial.q
        self._proposals = proposals
        self._blocked = blocked
        self._route = trial.route
        self._lean = Lean(trial, proposals)

    def worded(self, steps: Steps) -> tuple[Change, ...]:
        """The steps of a set as changes, in order."""
        stated = frozenset(s.fact for s in steps if isinstance(s, Stated))
        spared = {(s.policy, s.rule) for s in steps if isinstance(s, Waived)}
        spared |= set(rules_in_doubt(self._q, stated)) if stated else set()
        lean = self._lean.lean(steps, spared)
        return tuple(sorted(self._change(s, lean, spared, stated) for s in lean))

    def _change(
        self, step: Step, lean: Steps, spared: Collection[RuleKey], stated: frozenset[str]
    ) -> Change:
        said = tuple(self._said(step, lean, spared))
        doubt, held = self._in_doubt(step, stated), self._held(step)
        found = change(self._q, step, said, doubt, held)
        moved, elsewhere = self._proposals.otherwise(step), tuple(self._elsewhere(step, spared))
        return replace(found, otherwise=moved, elsewhere=elsewhere, amends=held)

    def _held(self, step: Step) -> str:
        """The agreement with the party of a contract that is in force for the route already."""
        if not isinstance(step, Contract):
            return ""
        registry, moment = self._q.snapshot.registry, self._q.moment
        parties = names_of(registry, step.hop)
        return min(
            (
                agreement.id
                for agreement in registry.agreements
                if agreement.parties & parties
                and covered_by(agreement, self._route)
                and agreement.validity.holds(moment.at)
                and moment.knows(agreement.recorded)
            ),
            default="",
        )

    def _elsewhere(self, step: Step, spared: Collection[RuleKey]) -> Iterator[str]:
        """Where the model runs, if a contract has to change that and it is known."""
        if not isinstance(step, Contract):
            return
        stated = {name for name, _ in step.terms}
        if INFERENCE in stated and self._now(step.hop, INFERENCE, spared):
            yield INFERENCE

    def _now(self, hop: str, name: str, spared: Collection[RuleKey]) -> str:
        """The places known of a hop, where rules demand other ones; else nothing.

        Of places that are not known in full: those among them that rules do not want, whatever
        the rest is.
        """
        if name not in PLACE_ATTRIBUTES:
            return ""
        view = Standpoint(self._q.snapshot.registry, self._q.moment)
        at = (f.value for f in route_knowledge(view, self._route, name).hops if f.hop == hop)
        known = next(at, None)
        wants = self._proposals.wants.get((hop, name), ())
        aimed = [w for w in wants if w.aim is not None and w.rule not in spared]
        if not isinstance(known, Members):
            return ""
        if known.open or known.optional:
            outside = {c for c in known.certain if any(self._bars(w, c) for w in aimed)}
            return f"{_named(outside)} among others" if outside else ""
        return "" if all(self._meets(w, known) for w in aimed) else _named(known.certain)

    def _in_doubt(self, step: Step, stated: frozenset[str]) -> tuple[str, ...]:
        """The blocked rules that may not apply because a step states a fact, among others."""
        if not isinstance(step, Stated):
            return ()
        doubtful = set(rules_in_doubt(self._q, stated))
        without = set(rules_in_doubt(self._q, stated - {step.fact}))
        return tuple(f"{p}/{r}" for p, r in self._blocked if (p, r) in doubtful - without)

    def _said(self, step: Step, steps: Steps, spared: Collection[RuleKey]) -> Iterator[Term]:
        """What a contract must say, or evidence show: any value that meets it will do."""
        if not isinstance(step, Contract | Shown):
            return
        for name, value in step.terms:
            wants = self._proposals.wants.get((step.hop, name), ())
            wanted = [want for want in wants if want.rule not in spared]
            said = self._demanded(step.hop, name, value, wanted)
            said += _here(step.hop, value, wanted, steps)
            if isinstance(step, Contract) and (now := self._now(step.hop, name, spared)):
                said += f" (now {now})"
            claim = self._claim(step, name)
            yield Term(name, said if claim is None else f"{said} ({self._age(claim)})")
        for clause in step.clauses if isinstance(step, Contract) else ():
            yield Term("", words.clause_name(clause))

    def _demanded(self, hop: str, name: str, value: ClaimValue, wanted: Iterable[Want]) -> str:
        """What is demanded of an attribute, as far as a value meets it."""
        unasked = name == RETENTION and value == NOTHING_KEPT
        if unasked and self._proposals.marks.instead_of_nothing() != value:
            return words.claimed(value, name)
        aims = [w.aim for w in wanted if w.aim is not None and self._meets(w, value)]
        strict = self._proposals.marks.strictest(name, aims)
        demands = dict.fromkeys(words.demanded(aim.test, wanted=aim.wanted) for aim in strict)
        homes = dict.fromkeys(w.home for w in wanted if w.home is not None)
        if homes and not demands:
            offer = self._proposals.offers[hop, name]
            named = "another place" if offer is not None and offer.moves else "named"
            return f"{named} (within {' or '.join(homes)}, or with a transfer mechanism)"
        return " and ".join(demands) or words.claimed(value, name)

    def _meets(self, want: Want, value: ClaimValue) -> bool:
        view = next(self._proposals.marks.views(want.rule))
        aim = want.aim
        return aim is not None and aim.met(view.test_claim(aim.test, value))

    def _bars(self, want: Want, country: str) -> bool:
        """Whether nothing that `country` is among would meet what is wanted."""
        view = next(self._proposals.marks.views(want.rule))
        aim, among = want.aim, Members(frozenset((country,)), open=True)
        return aim is not None and not aim.may_be_met(view.test_claim(aim.test, among))

    def _claim(self, step: Contract | Shown, name: str) -> Claim | None:
        """The claim that is verified again."""
        offer = self._proposals.offers[step.hop, name]
        again = isinstance(step, Shown) and step.again
        return offer.again if again and offer is not None else None

    def _age(self, claim: Claim) -> str:
        """How long ago a source was last looked at, in whole days, and whether it was verified."""
        days = (self._q.moment.at.date() - claim.evidence.fresh_on).days
        since = f"{words.counted(days, 'day')} ago"
        if claim.evidence.verified_on is None:
            return f"read {since}, verified by nobody"
        return f"last verified {since}"


def _named(places: Iterable[str]) -> str:
    return ", ".join("anywhere" if c == GLOBAL else c for c in sorted(places))


def _here(hop: str, value: ClaimValue, wanted: Iterable[Want], steps: Steps) -> str:
    """The countries that the set has assessed and that no demand names."""
    if not isinstance(value, Members):
        return ""
    named = {name for w in wanted if w.aim is not None for name in w.aim.test.names}
    judged = (s for s in steps if isinstance(s, Judged) and s.importer == hop)
    here = [s.country for s in judged if s.country in value.certain - named]
    return f" (here {', '.join(sorted(filter(None, here)))})" if here else ""
