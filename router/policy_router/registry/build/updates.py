"""Updates: what later readings add to routes and models of other documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from policy_router.domain.claim import Claim, Evidence
from policy_router.domain.diagnostic import Diagnostic
from policy_router.domain.price import PriceTable
from policy_router.domain.route import FIGURES, OFFERED, Model, Route
from policy_router.language.catalogue import Catalogue
from policy_router.language.draft import Draft, overlap
from policy_router.language.grammar.updates import (
    FilledBody,
    UpdateBody,
    UpdatedModelBody,
    UpdatedRouteBody,
)
from policy_router.language.mistakes import warning
from policy_router.language.text import quoted
from policy_router.registry.build.figures import with_figures
from policy_router.registry.build.places import card_value, claims_by_hop, events_of
from policy_router.registry.build.prices import prices_of

_EVER: Final = datetime.min.replace(tzinfo=UTC)


def updated_routes(
    catalogue: Catalogue,
    today: date,
    problems: list[Diagnostic],
    routes: dict[str, Route],
    cards: Mapping[str, Model],
) -> dict[str, Route]:
    """The routes with their updates; an update of a route that is not loaded is a warning."""
    added: dict[str, list[tuple[Draft[UpdateBody], str]]] = defaultdict(list)
    for draft in _drafts(catalogue, today, problems):
        draft.check_sources(draft.body.sources)
        for name in draft.body.routes:
            if name in routes:
                added[name].append((draft, name))
            elif not catalogue.has(name, "route"):
                _unknown(draft, "route", name)
    return routes | {name: _route(routes[name], parts, cards) for name, parts in added.items()}


def updated_models(
    catalogue: Catalogue, today: date, problems: list[Diagnostic], models: dict[str, Model]
) -> dict[str, Model]:
    """The models, where updates fill in what their cards leave open."""
    found = dict(models)
    for draft in _drafts(catalogue, today, problems):
        for name, body in draft.body.models.items():
            if name in found:
                found[name] = _model(draft, found[name], body)
            elif not catalogue.has(name, "model"):
                _unknown(draft, "model", name)
    return found


def filled_in(route: Route, cards: Mapping[str, Model], updated: Mapping[str, Model]) -> Route:
    """A route with a card of its own, where the model's card left open what an update fills in."""
    before, after = cards.get(route.model), updated.get(route.model)
    if route.offered is None or before is None or before is after or after is None:
        return route
    filled = {
        name: getattr(after, name)
        for name in FIGURES
        if getattr(route.offered, name) is None and getattr(before, name) is None
    }
    general = route.offered.card_source or after.card_source
    sources = {name: after.source_of(name) for name in filled}
    return replace(route, offered=with_figures(route.offered, filled, sources, general))


def _drafts(
    catalogue: Catalogue, today: date, problems: list[Diagnostic]
) -> Iterator[Draft[UpdateBody]]:
    return (Draft(p, catalogue, today, problems) for p in catalogue.of(UpdateBody))


def _unknown(draft: Draft[UpdateBody], kind: str, name: str) -> None:
    message = f"no {kind} is called {quoted(name)}"
    span = draft.parsed.key_at(f"{kind}s", name)
    draft.problems.append(warning("REG320", message, span, draft.hint(name, kind)))


def _model(draft: Draft[UpdateBody], model: Model, body: UpdatedModelBody) -> Model:
    """`model` with what it leaves open; what its own document says stays."""
    source = _source(draft, body, "models", model.id)
    filling = _filling(model, body)
    sources = dict.fromkeys(filling, source)
    return with_figures(model, filling, sources, model.card_source or source)


def _source(draft: Draft[UpdateBody], body: FilledBody, *path: str) -> Evidence | None:
    if body.source is None:
        return None
    source = draft.source(draft.body.sources, body.source, *path, "source")
    return None if source is None else source.evidence


def _filling(card: Model, body: FilledBody) -> dict[str, Any]:
    """What `body` says of all that `card` leaves open."""
    stated = [name for name in OFFERED if name in body.model_fields_set]
    return {n: card_value(getattr(body, n)) for n in stated if getattr(card, n) is None}


def _card(
    route: Route, draft: Draft[UpdateBody], body: UpdatedRouteBody, cards: Mapping[str, Model]
) -> Model | None:
    """The card of a route with what an update fills in; None if the route has none of its own."""
    source = _source(draft, body, "routes", route.id)
    card = route.offered or cards.get(route.model)
    filling = {} if card is None else _filling(card, body)
    if card is None or not filling:
        return route.offered
    sources = dict.fromkeys(filling, source)
    return with_figures(card, filling, sources, source or card.card_source)


def _route(
    route: Route, parts: list[tuple[Draft[UpdateBody], str]], cards: Mapping[str, Model]
) -> Route:
    tables: list[PriceTable] = []
    for draft, name in parts:
        body, path = draft.body.routes[name], ("routes", name)
        tables += prices_of(draft, body.prices, draft.body.sources, *path)
        events = events_of(draft, body.lifecycle, draft.body.sources, *path)
        route = replace(route, lifecycle=(*route.lifecycle, *events))
        hops = (route.gateway, route.provider, *route.subprocessors)
        claims = claims_by_hop(draft, draft.body.sources, body.claims, hops, *path)
        offered = _card(route, draft, body, cards)
        route = replace(route, claims=_together(route, claims), offered=offered)
    return replace(route, prices=with_later(route.prices, tables))


def _together(
    route: Route, added: Iterable[tuple[str, tuple[Claim, ...]]]
) -> tuple[tuple[str, tuple[Claim, ...]], ...]:
    """Claims by hop, those of one hop as one document: the latest record speaks."""
    claims = dict(route.claims)
    for hop, found in added:
        claims[hop] = (*claims.get(hop, ()), *found)
    return tuple(sorted(claims.items()))


def with_later(
    tables: tuple[PriceTable, ...], later: Iterable[PriceTable]
) -> tuple[PriceTable, ...]:
    """`tables` and `later` ones, where a later table ends those it is not weaker evidence than.

    A table of better evidence goes on beside it; of two that hold at once the dearer counts.
    """
    for table in sorted(later, key=lambda t: (_start(t), t.evidence.kind.weight)):
        tables = (*_ended(tables, table), table)
    return tables


def _ended(tables: tuple[PriceTable, ...], later: PriceTable) -> Iterator[PriceTable]:
    start = _start(later)
    for table in tables:
        weaker = table.evidence.kind.weight <= later.evidence.kind.weight
        if not weaker or _start(table) > start or not overlap(table.validity, later.validity):
            yield table
        elif _start(table) < start:
            yield replace(table, validity=replace(table.validity, end=start))


def _start(table: PriceTable) -> datetime:
    return table.validity.start or _EVER
