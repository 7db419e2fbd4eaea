"""A choice put to the documents in force: what pages about requests begin with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from policy_router.audit.explored import Explored, Told, explored, told
from policy_router.domain.claim import Moment
from policy_router.domain.diagnostic import Span
from policy_router.domain.organisation import Scenario
from policy_router.explorer.choice import Choice
from policy_router.explorer.documents import InForce
from policy_router.report.dossier.looked import Grounds
from policy_router.service.decision import Decision
from policy_router.service.pdp import PDP

_HERE: Final = Span("explorer", 0, 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request decided, with the moment and the choice it came from."""

    choice: Choice
    moment: Moment
    decision: Decision
    pdp: PDP

    @property
    def scenario(self) -> Scenario:
        """The request, as audits take one."""
        return Scenario("request", "this request", "", self.decision.asked, _HERE)

    def explored(self, routes: tuple[str, ...]) -> Explored:
        """What becomes of the request on each of these routes."""
        return explored(self.decision.engine, self.scenario, routes, self.moment)

    def told(self, routes: tuple[str, ...]) -> Told:
        """Everything that is to be said of it on these routes."""
        return told(self.decision.engine, self.scenario, routes, self.moment)

    def on_route(self, route: str) -> Decision:
        """The decision, were this route alone asked for."""
        facts = replace(self.decision.asked, model=route)
        at, known_at = self.moment.at, self.moment.known_at
        snapshot = self.decision.snapshot
        return self.pdp.decide(facts, at=at, known_at=known_at, snapshot=snapshot)


def asked(pdp: PDP, choice: Choice, in_force: InForce) -> Asked:
    """Decide what is chosen, from the documents in force.

    Raises `DocumentErrors` and `BadChoice` for what is no fact or day, and `Refused` for documents
    that are too old.
    """
    moment = choice.moment(pdp.now())
    snapshot = in_force.loaded.snapshot
    facts = choice.facts()
    decision = pdp.decide(facts, at=moment.at, known_at=moment.known_at, snapshot=snapshot)
    return Asked(choice, moment, decision, pdp)


def looked_up(found: Told) -> Grounds:
    """What is said, looked up by what its parts are called."""
    return Grounds(found.parties, found.policies, found.evidence)
