"""What a search finds are all the smallest sets there are, whatever their steps might say."""

from __future__ import annotations

from collections.abc import Iterator

from policy_router.engine.proposals import Proposals
from policy_router.engine.question import Question
from policy_router.engine.reference import covering_policies, decide
from policy_router.engine.remedies import LARGEST_SET, MOST_KEPT, at_stake, smallest_sets
from policy_router.engine.setwise import Bounds
from policy_router.engine.steps import Contract, Judged, Shown, Stated, Step, Waived
from policy_router.engine.trial import Trial, blocking
from tests.property.proving import Effect, law
from tests.property.trying import Place, Tries
from tests.strategies.refusals import about_claims, about_transfers

LARGEST = 3


@law(about_claims, tested=0.6, seen=0.5, times=2)
def test_no_smallest_set_about_claims_is_missed(q: Question) -> Effect:
    return _compared(q)


@law(about_transfers, tested=0.6, seen=0.5, times=1)
def test_no_smallest_set_about_transfers_is_missed(q: Question) -> Effect:
    """To change a place that is known counts, unless a rule asks for the place itself."""
    return _compared(q)


def _compared(q: Question) -> Effect:
    (candidate,) = decide(q.snapshot, q.facts, q.moment).candidates
    if candidate.permitted:
        return Effect.NONE
    (route,) = q.snapshot.registry.routes.values()
    bounds, blocked = Bounds(LARGEST_SET, MOST_KEPT), tuple(blocking(candidate.verdicts))
    trial = Trial(q, at_stake(covering_policies(q), candidate), route)
    proposals = Proposals(trial.now, trial.rules, blocked, bounds)
    tries = Tries(q, list(trial.rules.values()), LARGEST)
    found = {
        frozenset(place for step in steps for place in _places(step, tries))
        for steps in smallest_sets(trial, proposals, blocked, bounds)
    }
    smallest = {s for s in found if len(s) <= LARGEST and not any(o < s for o in found)}
    there_are = tries.smallest()
    assert smallest == there_are if not bounds.cut else smallest <= there_are
    return Effect.SEEN if there_are else Effect.TESTED


def _places(step: Step, tries: Tries) -> Iterator[Place]:
    yield _place(step)
    if isinstance(step, Contract):
        yield from (("move", step.hop, n) for n, _ in step.terms if tries.moves(step.hop, n))


def _place(step: Step) -> Place:
    match step:
        case Contract(hop):
            return "contract", hop
        case Shown(hop):
            return "evidence", hop
        case Judged(_, importer) if importer is not None:
            return "assessment", importer
        case Judged(kind):
            return "judgement", kind
        case Stated(fact):
            return "fact", fact
        case Waived(_, rule):
            return "waiver", rule
