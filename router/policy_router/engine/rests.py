"""What permissions rest on, found once for calls alike: records name it before a call is sent."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from policy_router.domain.decision import Candidate, Used
from policy_router.domain.request import RequestFacts
from policy_router.domain.vocabulary import is_number_fact
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.kinds import by_claims
from policy_router.engine.question import Question
from policy_router.engine.used import reads_claims, rested_on, together


class Rests:
    """What the permissions of one epoch rest on.

    What it remembers is keyed by everything that was read, bounded, and never outlives its epoch.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: dict[Hashable, Used] = {}

    def of(self, c: Circumstances, q: Question, permitted: Sequence[Candidate]) -> Used:
        """What stands behind the permission of each of some routes, all in one.

        `c`: the circumstances of the request of `q`.
        """
        key = _read(c, q.facts, permitted)
        found = self._found.get(key)
        if found is None:
            covering = [p.policy for p in c.covering]
            found = together(rested_on(q, covering, each) for each in _unlike(c, q, permitted))
            if len(self._found) >= self._most:
                self._found.clear()
            self._found[key] = found
        return found


def _read(c: Circumstances, facts: RequestFacts, permitted: Sequence[Candidate]) -> Hashable:
    """All that tells a request from others in what its permissions rest on.

    Rules see of a request what the bits of its views say. Law is looked up for every regime. What
    a rule on cost says depends on the size, and what it rests on too, if it asks for claims also.
    """
    mixed = any(reads_claims(rule.planned.rule) for rule in c.costly)
    return (
        c.views,
        facts.set_fact("regime").members,
        tuple(each.route for each in permitted),
        tuple(each.verdicts for each in permitted) if c.costly else (),
        tuple(map(_sizes, facts.views)) if mixed else (),
    )


def _sizes(facts: RequestFacts) -> Hashable:
    return frozenset((name, value) for name, value in facts.scalars.items() if is_number_fact(name))


def _unlike(c: Circumstances, q: Question, permitted: Sequence[Candidate]) -> Sequence[Candidate]:
    """One of each kind of routes: what is said of it holds of all of its kind."""
    if len(permitted) <= 1:
        return permitted
    kinds, number = by_claims(c, q.facts, c.bound.full), c.bound.number
    return tuple({kinds.of(number[each.route]): each for each in permitted}.values())
