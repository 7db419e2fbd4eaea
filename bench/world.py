"""A made-up registry of any size, and the same routes as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

from bench.rows import Row
from policy_router.domain.claim import (
    Basis,
    Claim,
    ClaimValue,
    Evidence,
    Members,
    Moment,
    SourceKind,
    Validity,
)
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import PolicySet
from policy_router.domain.price import PriceTable
from policy_router.domain.registry import Registry
from policy_router.domain.route import Gateway, GatewayType, Model, Provider, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.territory import Adequacy, Confirmation, Membership, Scope, Territory
from policy_router.domain.vocabulary import Regime

SEED = 7
HERE = Span("bench", 1, 1)
NOW = Moment(datetime(2026, 11, 22, 12, tzinfo=UTC))
SINCE = Validity(datetime(2026, 11, 1, tzinfo=UTC))
DOCS = Evidence(
    SourceKind.PROVIDER_DOCS, "https://docs.example", Basis.PUBLIC_TERMS, date(2026, 11, 1)
)
EEA = ("AT", "BE", "DE", "FI", "FR", "IE", "IT", "NL", "SE")
ADEQUATE = ("CH", "GB", "JP")
ELSEWHERE = ("US", "IN", "AU", "BR")
ROUTES_A_PROVIDER = 20
CENTS = 100
_TEXT = frozenset({"text"})


@dataclass(frozen=True, slots=True)
class Offering:
    """What a provider says of itself, in plain words."""

    number: int
    country: str
    dpa: str
    training: str
    retention_days: int
    zero_data_retention: str
    human_review: str
    logging: str
    third_party_access: str
    certified: bool


@dataclass(frozen=True, slots=True)
class World:
    """A registry and the same routes as rows, in order of their ids."""

    registry: Registry
    rows: list[Row]

    def under(self, policies: PolicySet) -> Snapshot:
        """This registry under `policies`."""
        return Snapshot(policies, self.registry)


def world(size: int, seed: int = SEED) -> World:
    """A world of `size` routes; the same for the same seed."""
    dice = Random(seed)
    models = _models(max(20, size // 8), dice)
    names = list(models)
    providers: dict[str, Provider] = {}
    routes: list[Route] = []
    rows: list[Row] = []
    while len(routes) < size:
        offering = _offering(len(providers), dice)
        sold = dice.sample(names, min(ROUTES_A_PROVIDER, size - len(routes)))
        provider = _provider(offering, sold)
        providers[provider.id] = provider
        for name in sold:
            route, row = _route(provider.id, offering, models[name], dice)
            routes.append(route)
            rows.append(row)
    gateway = Gateway(
        "direct", "direct", GatewayType.DIRECT, "https://x.example", None, False, None, (), HERE
    )
    registry = Registry(
        {gateway.id: gateway},
        providers,
        models,
        {r.id: r for r in routes},
        {t.id: t for t in (_territory("EEA", *EEA), _territory("UK", "GB"))},
        (_adequate(Regime.EU_GDPR, *ADEQUATE), _adequate(Regime.UK_GDPR, *EEA)),
    )
    return World(registry, sorted(rows, key=lambda r: r.id))


def _models(count: int, dice: Random) -> dict[str, Model]:
    return {
        (name := f"model-{n}"): Model(
            name,
            name,
            None,
            HERE,
            context_window=dice.choice((32_000, 128_000, 200_000, 1_000_000)),
            max_output_tokens=dice.choice((8_000, 16_000, 64_000)),
            input_modalities=_TEXT,
            output_modalities=_TEXT,
        )
        for n in range(count)
    }


def _offering(number: int, dice: Random) -> Offering:
    return Offering(
        number,
        country=dice.choice(dice.choice((EEA, ADEQUATE, ELSEWHERE))),
        dpa=dice.choice(("in_force", "in_force", "in_force", "available")),
        training=dice.choice(("prohibited", "off_by_default", "used")),
        retention_days=dice.choice((0, 0, 30, 90)),
        zero_data_retention=dice.choice(("default", "granted", "available")),
        human_review=dice.choice(("none", "none", "flagged_only")),
        logging=dice.choice(("none", "metadata", "content")),
        third_party_access=dice.choice(("none", "none", "disclosed")),
        certified=dice.random() < 0.7,  # noqa: PLR2004 - most are
    )


def _provider(o: Offering, models: list[str]) -> Provider:
    here = Members(frozenset({o.country}))
    places = (
        "inference_location",
        "storage_location",
        "support_location",
        "provider_jurisdiction",
    )
    claims = (
        *(_claim(name, here) for name in places),
        _claim("dpa", o.dpa),
        _claim("training", o.training),
        _claim("retention_days", Decimal(o.retention_days)),
        _claim("zero_data_retention", o.zero_data_retention),
        _claim("human_review", o.human_review),
        _claim("logging", o.logging),
        _claim("third_party_access", o.third_party_access),
        _claim("certifications", Members(frozenset({"iso_27001"} if o.certified else ()))),
    )
    name = f"provider-{o.number}"
    return Provider(name, name, name, None, frozenset(models), claims, HERE)


def _claim(attribute: str, value: ClaimValue) -> Claim:
    return Claim(attribute, value, DOCS, SINCE, NOW.at, HERE)


def _route(provider: str, o: Offering, model: Model, dice: Random) -> tuple[Route, Row]:
    price = dice.randint(5, 2_000)
    price_out = price * dice.randint(2, 6) + dice.randint(0, 99)
    stage = dice.choice(("ga", "ga", "preview"))
    amounts = (("input", Decimal(price) / CENTS), ("output", Decimal(price_out) / CENTS))
    table = PriceTable("USD", amounts, SINCE, DOCS, HERE)
    name = f"{provider}/{model.id}"
    route = Route(name, model.id, "direct", provider, model.id, stage, HERE, prices=(table,))
    return route, _row(route, o, model, (price, price_out))


def _row(route: Route, o: Offering, model: Model, prices: tuple[int, int]) -> Row:
    return Row(
        id=route.id,
        model=route.model,
        price=prices[0],
        price_out=prices[1],
        window=model.context_window or 0,
        longest=model.max_output_tokens or 0,
        contract=o.dpa == "in_force",
        untrained=o.training != "used",
        short_storage=o.retention_days <= 30,  # noqa: PLR2004 - as the policy says
        eu_basis=o.country in (*EEA, *ADEQUATE),
        uk_basis=o.country in (*EEA, "GB"),
        in_eea=o.country in EEA,
        zero=o.zero_data_retention != "available",
        closed=o.third_party_access == "none",
        quiet=o.logging != "content",
        certified=o.certified,
        ga=route.stage == "ga",
        unread=o.human_review == "none",
    )


def _territory(name: str, *countries: str) -> Territory:
    members = tuple(Membership(country, Validity()) for country in countries)
    return Territory(name, members, (), Confirmation.STORED_SOURCE, (), HERE)


def _adequate(regime: Regime, *countries: str) -> Adequacy:
    return Adequacy(
        id=f"{regime}-whole",
        regime=regime,
        countries=frozenset(countries),
        territory=None,
        scope=Scope.WHOLE,
        conditions=frozenset(),
        extension=None,
        instrument=None,
        validity=Validity(),
        recorded=NOW.at,
        confirmation=Confirmation.STORED_SOURCE,
        at_risk=None,
        sources=(),
        span=HERE,
    )
