"""What permissions rest on: exceptions, sign-offs, contracts, readings of law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from policy_router.audit.asking import Asked, OneKind
from policy_router.compiler.bitset import lowest
from policy_router.domain.decision import Used
from policy_router.engine.kinds import by_claims
from policy_router.engine.used import rested_on


class Grounds:
    """What the permissions among the kinds of a scenario rest on, found once for routes alike."""

    def __init__(self, part: Asked) -> None:
        self._part = part

    @cached_property
    def _alike(self) -> tuple[int, ...]:
        c = self._part.circumstances
        return by_claims(c, self._part.q.facts, c.bound.full).sets

    def of(self, kind: OneKind) -> Iterator[tuple[int, Used]]:
        """The routes of a kind that is permitted, as sets, each with what its permission rests on.

        `kind`: of any sorting; a ruling that permits names its one candidate.
        """
        c = self._part.circumstances
        covering = [p.policy for p in c.covering]
        (first,) = kind.ruling.determination().candidates
        for bits in self._alike:
            here = bits & kind.routes
            if here:
                one = replace(first, route=c.bound.routes[lowest(here)].id)
                yield here, rested_on(self._part.q, covering, one)
