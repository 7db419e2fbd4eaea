"""What would make a route pass: the smallest sets of steps, exactly, within a stated bound.

What contracts and evidence would have to say is chosen first (`proposals`), in every way that
could make a difference; for each of these the smallest sets of steps are searched.

Every set of steps that permits the route settles each rule in its way, so it holds, for each of
them, one of the smallest sets that settle that rule. Those are worked out rule by rule and put
together (`effects`, `setwise`). What comes out is tried in the definition, fewest steps first. A
set that falls short because one step undoes another is tried with each further step that bears
on the rule that is then in the way, so that no set within the bound is missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush

from policy_router.domain.decision import Candidate, Verdict
from policy_router.domain.policy import Mode, Policy
from policy_router.engine.effects import Effects
from policy_router.engine.explanation import Remedies
from policy_router.engine.fronts import RuleKey
from policy_router.engine.proposals import Proposals
from policy_router.engine.question import Question
from policy_router.engine.remedy_words import Wording
from policy_router.engine.setwise import Bounds, by_size
from policy_router.engine.steps import Step, Waived
from policy_router.engine.trial import Trial, blocking

LARGEST_SET = 10
MOST_KEPT = 256
MOST_CONFIRMED = 64
MOST_FOUND = 16


def remedies(q: Question, covering: Sequence[Policy], candidate: Candidate) -> Remedies:
    """The smallest sets of changes that would permit a route that is suitable but blocked."""
    trial = Trial(q, at_stake(covering, candidate), q.snapshot.registry.routes[candidate.route])
    bounds = Bounds(LARGEST_SET, MOST_KEPT)
    blocked = tuple(blocking(candidate.verdicts))
    proposals = Proposals(trial.now, trial.rules, blocked, bounds)
    wording = Wording(trial, proposals, blocked)
    found = smallest_sets(trial, proposals, blocked, bounds)
    sets = sorted((_waives(s), len(proposals.about(s)), -len(s), wording.worded(s)) for s in found)
    return Remedies(tuple(changes for *_, changes in sets), complete=not bounds.cut)


def _waives(steps: Iterable[Step]) -> bool:
    """Whether a set needs an exception: it changes nothing about the route, so it stands last."""
    return any(isinstance(step, Waived) for step in steps)


def at_stake(covering: Iterable[Policy], candidate: Candidate) -> list[Policy]:
    """The policies without rules that no step could make stop the candidate.

    Rules that are only watched never stop it, and rules that do not apply to the request go on
    not to apply.
    """
    idle = {(v.policy, v.rule) for v in candidate.verdicts if v.verdict is Verdict.NOT_APPLICABLE}
    return [
        replace(
            p,
            rules=tuple(r for r in p.rules if r.mode is Mode.ENFORCE and (p.id, r.id) not in idle),
        )
        for p in covering
    ]


def smallest_sets(
    trial: Trial, proposals: Proposals, blocked: Sequence[RuleKey], bounds: Bounds
) -> list[tuple[Step, ...]]:
    """The smallest sets of steps, whatever these say; of what a set may say the first that does.

    A contract that changes what is known counts as a step more for each thing it changes: what
    leaves things as they are is found beside it.
    """
    found: dict[frozenset[object], tuple[Step, ...]] = {}
    for steps in proposals.contents():
        search = Search(trial, steps, blocked, bounds)
        for bits in search.smallest():
            taken = search.effects.taken(bits)
            found.setdefault(proposals.about(taken), taken)
    return [taken for about, taken in found.items() if not any(other < about for other in found)]


class Search:
    """The search among steps of which it is settled what they say."""

    def __init__(
        self, trial: Trial, steps: Sequence[Step], blocked: Sequence[RuleKey], bounds: Bounds
    ) -> None:
        self._trial = trial
        self._blocked = blocked
        self._bounds = bounds
        self.effects = Effects(trial, steps, bounds)

    def smallest(self) -> list[int]:
        """The smallest sets of steps, as bits over the steps of `effects`."""
        rules = self._trial.rules
        settling = (self.effects.enough(key[0], rules[key]) for key in self._blocked)
        return self._confirmed(self._bounds.all_of(settling))

    def _confirmed(self, sets: Sequence[int]) -> list[int]:
        """Those that permit the route, or what has to be added to them."""
        heap = [by_size(bits) for bits in sets]
        heapify(heap)
        found: list[int] = []
        tried: set[int] = set()
        while heap:
            size, bits = heappop(heap)
            if bits in tried or any(f & bits == f for f in found):
                continue
            if len(tried) >= MOST_CONFIRMED or len(found) >= MOST_FOUND:
                self._bounds.cut = True
                break
            tried.add(bits)
            stopping = next(self._trial.stopping(self.effects.world(bits)), None)
            if stopping is None:
                found.append(bits)
            elif size >= LARGEST_SET:
                self._bounds.cut = True
            else:
                for further in self._further(bits, stopping):
                    heappush(heap, by_size(further))
        return found

    def _further(self, bits: int, stopping: RuleKey) -> Iterator[int]:
        """The set with each step more that may change what comes of the rule in the way."""
        for n in self.effects.bearing(stopping[0], self._trial.rules[stopping]):
            if not bits >> n & 1:
                yield bits | 1 << n
