"""Where a hop may be for the sake of transfers: what exports to each country would rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations

from policy_router.domain.claim import EvidenceDemand
from policy_router.domain.policy import Test
from policy_router.domain.request import RequestFacts
from policy_router.domain.vocabulary import REQUEST_READS, TRANSFER_BASIS, Regime
from policy_router.engine.fronts import MemberMark, RuleKey
from policy_router.engine.matching import RouteView
from policy_router.engine.question import Question
from policy_router.engine.steps import knowing
from policy_router.registry.favour import GLOBAL
from policy_router.registry.signoffs import transfer_assessed
from policy_router.registry.transfer import Place, bases_at, place_rests_on

Transfer = tuple[RuleKey, EvidenceDemand, Test]
"""A test of the bases of transfers, and the rule that puts it, with what evidence it demands."""


class Resting:
    """On what the only route of `at` could rest, country by country, as the registry is."""

    def __init__(self, at: Question) -> None:
        self._at = at
        (self._route,) = at.snapshot.registry.routes.values()
        self._requests = tuple(_settled_in_part(at))
        self._rests: dict[tuple[int, str, str, EvidenceDemand, Test], bool] = {}

    def marks(self, hop: str, transfers: Iterable[Transfer]) -> Iterator[MemberMark]:
        """What transfers to `hop` want of the countries it is in.

        Two countries are told apart if one of them needs a step that the other can do without,
        whichever facts are stated.
        """
        for rule, demand, test in transfers:
            yield MemberMark(rule, demand, _is_somewhere, every=True)
            for n in range(len(self._requests)):
                for holds in (self._rests_then, self._needs_no_assessment):
                    wanted = partial(holds, n, hop, demand, test)
                    yield MemberMark(rule, demand, wanted, every=True, mendable=True)

    def rests(self, hop: str, demand: EvidenceDemand, test: Test, country: str) -> bool:
        """Whether exports to `hop` in `country` have one of the bases that `test` names."""
        return self._rests_then(0, hop, demand, test, country)

    def _rests_then(
        self, request: int, hop: str, demand: EvidenceDemand, test: Test, country: str
    ) -> bool:
        where = (request, hop, country, demand, test)
        if where not in self._rests:
            place = Place(hop, country, "")
            regime = Regime(test.subject.removeprefix(TRANSFER_BASIS))
            self._rests[where] = all(
                place_rests_on(
                    bases_at(v.standpoint, v.route, place, regime, v.asked), test.names
                ).known_true
                for v in self._views(request, demand)
            )
        return self._rests[where]

    def _needs_no_assessment(
        self, request: int, hop: str, demand: EvidenceDemand, test: Test, country: str
    ) -> bool:
        return self._rests_then(request, hop, demand, test, country) or all(
            transfer_assessed(v.standpoint, hop, country, v.route, v.asked).known_true
            for v in self._views(request, demand)
        )

    def _views(self, request: int, demand: EvidenceDemand) -> Iterator[RouteView]:
        for facts in self._requests[request].views:
            yield RouteView(self._at.snapshot, self._route, facts, self._at.moment, demand)


def _settled_in_part(q: Question) -> Iterator[RequestFacts]:
    """The request as it is, and were facts settled that are stated, but perhaps not in full."""
    names = stated_in_part(q, REQUEST_READS[TRANSFER_BASIS])
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            yield knowing(q.facts, frozenset(chosen))


def stated_in_part(q: Question, names: Iterable[str]) -> Sequence[str]:
    """Those of some facts that are stated, but perhaps not in full."""
    return [n for n in names if q.facts.set_fact(n).members and not q.knows(n)]


def _is_somewhere(member: str) -> bool:
    """A transfer to anywhere has no basis; one to somewhere may get one."""
    return member != GLOBAL
