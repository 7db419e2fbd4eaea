"""Registries: routes over one to three hops, what documents claim of them, prices, stages."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from policy_router.domain.claim import Basis, Claim, Evidence, SourceKind
from policy_router.domain.price import PriceTable, PriceTier, Window
from policy_router.domain.registry import Registry
from policy_router.domain.route import (
    Gateway,
    GatewayType,
    LifecycleEvent,
    Model,
    Provider,
    Route,
)
from tests.strategies.claims import claim, clean_claim
from tests.strategies.contracts import agreement, signoff
from tests.strategies.draws import Dice, chance, pick, some
from tests.strategies.law import decisions, territories
from tests.strategies.themes import Theme
from tests.strategies.words import (
    GATEWAYS,
    MODELS,
    OPERATORS,
    PROVIDERS,
    ROUTES,
    SPAN,
    VALIDITIES,
    instant,
)

_CATALOGUE = Evidence(
    SourceKind.GATEWAY_CATALOGUE, "catalogue", Basis.PUBLIC_TERMS, date(2025, 1, 1)
)
_THIRD_PARTY = Evidence(SourceKind.THIRD_PARTY, "a list", Basis.PUBLIC_TERMS, date(2025, 1, 1))
_RECORDS = (*(1,) * 12, 2, 2, 0)
_SPECIFIC = (*(0,) * 7, 1)


def _claims(
    dice: Dice, attributes: tuple[str, ...], counts: tuple[int, ...], *, narrow: bool = False
) -> tuple[Claim, ...]:
    return tuple(
        claim(dice, attribute, narrow=narrow)
        for attribute in attributes
        for _ in range(pick(dice, counts))
    )


def _gateway(dice: Dice, name: str, attributes: tuple[str, ...]) -> Gateway:
    adds_hop = name == GATEWAYS[0]
    return Gateway(
        id=name,
        title=f"gateway {name}",
        type=GatewayType.OPENAI_COMPATIBLE,
        base_url=f"https://{name}.example",
        key=None,
        adds_hop=adds_hop,
        entity=None,
        claims=_claims(dice, attributes, _RECORDS) if adds_hop else (),
        span=SPAN,
    )


def _provider(dice: Dice, name: str, attributes: tuple[str, ...]) -> Provider:
    clean = name == PROVIDERS[1] and chance(dice, 1, 2)
    general = (
        tuple(clean_claim(a) for a in attributes) if clean else _claims(dice, attributes, _RECORDS)
    )
    return Provider(
        id=name,
        title=f"provider {name}",
        operator=OPERATORS[name],
        entity=pick(dice, ("Entity", "Entity", "Entity", None)),
        covers=frozenset(MODELS if clean else pick(dice, (*(MODELS,) * 6, MODELS[:1]))),
        claims=(*general, *_claims(dice, attributes, _SPECIFIC, narrow=True)),
        span=SPAN,
    )


_CARDS: tuple[tuple[int | None, frozenset[str] | None], ...] = (
    *((1000, frozenset({"streaming", "tools"})),) * 9,
    (1000, frozenset({"streaming"})),
    (200, frozenset()),
    (None, None),
)


_TEXT = frozenset({"text"})
_UNASKED: tuple[frozenset[str] | None, ...] = (
    *(None,) * 41,
    frozenset(),
    frozenset({"web_search"}),
    frozenset({"web_search", "code_interpreter"}),
)
_VECTOR = frozenset({"embedding"})
_SERVES: tuple[tuple[frozenset[str] | None, frozenset[str] | None], ...] = (
    *((_TEXT, None),) * 14,
    (_VECTOR, None),
    (None, None),
    (_TEXT, frozenset({"responses"})),
    (None, frozenset({"chat_completions", "responses"})),
)


def _model(dice: Dice, name: str, attributes: tuple[str, ...]) -> Model:
    window, features = pick(dice, _CARDS)
    gives, endpoints = pick(dice, _SERVES)
    unasked = pick(dice, _UNASKED)
    made = ("maker_jurisdiction",) if "maker_jurisdiction" in attributes else ()
    excluded = tuple(a for a in attributes if a in {"zero_data_retention", "training"})
    return Model(
        id=name,
        title=f"model {name}",
        maker=pick(dice, ("o0", "o1", None)),
        span=SPAN,
        context_window=window,
        max_output_tokens=window and window // 2,
        features=features,
        input_modalities=_TEXT,
        output_modalities=gives,
        endpoints=endpoints,
        unasked_tools=unasked,
        throughput=pick(dice, (Decimal(50), Decimal(90), None)),
        benchmarks=(("general", Decimal(70)),) if chance(dice, 1, 2) else (),
        claims=(*_claims(dice, made, _RECORDS), *_claims(dice, excluded, _SPECIFIC)),
    )


_AMOUNTS = (Decimal(1), Decimal(2), Decimal("0.5"), Decimal(0), None)
_TIERS = (
    (),
    (PriceTier(100, (("input", Decimal(3)), ("output", Decimal(6)))),),
    (PriceTier(100, (("input", Decimal("0.25")),)),),
)
_WINDOWS = (None, None, None, Window(time(8), time(20)), Window(time(20), time(8)))


def _table(dice: Dice) -> PriceTable:
    return PriceTable(
        currency=pick(dice, ("USD", "USD", "USD", "EUR")),
        amounts=(("input", pick(dice, _AMOUNTS)), ("output", pick(dice, _AMOUNTS))),
        validity=pick(dice, VALIDITIES),
        evidence=_CATALOGUE,
        span=SPAN,
        tiers=pick(dice, _TIERS),
        window=pick(dice, _WINDOWS),
    )


_MODELS_OF = {"r0": ("m0",), "r1": ("m1",), "r2": ("m0", "m1"), "r3": ("m0", "m0", "m1")}
_LIFECYCLES = (
    *((),) * 8,
    (LifecycleEvent("retired", instant("2026-06-01"), _CATALOGUE, "m1"),),
    (LifecycleEvent("retired", instant("2026-06-01"), _THIRD_PARTY, None),),
    (
        LifecycleEvent("deprecated", instant("2026-06-01"), _CATALOGUE, None),
        LifecycleEvent("retired", instant("2026-06-01"), _CATALOGUE, "m1"),
    ),
)


def _route(dice: Dice, name: str, attributes: tuple[str, ...]) -> Route:
    gateway = pick(dice, (GATEWAYS[1], GATEWAYS[1], GATEWAYS[0]))
    provider = PROVIDERS[1] if name == ROUTES[1] else pick(dice, PROVIDERS)
    others = tuple(p for p in PROVIDERS if p != provider)
    below = (pick(dice, others),) if chance(dice, 1, 6) else ()
    hops = (*GATEWAYS[:1], provider) if gateway == GATEWAYS[0] else (provider,)
    return Route(
        id=name,
        model=pick(dice, _MODELS_OF[name]),
        gateway=gateway,
        provider=provider,
        address=name,
        stage=pick(dice, ("ga", "ga", "preview", None)),
        span=SPAN,
        subprocessors=below,
        lifecycle=pick(dice, _LIFECYCLES),
        prices=tuple(_table(dice) for _ in range(pick(dice, (1, 1, 0, 2)))),
        claims=tuple((hop, _claims(dice, attributes, _SPECIFIC)) for hop in hops),
    )


_ONLY_PUBLISHED = ("dpf", "adequacy_conditions")


def registry(dice: Dice, theme: Theme) -> Registry:
    """Draw a registry whose documents speak of the theme."""
    published = _ONLY_PUBLISHED if theme.contractual else theme.of_hops
    published = tuple(a for a in theme.of_hops if a in published)
    agreements = pick(dice, (1, 2) if theme.contractual else (1, 1, 0, 2, 2))
    judgements = pick(dice, (1, 2) if theme.contractual else (2, 1, 0, 3))
    names = (*ROUTES[:2], *some(dice, ROUTES[2:], 3, 4))
    return Registry(
        gateways={g: _gateway(dice, g, published) for g in GATEWAYS},
        providers={p: _provider(dice, p, published) for p in PROVIDERS},
        models={m: _model(dice, m, theme.attributes) for m in MODELS},
        routes={r: _route(dice, r, published) for r in names},
        territories=territories(dice),
        adequacy=decisions(dice),
        agreements=tuple(agreement(dice, f"c{i}", theme) for i in range(agreements)),
        signoffs=tuple(signoff(dice, f"s{i}", theme) for i in range(judgements)),
        digest="sha256:registry",
    )
