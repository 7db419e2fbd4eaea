"""All that is recorded about a model: its card, its routes and what each hop claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from policy_router.audit.evidence import Standing, Statement, statements
from policy_router.domain.claim import Gap, Moment
from policy_router.domain.price import Money
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Model, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.registry.hops import hops_of
from policy_router.registry.lifecycle import stage_at
from policy_router.registry.prices import price

HANDLING: Final = (
    "inference_location",
    "storage_location",
    "support_location",
    "zero_data_retention",
    "zdr_exceptions",
    "training",
    "retention_days",
    "logging",
    "human_review",
    "caching",
    "third_party_access",
    "dpa",
    "use_restrictions",
    "transfers_offered",
    "dpf",
    "certifications",
    "provider_jurisdiction",
    "parent_jurisdiction",
)
"""What a buyer asks about the handling of data, in the order in which it is asked."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One route of a model, with the hops it passes and what counts at each of them.

    `card`: the model as it is offered there. `claims`: by hop and attribute; what is not there is
    not known. `input`, `output`: prices per one million tokens at the largest size, as stored; None
    is unknown.
    """

    route: Route
    card: Model
    hops: tuple[str, ...]
    stage: str | None
    input: Money | None
    output: Money | None
    claims: dict[tuple[str, str], Statement]

    def at_provider(self, attribute: str) -> Statement | None:
        """What counts at the provider's hop; None if nothing does."""
        return self.claims.get((self.route.provider, attribute))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A model and its routes within reach, at one moment of one snapshot.

    `model`: with its general card; what a route offers stands with the offer. `elsewhere`: ids of
    its routes behind gateways that the project does not list. `others`: ids of further models of
    the same maker.
    """

    snapshot: Snapshot
    moment: Moment
    model: Model
    offers: tuple[Offer, ...]
    elsewhere: tuple[str, ...]
    others: tuple[str, ...]


def sheet(snapshot: Snapshot, model: str, routes: tuple[Route, ...], moment: Moment) -> Sheet:
    """What is recorded about a model on these of its routes."""
    registry = snapshot.registry
    found = registry.models[model]
    ids = {route.id for route in routes}
    return Sheet(
        snapshot=snapshot,
        moment=moment,
        model=found,
        offers=tuple(_offer(snapshot, route, moment) for route in routes),
        elsewhere=tuple(
            sorted(r.id for r in registry.routes.values() if r.model == model and r.id not in ids)
        ),
        others=tuple(
            sorted(
                m.id
                for m in registry.models.values()
                if found.maker is not None and m.maker == found.maker and m.id != model
            )
        ),
    )


def _offer(snapshot: Snapshot, route: Route, moment: Moment) -> Offer:
    anything = RequestFacts()
    return Offer(
        route=route,
        card=snapshot.registry.card(route),
        hops=hops_of(snapshot.registry, route),
        stage=stage_at(route, moment),
        input=price(route, "input", anything, moment.at),
        output=price(route, "output", anything, moment.at),
        claims=_counting(statements(snapshot.registry, route, moment)),
    )


def _counting(found: Iterable[Statement]) -> dict[tuple[str, str], Statement]:
    """What counts at each hop: what speaks; where claims contradict each other, one, as unknown."""
    counting: dict[tuple[str, str], Statement] = {}
    for statement in found:
        about = statement.hop, statement.attribute
        if statement.standing is Standing.SPEAKS:
            counting[about] = statement
        elif statement.standing is Standing.CONTRADICTED:
            counting.setdefault(about, replace(statement, gap=Gap.CONFLICT))
    return counting
