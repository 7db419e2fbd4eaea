"""Worlds of one route that is permitted only while one thing is in force, or known, or young."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from policy_router.domain.claim import (
    NO_DEMAND,
    Basis,
    EvidenceDemand,
    SourceKind,
    Validity,
)
from policy_router.domain.contract import Agreement, Signoff
from policy_router.domain.policy import ALWAYS, Matcher, PolicyException, PolicySet, Predicate
from policy_router.domain.price import PriceTable, Rate, Window
from policy_router.domain.route import Gateway, LifecycleEvent, Model, Provider, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.territory import Adequacy, Scope
from policy_router.domain.vocabulary import Regime
from tests.small import (
    ALWAYS_VALID,
    HERE,
    agreement,
    claim,
    evidence,
    exception,
    facts,
    gateway,
    model,
    places,
    policy,
    provider,
    registry,
    route,
    rule,
    signoff,
    utc,
)
from tests.strategies.law import adequacy, territory
from tests.strategies.predicates import bound, names

ASKED = facts(data=("personal",), subjects=("customers",), subject_location=("GB",))
EARLY = "2026-01-20"

_IS, _WITHIN = Matcher.IS, Matcher.WITHIN
_CONTRACT = names("dpa", _IS, "in_force")
_UNTRAINED = names("training", _IS, "prohibited")
_BASIS = names("transfer_basis.eu_gdpr", _IS, "not_a_transfer", "adequacy")
_CHEAP = bound("price.input", Matcher.AT_MOST, Decimal(2))
_PLACES = ("inference_location", "storage_location", "support_location", "provider_jurisdiction")


class Recorded(Protocol):
    """Makes a world of something in force for a span of time that was recorded on a day."""

    def __call__(self, v: Validity, recorded: str) -> Snapshot: ...


_Document = Gateway | Provider | Model | Route | Agreement | Signoff | Adequacy


def _world(
    demand: Predicate,
    *documents: _Document,
    when: Predicate = ALWAYS,
    young: EvidenceDemand = NO_DEMAND,
    exceptions: tuple[PolicyException, ...] = (),
    rates: tuple[Rate, ...] = (),
) -> Snapshot:
    only = policy(rule(require=demand, when=when, demand=young))
    in_force = PolicySet((only,), exceptions=exceptions, rates=rates)
    return Snapshot(in_force, registry(*documents))


def _with_club(world: Snapshot, country: str, validity: Validity) -> Snapshot:
    club = territory("CLUB", "SE", dated={country: validity})
    return replace(world, registry=replace(world.registry, territories={"CLUB": club}))


def _table(dollars: int, currency: str = "USD") -> PriceTable:
    amounts = (("input", Decimal(dollars)), ("output", Decimal(dollars)))
    return PriceTable(currency, amounts, ALWAYS_VALID, evidence(), HERE)


def _priced(*tables: PriceTable) -> Route:
    return replace(route(), prices=tables)


def _of_provider(v: Validity, recorded: str) -> Snapshot:
    return _world(_CONTRACT, provider("acme", claim("dpa", "in_force", valid=v, recorded=recorded)))


def _of_gateway(v: Validity, recorded: str) -> Snapshot:
    said = claim("training", "prohibited")
    dated = claim("training", "prohibited", valid=v, recorded=recorded)
    return _world(_UNTRAINED, provider("acme", said), gateway("hub", dated, adds_hop=True))


def _of_model(v: Validity, recorded: str) -> Snapshot:
    said = claim("maker_jurisdiction", places("DE"), valid=v, recorded=recorded)
    return _world(names("maker_jurisdiction", _WITHIN, "EEA"), model("one", said))


def _of_route(v: Validity, recorded: str) -> Snapshot:
    said = claim("dpa", "in_force", valid=v, recorded=recorded)
    return _world(_CONTRACT, route("r", acme=(said,)))


def _agreed(v: Validity, recorded: str) -> Snapshot:
    return _world(_CONTRACT, agreement(valid=v, recorded=recorded, dpa="in_force"))


def _waived(v: Validity, recorded: str) -> Snapshot:
    return _world(_CONTRACT, exceptions=(exception(valid=v, recorded=recorded),))


def _signed(v: Validity, recorded: str) -> Snapshot:
    wanted = names("signoff", Matcher.INCLUDES, "dpia")
    return _world(wanted, signoff(valid=v, recorded=recorded))


def _adequate(v: Validity, recorded: str) -> Snapshot:
    found = adequacy("canada", Regime.EU_GDPR, Scope.WHOLE, "CA")
    found = replace(found, validity=v, recorded=utc(recorded))
    return _world(_BASIS, provider("acme", *(claim(a, places("CA")) for a in _PLACES)), found)


RECORDED: dict[str, Recorded] = {
    "a provider's claim": _of_provider,
    "a gateway's claim": _of_gateway,
    "a model's claim": _of_model,
    "a route's claim": _of_route,
    "an agreement": _agreed,
    "an exception": _waived,
    "a sign-off": _signed,
    "an adequacy decision": _adequate,
}
"""By what is in force in a span of time, and was recorded on a day."""


def _place(v: Validity) -> Snapshot:
    somewhere = provider("acme", claim("inference_location", places("DE")))
    return _with_club(_world(names("inference_location", _WITHIN, "CLUB"), somewhere), "DE", v)


def _subjects(v: Validity) -> Snapshot:
    """Ask for a contract there is not, for people outside the club."""
    outside = names("subject_location", Matcher.NOT_WITHIN, "CLUB")
    return _with_club(_world(_CONTRACT, when=outside), "GB", v)


def _price(v: Validity) -> Snapshot:
    return _world(_CHEAP, _priced(replace(_table(1), validity=v)))


def _rate(v: Validity) -> Snapshot:
    return _world(_CHEAP, _priced(_table(1, "EUR")), rates=(Rate("EUR", Decimal(1), v),))


IN_FORCE: dict[str, Callable[[Validity], Snapshot]] = {
    "a membership of the route's place": _place,
    "a membership of the subjects' place": _subjects,
    "a price": _price,
    "an exchange rate": _rate,
}
"""By what is in force in a span of time, and has no day on which it was recorded."""


def _old_claim(read: date, demand: EvidenceDemand) -> Snapshot:
    said = claim("dpa", "in_force", evidence(read=read.isoformat()), recorded=EARLY)
    return _world(_CONTRACT, provider("acme", said), young=demand)


def _checked_again(read: date, demand: EvidenceDemand) -> Snapshot:
    of = evidence(read="2020-01-01", verified=read.isoformat())
    return _world(_CONTRACT, provider("acme", claim("dpa", "in_force", of)), young=demand)


def _old_agreement(read: date, demand: EvidenceDemand) -> Snapshot:
    of = evidence(SourceKind.SIGNED_CONTRACT, read=read.isoformat(), basis=Basis.OUR_CONTRACT)
    return _world(_CONTRACT, agreement(of=of, dpa="in_force"), young=demand)


def _old_place(read: date, demand: EvidenceDemand) -> Snapshot:
    of = evidence(read=read.isoformat())
    said = tuple(claim(a, places("DE"), of) for a in _PLACES)
    return _world(_BASIS, provider("acme", *said), young=demand)


YOUNG: dict[str, Callable[[date, EvidenceDemand], Snapshot]] = {
    "a claim": _old_claim,
    "a claim that was checked": _checked_again,
    "an agreement": _old_agreement,
    "a place of a transfer": _old_place,
}
"""By what must be young: the day from which its age counts, and how old it may be."""


def hourly(window: Window) -> Snapshot:
    """Make a world whose route is cheap enough in these hours only."""
    return _world(_CHEAP, _priced(replace(_table(1), window=window)))


def retiring(event: LifecycleEvent) -> Snapshot:
    """Make a world whose route anybody may use, until it is retired."""
    return _world(names("model", _IS, "*"), replace(route(), lifecycle=(event,)))
