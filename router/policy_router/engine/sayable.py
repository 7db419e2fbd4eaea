"""What could be said of each attribute at each hop of a route, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from policy_router.domain.claim import Claim, ClaimValue, EvidenceDemand, Gap, Knowledge, Members
from policy_router.engine.fronts import Mark, RuleKey, covered, marks_met
from policy_router.engine.marks import RETENTION, STORAGE, Marks
from policy_router.engine.question import Question
from policy_router.engine.setwise import Bounds
from policy_router.registry.favour import GLOBAL
from policy_router.registry.hops import MAKER_HOP, place_or_value, route_knowledge
from policy_router.registry.standpoint import Standpoint
from policy_router.registry.transfer import PLACE_ATTRIBUTES

SEATS = frozenset({"provider_jurisdiction", "parent_jurisdiction"})
"""What a contract states at most where it is not known: no company moves for one."""
_BY_NO_CONTRACT = frozenset({"maker_jurisdiction"})
_BY_CONTRACT_ONLY = frozenset({"dpa"})
"""What no page shows: a contract that is offered is not one that is signed."""
_VERIFY_AGAIN = {Gap.TOO_OLD, Gap.NOT_VERIFIED}


@dataclass(frozen=True, slots=True)
class Offer:
    """What could be said of one attribute at one hop.

    `values`: one of them is said; None says nothing. `signed`: a contract can say it. `shown`:
    those that new evidence could show. `again`: a claim that says something useful already, and
    only has to be verified. `moves`: to say it changes what is known, for transfers alone.
    """

    values: tuple[ClaimValue | None, ...]
    signed: bool
    shown: tuple[ClaimValue, ...]
    again: Claim | None
    moves: bool

    def countries(self) -> Iterator[str]:
        """The countries that could be named."""
        claimed = () if self.again is None else (self.again.value,)
        for value in (*self.values, *claimed):
            yield from sorted(possible(value))


class Sayable:
    """What is known of the only route of `at`, and what could be said besides to have `marks`."""

    def __init__(self, at: Question, marks: Marks, bounds: Bounds) -> None:
        self._at = at
        (self._route,) = at.snapshot.registry.routes.values()
        self._marks = marks
        self._bounds = bounds
        self._knowledge: dict[tuple[EvidenceDemand, str, str, bool], Knowledge] = {}

    def offer(self, hop: str, attribute: str) -> Offer | None:
        """What could be said of `attribute` at `hop`; None if it would be of no use."""
        marks = self._marks.of(hop, attribute)
        heard = [self._known(m.demand, hop, attribute) for m in marks]
        now, perhaps = self._met_now(hop, attribute, marks)
        again = next((f.claim for f in heard if _may_be_verified(f)), None)
        verified = marks_met(again.value, marks) if again else 0
        unsure = any(may_be_shown(f.value) for f in heard)
        signed = attribute not in _BY_NO_CONTRACT and (unsure or attribute not in SEATS)
        showable = unsure and attribute not in _BY_CONTRACT_ONLY
        met = {v: marks_met(v, marks) for v in self._marks.front(attribute, marks, self._bounds)}
        values = [v for v, bits in met.items() if bits & ~now and (signed or showable)]
        shown = [v for v in values if showable and not covered(met[v], (verified,))]
        if not (verified & ~now):
            again = None
        if not values and again is None:
            return None
        said = [met[v] for v in values]
        moves = self._moves(attribute, heard)
        silent = moves or not (covered(perhaps, said) and covered(verified, said))
        return Offer((*values, *([None] if silent else [])), signed, tuple(shown), again, moves)

    def known(self, demand: EvidenceDemand, hop: str, attribute: str) -> ClaimValue | None:
        """What is known at a hop."""
        return self._known(demand, hop, attribute).value

    def losing(self, hop: str, attribute: str, offer: Offer) -> Iterator[RuleKey]:
        """The rules for which something that could be said is worse than what is known."""
        marks = self._marks.of(hop, attribute)
        _, now = self._met_now(hop, attribute, marks)
        kept = now
        claimed = () if offer.again is None else (offer.again.value,)
        for value in (*offer.values, *claimed):
            kept &= now if value is None else marks_met(value, marks)
        yield from (mark.rule for n, mark in enumerate(marks) if (now & ~kept) >> n & 1)

    def _moves(self, attribute: str, heard: Iterable[Knowledge]) -> bool:
        """Whether all it says is known, and no rule asks for it: then it may as well stay."""
        read = (RETENTION, STORAGE) if attribute == RETENTION else (attribute,)
        for_transfers = attribute in {*PLACE_ATTRIBUTES, RETENTION}
        asked = any(map(self._marks.direct, read))
        return for_transfers and not asked and all(_is_settled(f.value) for f in heard)

    def _met_now(self, hop: str, attribute: str, marks: Sequence[Mark]) -> tuple[int, int]:
        """The marks that are met, and those that may be, depending on how long data is kept."""
        known, stored = (
            sum(marks_met(self._known(m.demand, *at).value, [m]) << n for n, m in enumerate(marks))
            for at in ((hop, attribute), (hop, attribute, True))
        )
        return known & stored, known | stored

    def _known(
        self,
        demand: EvidenceDemand,
        hop: str,
        attribute: str,
        stored: bool = False,  # noqa: FBT002 - given by place
    ) -> Knowledge:
        """What is known at a hop; `stored`: of where data is stored, were it known to be kept."""
        key = (demand, hop, attribute, stored)
        if key not in self._knowledge:
            view = Standpoint(self._at.snapshot.registry, self._at.moment, demand)
            if stored and hop != MAKER_HOP:
                found = place_or_value(view, self._route, hop, attribute)
            else:
                hops = route_knowledge(view, self._route, attribute).hops
                found = next(f for f in hops if f.hop == hop)
            self._knowledge[key] = found
        return self._knowledge[key]


def possible(value: ClaimValue | None) -> frozenset[str]:
    """All that a set names."""
    return value.certain | value.optional if isinstance(value, Members) else frozenset()


def may_be_shown(value: ClaimValue | None) -> bool:
    """Whether more could be known than is claimed."""
    return value is None or (isinstance(value, Members) and (value.open or bool(value.optional)))


def _is_settled(value: ClaimValue | None) -> bool:
    """Whether no more could be known; `GLOBAL` names no place."""
    return not may_be_shown(value) and GLOBAL not in possible(value)


def _may_be_verified(found: Knowledge) -> bool:
    claim = found.claim
    may = found.gap in _VERIFY_AGAIN and found.agreement is None
    return may and claim is not None and claim.value is not None
