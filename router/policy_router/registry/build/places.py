"""Gateways, providers, models and routes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from policy_router.domain.claim import Claim, Evidence
from policy_router.domain.diagnostic import Diagnostic
from policy_router.domain.route import (
    OFFERED,
    Gateway,
    KeySource,
    LifecycleEvent,
    Model,
    Provider,
    Route,
)
from policy_router.language.catalogue import Catalogue
from policy_router.language.draft import Draft
from policy_router.language.grammar.claims import ClaimsBody, Sources
from policy_router.language.grammar.places import (
    UNKNOWN_STAGE,
    GatewayBody,
    KeyBody,
    LifecycleBody,
    ModelBody,
    ProviderBody,
    RouteBody,
)
from policy_router.language.parsing import B
from policy_router.language.text import quoted
from policy_router.registry.build.claims import claims_of
from policy_router.registry.build.figures import with_figures, with_sources
from policy_router.registry.build.prices import prices_of

Hops = tuple[str, ...]
"""Ids of gateway, provider and sub-processors, in order."""


def gateways(catalogue: Catalogue, today: date, problems: list[Diagnostic]) -> dict[str, Gateway]:
    """Every gateway, by id."""
    drafts = [Draft(p, catalogue, today, problems) for p in catalogue.of(GatewayBody)]
    return {draft.body.id: _gateway(draft) for draft in drafts}


def providers(catalogue: Catalogue, today: date, problems: list[Diagnostic]) -> dict[str, Provider]:
    """Every provider, by id."""
    drafts = [Draft(p, catalogue, today, problems) for p in catalogue.of(ProviderBody)]
    return {draft.body.id: _provider(draft) for draft in drafts}


def models(catalogue: Catalogue, today: date, problems: list[Diagnostic]) -> dict[str, Model]:
    """Every model, by id."""
    drafts = [Draft(p, catalogue, today, problems) for p in catalogue.of(ModelBody)]
    return {draft.body.id: _model(draft) for draft in drafts}


def routes(
    catalogue: Catalogue, models: Mapping[str, Model], today: date, problems: list[Diagnostic]
) -> dict[str, Route]:
    """Every route, by id."""
    drafts = [Draft(p, catalogue, today, problems) for p in catalogue.of(RouteBody)]
    return {draft.body.id: _route(draft, models.get(draft.body.model)) for draft in drafts}


def _gateway(draft: Draft[GatewayBody]) -> Gateway:
    body = draft.body
    draft.check_sources(body.sources)
    if draft.catalogue.has(body.id, "provider"):
        draft.report("REG309", f"`{body.id}` is the id of a provider as well", "id")
    source = None
    if body.source is not None:
        source = draft.source(body.sources, body.source, "source")
    return Gateway(
        id=body.id,
        title=body.title,
        type=body.type,
        base_url=body.base_url,
        key=None if body.key is None else _key_source(body.key, draft.parsed.span.file),
        adds_hop=not body.self_hosted and not body.type.is_of_provider,
        entity=None if body.entity is None else body.entity.name,
        claims=_uncovered(draft, claims_of(draft, body.sources, body.claims, "claims")),
        span=draft.parsed.span,
        address_source=None if source is None else source.evidence,
    )


def _key_source(body: KeyBody, document: str) -> KeySource:
    """Where the key is: a file is looked for from the folder of the document that names it."""
    if body.file is None:
        return KeySource(body.env)
    folder = "" if body.file.startswith("/") else "".join(document.rpartition("/")[:2])
    return KeySource(file=f"{folder}{body.file}")


def _provider(draft: Draft[ProviderBody]) -> Provider:
    body = draft.body
    draft.check_sources(body.sources)
    claims = claims_of(draft, body.sources, body.claims, "claims")
    for number, name in enumerate(body.covers):
        _check_covered(draft, name, "covers", number)
    for claim in claims:
        for name in sorted(claim.covers or ()):
            _check_covered(draft, name, "claims", claim.attribute, "covers")
    return Provider(
        id=body.id,
        title=body.title,
        operator=body.operator or body.id,
        entity=None if body.entity is None else body.entity.name,
        covers=frozenset(body.covers),
        claims=claims,
        span=draft.parsed.span,
        unpinned=body.unpinned,
    )


def _check_covered(draft: Draft[ProviderBody], name: str, *path: str | int) -> None:
    if not draft.catalogue.has(name, "model"):
        advice = draft.hint(name, "model")
        draft.warn("REG308", f"no model is called {quoted(name)}", *path, advice=advice)


def _model(draft: Draft[ModelBody]) -> Model:
    body = draft.body
    draft.check_sources(body.sources)
    card = None
    if body.source is not None:
        card = draft.source(body.sources, body.source, "source")
    model = Model(
        id=body.id,
        title=body.title,
        maker=body.maker,
        span=draft.parsed.span,
        context_window=body.context_window,
        max_output_tokens=body.max_output_tokens,
        features=_set(body.features),
        input_modalities=_set(body.input_modalities),
        output_modalities=_set(body.output_modalities),
        endpoints=_set(body.endpoints),
        unasked_tools=_set(body.unasked_tools),
        throughput=body.throughput,
        first_token_seconds=body.first_token_seconds,
        benchmarks=tuple(sorted(body.benchmarks.items())),
        released=body.released,
        knowledge=body.knowledge,
        open_weights=body.open_weights,
        rank=body.rank,
        tier=body.tier,
        claims=_uncovered(draft, claims_of(draft, body.sources, body.claims, "claims")),
        card_source=None if card is None else card.evidence,
    )
    return with_sources(model, _read_in(draft))


def _read_in(draft: Draft[ModelBody]) -> dict[str, Evidence]:
    """The figures that were read elsewhere than the card as a whole."""
    found: dict[str, Evidence] = {}
    for name, figures in draft.body.card_sources.items():
        source = draft.source(draft.body.sources, name, "card_sources", name)
        if source is not None:
            found |= dict.fromkeys(figures, source.evidence)
    return found


@lru_cache(maxsize=4096)
def _set(names: tuple[str, ...] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _route(draft: Draft[RouteBody], model: Model | None) -> Route:
    body = draft.body
    draft.check_sources(body.sources)
    draft.refer("model", body.model, "model")
    draft.refer("gateway", body.gateway, "gateway")
    draft.refer("provider", body.provider, "provider")
    for number, name in enumerate(body.subprocessors):
        draft.refer("provider", name, "subprocessors", number)
        if name in (body.provider, *body.subprocessors[:number]):
            draft.report("REG309", f"`{name}` stands twice in the route", "subprocessors", number)
    hops = (body.gateway, body.provider, *body.subprocessors)
    return Route(
        id=body.id,
        model=body.model,
        gateway=body.gateway,
        provider=body.provider,
        address=body.address,
        stage=None if body.stage == UNKNOWN_STAGE else body.stage,
        span=draft.parsed.span,
        subprocessors=body.subprocessors,
        lifecycle=tuple(events_of(draft, body.lifecycle, body.sources)),
        prices=prices_of(draft, body.prices, body.sources),
        claims=tuple(claims_by_hop(draft, body.sources, body.claims, hops)),
        offered=None if model is None else _offered(draft, model),
        pin=body.pin,
    )


def _offered(draft: Draft[RouteBody], model: Model) -> Model | None:
    """The card of `model` as the route has it; None if the route says nothing of its own."""
    body, stated = draft.body, draft.body.model_fields_set
    source = None
    if body.source is not None:
        source = draft.source(body.sources, body.source, "source")
    own: dict[str, Any] = {
        name: card_value(getattr(body, name)) for name in OFFERED if name in stated
    }
    if not own:
        return None
    evidence = None if source is None else source.evidence
    return with_figures(model, own, dict.fromkeys(own, evidence), evidence or model.card_source)


def card_value(stated: int | tuple[str, ...] | None) -> Any:  # noqa: ANN401 - of any field of a card
    """A limit or a set of abilities as a card holds it."""
    return _set(stated) if isinstance(stated, tuple) else stated


def events_of(
    draft: Draft[B], bodies: tuple[LifecycleBody, ...], sources: Sources, *path: str
) -> Iterator[LifecycleEvent]:
    """The changes of stage under `path`."""
    for number, event in enumerate(bodies):
        source = draft.source(sources, event.source, *path, "lifecycle", number, "source")
        if source is not None:
            yield LifecycleEvent(event.stage, event.start, source.evidence, event.successor)


def claims_by_hop(
    draft: Draft[B], sources: Sources, bodies: dict[str, ClaimsBody], hops: Hops, *path: str
) -> Iterator[tuple[str, tuple[Claim, ...]]]:
    """The claims under `path`, which are about `hops` of one route."""
    for hop, claims in sorted(bodies.items()):
        if hop not in hops:
            advice = draft.suggest(hop, hops)
            message = f"{quoted(hop)} is no hop of this route"
            draft.report("REG303", message, *path, "claims", hop, advice=advice)
        found = claims_of(draft, sources, claims, *path, "claims", hop)
        yield hop, _uncovered(draft, found, *path, "claims", hop)


def _uncovered(draft: Draft[B], claims: tuple[Claim, ...], *path: str) -> tuple[Claim, ...]:
    """`claims`, none of which may say which models it is about."""
    for claim in claims:
        if claim.covers is not None:
            message = "only claims of a provider say which models they cover"
            draft.report("REG304", message, *(path or ("claims",)), claim.attribute, "covers")
    return claims
