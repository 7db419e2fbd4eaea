"""What an epoch reads of a request, so that requests which agree in it are decided once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor
from typing import Final

from policy_router.domain.request import FactValue, RequestFacts
from policy_router.domain.vocabulary import REQUEST_READS, REQUESTED_MODEL, SERVER_TOOLS
from policy_router.engine.epoch import Epoch

_SIZES: Final = ("tokens.input", "tokens.output")
_SOME: Final = 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """From which numbers of tokens on something is otherwise, apart from which route is cheapest.

    Two sizes are alike if each of their counts, and both together, have reached the same of
    these. A count that is not known is a place of its own, and adds nothing to the sum.
    """

    input: frozenset[int]
    output: frozenset[int]
    both: frozenset[int]

    def __or__(self, other: Bounds) -> Bounds:
        """Where it makes a difference to either."""
        return Bounds(self.input | other.input, self.output | other.output, self.both | other.both)


def facts_asked(epoch: Epoch) -> frozenset[str]:
    """The facts of which policies, sign-offs and prices of an epoch ask what they are."""
    return epoch.bound.reads.facts


def facts_noticed(epoch: Epoch) -> frozenset[str]:
    """The facts of which they ask at least whether they are known."""
    atoms = epoch.bound.plan.route_atoms
    of_routes = (
        name
        for begins, names in REQUEST_READS.items()
        if any(atom.test.subject.startswith(begins) for atom in atoms)
        for name in names
    )
    return facts_asked(epoch).union(of_routes)


def facts_read(epoch: Epoch) -> frozenset[str]:
    """All facts on whose values a decision of an epoch can depend.

    Two requests get the same decision if they agree in these, and in which of `facts_noticed` are
    known. Of numbers of tokens it is enough that they are alike (`bounds`), and on the same side of
    every turning point (`Ruling.turning`).
    """
    return facts_asked(epoch) | epoch.suitability.reads | {REQUESTED_MODEL}


def bounds(epoch: Epoch) -> Bounds:
    """Where numbers of tokens make a difference in an epoch."""
    reads, limits = epoch.bound.reads, epoch.suitability
    return Bounds(
        input=_around(reads.bounds("tokens.input")) | {_SOME},
        output=_around(reads.bounds("tokens.output")) | _above(limits.outputs) | {_SOME},
        both=_above(limits.windows),
    )


def _above(limits: Iterable[Decimal]) -> frozenset[int]:
    """The first counts above some limits."""
    return frozenset(floor(limit) + 1 for limit in limits)


def _around(found: frozenset[Decimal]) -> frozenset[int]:
    """The first counts at some bounds, and above them."""
    return frozenset(map(ceil, found)) | _above(found)


def alike(epoch: Epoch, facts: RequestFacts) -> Hashable:
    """Equal for two requests that an epoch decides alike, on one side of every turning point.

    Coarser than to agree in `facts_read`: that a policy reads a fact does not mean that it makes
    a difference of all its values.
    """
    facts = epoch.as_carried_out(facts)
    bits, noticed = epoch.bound.reads.bits, sorted(facts_noticed(epoch))
    return (
        tuple(bits(view) for view in facts.views),
        tuple(view.knows(name) for view in facts.views for name in noticed),
        facts.model,
        epoch.suitability.of(facts),
        _tools_that_count(epoch, facts),
        tuple(_sign(facts.scalar(name)) for name in _SIZES),
    )


def _tools_that_count(epoch: Epoch, facts: RequestFacts) -> frozenset[str]:
    """The tools of a call where others may be added to them, as a model uses these unasked.

    Policies that cannot tell two sets apart may tell apart what they become.
    """
    added = SERVER_TOOLS in facts_asked(epoch) and epoch.suitability.tools
    return facts.set_fact(SERVER_TOOLS).members if added else frozenset()


def _sign(count: FactValue | None) -> bool | None:
    return None if count is None else isinstance(count, Decimal) and count > 0
