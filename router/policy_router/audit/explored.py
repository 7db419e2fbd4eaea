"""One request put to many routes: which remain, why the others went, and on what that rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from policy_router.audit.dossier.build import policy_parts
from policy_router.audit.dossier.classes import route_classes
from policy_router.audit.dossier.content import PolicyPart
from policy_router.audit.dossier.exhibits import Exhibits
from policy_router.audit.dossier.missing import shortest
from policy_router.audit.dossier.parties import Processors
from policy_router.audit.dossier.verdicts import Evidenced, Names, RouteClass
from policy_router.audit.dossier.writings import PartyPart
from policy_router.audit.gaps import gaps_by
from policy_router.audit.matrix import Cell, Matrix, Standing, matrix_by
from policy_router.domain.claim import Moment
from policy_router.domain.decision import Reason
from policy_router.domain.organisation import Scenario
from policy_router.engine.decide import Engine

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Refusal:
    """Routes that are refused for one and the same reason, by id.

    `obligations`: those in the way before any rule, as of a `Cell`. `failed`, `unknown`: the
    enforced rules in the way, as `policy/rule`: known not to be met, and not known to be met.
    `facts`: facts of the request that are not known and matter.
    """

    standing: Standing
    reason: Reason | None
    obligations: Names
    failed: Names
    unknown: Names
    facts: Names
    routes: Names

    @property
    def key(self) -> str:
        """The same for the same reason, whatever else is asked."""
        rules = (self.obligations, self.failed, self.unknown)
        said = (self.standing, self.reason or "", rules, self.facts)
        return sha256(repr(said).encode()).hexdigest()[:_DIGITS]


@dataclass(frozen=True, slots=True)
class Explored:
    """What became of a request. `permitted`: best first; `refusals`: those of most routes first."""

    found: Matrix
    permitted: Names
    refusals: tuple[Refusal, ...]

    def count(self, standing: Standing) -> int:
        """How many routes have a standing."""
        return sum(cell.standing is standing for cell in self.found.cells)


@dataclass(frozen=True, slots=True)
class Told:
    """Routes in classes, each with its verdicts, and what these rest on, as reports tell it."""

    classes: tuple[RouteClass, ...]
    parties: tuple[PartyPart, ...]
    policies: tuple[PolicyPart, ...]
    evidence: tuple[Evidenced, ...]


def explored(engine: Engine, request: Scenario, routes: Sequence[str], moment: Moment) -> Explored:
    """Decide a request on each of `routes`, each asked for by its own id, as an audit does."""
    found = matrix_by(engine, [request], routes, moment)
    chain = engine.decide(request.request, moment).chain
    rank = {route: number for number, route in enumerate(chain)}
    permitted = [c.route for c in found.cells if c.standing is Standing.PERMITTED]
    ordered = sorted(permitted, key=lambda route: (rank.get(route, len(rank)), route))
    return Explored(found, tuple(ordered), _refusals(found.cells))


def _refusals(cells: Sequence[Cell]) -> tuple[Refusal, ...]:
    alike: dict[tuple[Standing, Reason | None, Names, Names, Names, Names], list[str]] = {}
    for c in cells:
        if c.standing is not Standing.PERMITTED:
            rules = (c.obligations, c.failed_rules, c.unknown_rules)
            key = (c.standing, c.reason, *rules, c.facts)
            alike.setdefault(key, []).append(c.route)
    found = [Refusal(*key, tuple(sorted(routes))) for key, routes in alike.items()]
    return tuple(sorted(found, key=lambda r: (-len(r.routes), r.key)))


def told(engine: Engine, request: Scenario, routes: Sequence[str], moment: Moment) -> Told:
    """Everything that is to be said of a request on these routes."""
    found = matrix_by(engine, [request], routes, moment)
    exhibits = Exhibits(engine.snapshot.registry, moment)
    missing = shortest(gaps_by(engine, [request], routes, moment))
    classes = route_classes(engine, found, missing, exhibits)
    parties = Processors(engine.snapshot, moment, classes, exhibits.all).parties()
    return Told(classes, parties, policy_parts(engine.snapshot.policies), exhibits.all)
