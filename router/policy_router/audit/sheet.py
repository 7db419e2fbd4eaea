"""All that is recorded about a model: its card, its routes and what each hop claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from policy_router.audit.evidence import Standing, Statement, statements
from policy_router.audit.matrix import reachable_routes
from policy_router.audit.prices import ListPrice, list_price
from policy_router.domain.claim import Evidence, Gap, Moment
from policy_router.domain.route import Model, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.registry.hops import hops_of
from policy_router.registry.lifecycle import stage_at

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
_METERS: Final = ("input", "output")
_Asked = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """One route of a model, with the hops it passes and what counts at each of them.

    `card`: the model as it is offered there. `claims`: by hop and attribute, what counts; what is
    not there is not known. `against`: what contradicts that. `input`, `output`: prices per one
    million tokens, as stored; None is unknown. `price_sources`: by meter what that rests on: of an
    unknown price the tables that do not settle it.
    """

    route: Route
    card: Model
    hops: tuple[str, ...]
    stage: str | None
    input: ListPrice | None
    output: ListPrice | None
    claims: dict[tuple[str, str], Statement]
    against: dict[tuple[str, str], tuple[Statement, ...]]
    price_sources: dict[str, tuple[Evidence, ...]]

    def at_provider(self, attribute: str) -> Statement | None:
        """What counts at the provider's hop; None if nothing does."""
        return self.claims.get((self.route.provider, attribute))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A model and its routes within reach, or one of them, at one moment of one snapshot.

    `name`: what was asked for, the model or one route. `model`: with its general card; what a
    route offers stands with the offer. `beside`: ids of its routes within reach that were not asked
    for. `elsewhere`: of those behind gateways that the project does not list. `others`: of further
    models of the same maker.
    """

    snapshot: Snapshot
    moment: Moment
    name: str
    model: Model
    offers: tuple[Offer, ...]
    beside: tuple[str, ...]
    elsewhere: tuple[str, ...]
    others: tuple[str, ...]


def sheet(
    snapshot: Snapshot,
    model: str,
    routes: tuple[Route, ...],
    moment: Moment,
    *,
    route: str | None = None,
) -> Sheet:
    """What is recorded about a model on these of its routes; `route`: the one asked for, if one."""
    registry = snapshot.registry
    found = registry.models[model]
    ids = {shown.id for shown in routes}
    within = set(reachable_routes(snapshot))
    further = sorted(r.id for r in registry.routes.values() if r.model == model and r.id not in ids)
    return Sheet(
        snapshot=snapshot,
        moment=moment,
        name=model if route is None else route,
        model=found,
        offers=tuple(_offer(snapshot, each, moment) for each in routes),
        beside=tuple(name for name in further if name in within),
        elsewhere=tuple(name for name in further if name not in within),
        others=tuple(
            sorted(
                m.id
                for m in registry.models.values()
                if found.maker is not None and m.maker == found.maker and m.id != model
            )
        ),
    )


def _offer(snapshot: Snapshot, route: Route, moment: Moment) -> Offer:
    claims, against = _what_counts(statements(snapshot.registry, route, moment))
    prices = {meter: list_price(route, meter, moment.at) for meter in _METERS}
    return Offer(
        route=route,
        card=snapshot.registry.card(route),
        hops=hops_of(snapshot.registry, route),
        stage=stage_at(route, moment),
        input=prices["input"],
        output=prices["output"],
        claims=claims,
        against=against,
        price_sources={m: _price_sources(route, p, moment) for m, p in prices.items()},
    )


def _what_counts(
    found: Iterable[Statement],
) -> tuple[dict[_Asked, Statement], dict[_Asked, tuple[Statement, ...]]]:
    """What counts, and what contradicts it: of statements that leave it open, the first counts."""
    counts: dict[_Asked, Statement] = {}
    against: dict[_Asked, tuple[Statement, ...]] = {}
    for s in sorted(found, key=lambda s: s.standing is not Standing.SPEAKS):
        key = s.hop, s.attribute
        if s.standing is Standing.SPEAKS or (
            s.standing is Standing.CONTRADICTED and key not in counts
        ):
            open_ = s.standing is Standing.CONTRADICTED
            counts[key] = replace(s, gap=Gap.CONFLICT) if open_ else s
        elif s.standing is Standing.CONTRADICTED:
            against[key] = (*against.get(key, ()), s)
    return counts, against


def _price_sources(route: Route, found: ListPrice | None, moment: Moment) -> tuple[Evidence, ...]:
    """The sources of the price that counts; where none does, of every table that holds."""
    if found is not None:
        return found.sources
    return tuple(table.evidence for table in route.prices if table.holds(moment.at))
