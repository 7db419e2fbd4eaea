"""What routes fall short of, in words; looked up once for routes of which the same is claimed."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property

from policy_router.compiler.bind import Bound
from policy_router.domain.claim import EvidenceDemand
from policy_router.domain.patterns import any_matches
from policy_router.domain.vocabulary import TRANSFER_BASIS
from policy_router.engine.explanation import Shortfall
from policy_router.engine.lacking import Lack
from policy_router.engine.matching import RouteView
from policy_router.engine.shortfalls import rests_on_claims, shortfall
from policy_router.registry.signoffs import TIA

MOST_READ = 16_384


class Readings:
    """The shortfalls of one epoch's routes; shared by requests that policies read alike.

    What it remembers is keyed by everything that was read, bounded, and never outlives its epoch.
    """

    def __init__(self, bound: Bound) -> None:
        self._bound = bound
        self._read: dict[Hashable, Shortfall] = {}

    @cached_property
    def _alike(self) -> list[int]:
        """For each route, the number of the set of routes it is alike to."""
        found = [0] * len(self._bound.routes)
        for place, alike in enumerate(self._bound.atoms.alike):
            for number in alike.numbers:
                found[number] = place
        return found

    @cached_property
    def _assessments(self) -> tuple[tuple[str, ...], ...]:
        """The routes that each assessment limited to some routes names."""
        signoffs = self._bound.snapshot.registry.signoffs
        return tuple(s.routes for s in signoffs if s.type == TIA and s.routes)

    def shortfall(self, number: int, lack: Lack, demand: EvidenceDemand) -> Shortfall:
        """What route number `number` falls short of."""
        if not rests_on_claims(lack.unmet.test.subject):
            return self._look(number, lack, demand)
        said = (self._alike[number], lack.atom, lack.unmet.wanted, lack.is_known(number))
        key = (said, self._asked(number, lack))
        found = self._read.get(key)
        if found is None:
            found = self._look(number, lack, demand)
            if len(self._read) >= MOST_READ:
                self._read.clear()
            self._read[key] = found
        return found

    def _asked(self, number: int, lack: Lack) -> tuple[Hashable, ...]:
        """What a transfer basis depends on besides claims: facts, and assessments of the route."""
        if not lack.unmet.test.subject.startswith(TRANSFER_BASIS):
            return ()
        mask = self._bound.reads.read_by(lack.unmet.test.subject) or 0
        route = self._bound.routes[number].id
        assessed = tuple(any_matches(routes, route) for routes in self._assessments)
        return (lack.settled & mask, assessed)

    def _look(self, number: int, lack: Lack, demand: EvidenceDemand) -> Shortfall:
        bound = self._bound
        view = RouteView(bound.snapshot, bound.routes[number], lack.view, bound.moment, demand)
        return shortfall(lack.unmet, view, known=lack.is_known(number))
