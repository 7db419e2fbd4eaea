"""Registries: routes over one to three hops, what documents claim of them, prices, stages."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from hypothesis import strategies as st

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
from tests.strategies.draws import chance, pick, some
from tests.strategies.law import decisions, territories
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
    draw: st.DrawFn, attributes: tuple[str, ...], counts: tuple[int, ...], *, narrow: bool = False
) -> tuple[Claim, ...]:
    return tuple(
        claim(draw, attribute, narrow=narrow)
        for attribute in attributes
        for _ in range(pick(draw, counts))
    )


def _gateway(draw: st.DrawFn, name: str, attributes: tuple[str, ...]) -> Gateway:
    adds_hop = name == GATEWAYS[0]
    return Gateway(
        id=name,
        title=f"gateway {name}",
        type=GatewayType.OPENAI_COMPATIBLE,
        base_url=f"https://{name}.example",
        key=None,
        adds_hop=adds_hop,
        entity=None,
        claims=_claims(draw, attributes, _RECORDS) if adds_hop else (),
        span=SPAN,
    )


def _provider(draw: st.DrawFn, name: str, attributes: tuple[str, ...]) -> Provider:
    clean = name == PROVIDERS[1] and chance(draw, 1, 2)
    general = (
        tuple(clean_claim(a) for a in attributes) if clean else _claims(draw, attributes, _RECORDS)
    )
    return Provider(
        id=name,
        title=f"provider {name}",
        operator=OPERATORS[name],
        entity=None,
        covers=frozenset(MODELS if clean else pick(draw, (*(MODELS,) * 6, MODELS[:1]))),
        claims=(*general, *_claims(draw, attributes, _SPECIFIC, narrow=True)),
        span=SPAN,
    )


_CARDS: tuple[tuple[int | None, frozenset[str] | None], ...] = (
    *((1000, frozenset({"streaming", "tools"})),) * 9,
    (1000, frozenset({"streaming"})),
    (200, frozenset()),
    (None, None),
)


def _model(draw: st.DrawFn, name: str, attributes: tuple[str, ...]) -> Model:
    window, features = pick(draw, _CARDS)
    made = ("maker_jurisdiction",) if "maker_jurisdiction" in attributes else ()
    excluded = tuple(a for a in attributes if a in {"zero_data_retention", "training"})
    return Model(
        id=name,
        title=f"model {name}",
        maker=pick(draw, ("o0", "o1", None)),
        span=SPAN,
        context_window=window,
        max_output_tokens=window and window // 2,
        features=features,
        input_modalities=frozenset({"text"}),
        output_modalities=frozenset({"text"}),
        throughput=pick(draw, (Decimal(50), Decimal(90), None)),
        benchmarks=(("general", Decimal(70)),) if chance(draw, 1, 2) else (),
        claims=(*_claims(draw, made, _RECORDS), *_claims(draw, excluded, _SPECIFIC)),
    )


_AMOUNTS = (Decimal(1), Decimal(2), Decimal("0.5"), Decimal(0), None)
_TIERS = (
    (),
    (PriceTier(100, (("input", Decimal(3)), ("output", Decimal(6)))),),
    (PriceTier(100, (("input", Decimal("0.25")),)),),
)
_WINDOWS = (None, None, None, Window(time(8), time(20)), Window(time(20), time(8)))


@st.composite
def _table(draw: st.DrawFn) -> PriceTable:
    return PriceTable(
        currency=pick(draw, ("USD", "USD", "USD", "EUR")),
        amounts=(("input", pick(draw, _AMOUNTS)), ("output", pick(draw, _AMOUNTS))),
        validity=pick(draw, VALIDITIES),
        evidence=_CATALOGUE,
        span=SPAN,
        tiers=pick(draw, _TIERS),
        window=pick(draw, _WINDOWS),
    )


_MODELS_OF = {"r0": ("m0",), "r1": ("m1",), "r2": ("m0", "m1"), "r3": ("m0", "m0", "m1")}
_LIFECYCLES = (
    *((),) * 8,
    (LifecycleEvent("retired", instant("2026-06-01"), _CATALOGUE, "m1"),),
    (LifecycleEvent("retired", instant("2026-06-01"), _THIRD_PARTY, None),),
    (LifecycleEvent("deprecated", instant("2026-01-01"), _CATALOGUE, None),),
)


def _route(draw: st.DrawFn, name: str, attributes: tuple[str, ...]) -> Route:
    gateway = pick(draw, (GATEWAYS[1], GATEWAYS[1], GATEWAYS[0]))
    provider = PROVIDERS[1] if name == ROUTES[1] else pick(draw, PROVIDERS)
    others = tuple(p for p in PROVIDERS if p != provider)
    below = (pick(draw, others),) if chance(draw, 1, 6) else ()
    hops = (*GATEWAYS[:1], provider) if gateway == GATEWAYS[0] else (provider,)
    return Route(
        id=name,
        model=pick(draw, _MODELS_OF[name]),
        gateway=gateway,
        provider=provider,
        address=name,
        stage=pick(draw, ("ga", "ga", "preview", None)),
        span=SPAN,
        subprocessors=below,
        lifecycle=pick(draw, _LIFECYCLES),
        prices=tuple(draw(_table()) for _ in range(pick(draw, (1, 1, 0, 2)))),
        claims=tuple((hop, _claims(draw, attributes, _SPECIFIC)) for hop in hops),
    )


@st.composite
def registries(draw: st.DrawFn, attributes: tuple[str, ...]) -> Registry:
    """Draw a registry whose documents speak of `attributes`."""
    of_hops = tuple(a for a in attributes if a != "maker_jurisdiction")
    names = (*ROUTES[:2], *some(draw, ROUTES[2:], 3, 4))
    return Registry(
        gateways={g: _gateway(draw, g, of_hops) for g in GATEWAYS},
        providers={p: _provider(draw, p, of_hops) for p in PROVIDERS},
        models={m: _model(draw, m, attributes) for m in MODELS},
        routes={r: _route(draw, r, of_hops) for r in names},
        territories=draw(territories()),
        adequacy=draw(decisions()),
        agreements=tuple(
            agreement(draw, f"c{i}", of_hops) for i in range(pick(draw, (1, 1, 0, 2, 2)))
        ),
        signoffs=tuple(signoff(draw, f"s{i}") for i in range(pick(draw, (2, 1, 0, 3)))),
        digest="sha256:registry",
    )


