"""Small worlds for unit tests: everything favourable unless a test says otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from policy_router.domain.claim import (
    NO_DEMAND,
    Basis,
    Claim,
    ClaimValue,
    Evidence,
    EvidenceDemand,
    Members,
    Moment,
    SourceKind,
    Validity,
)
from policy_router.domain.contract import Agreement, Clause, Signoff
from policy_router.domain.decision import Determination
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import (
    ALWAYS,
    Mode,
    Obligation,
    Policy,
    PolicyException,
    PolicySet,
    Predicate,
    Rule,
)
from policy_router.domain.registry import Registry
from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.domain.route import Gateway, GatewayType, Model, Provider, Route
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.territory import Adequacy
from policy_router.engine.decide import Engine
from policy_router.engine.reference import decide
from policy_router.engine.render import decision_json
from tests.strategies.law import TERRITORIES

HERE = Span("small.yaml", 1, 1)


def utc(text: str) -> datetime:
    """Read an instant of UTC, as `2026-06-15` or `2026-06-15T12:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOON = utc("2026-06-15T12:00")
NOW = Moment(NOON)
LONG_AGO = utc("2020-01-01")
ALWAYS_VALID = Validity()


def evidence(
    kind: SourceKind = SourceKind.PROVIDER_DOCS,
    *,
    read: str = "2026-05-01",
    verified: str | None = None,
    basis: Basis = Basis.PUBLIC_TERMS,
) -> Evidence:
    """Make evidence, read on a day and perhaps verified on another."""
    checked = None if verified is None else date.fromisoformat(verified)
    by = None if verified is None else "a reviewer"
    return Evidence(kind, f"{kind.value} {read}", basis, date.fromisoformat(read), checked, by)


def places(*countries: str, opened: bool = False) -> Members:
    """Make a set of names that are certain."""
    return Members(frozenset(countries), open=opened)


def claim(
    attribute: str,
    value: ClaimValue | None,
    of: Evidence | SourceKind = SourceKind.PROVIDER_DOCS,
    *,
    valid: Validity = ALWAYS_VALID,
    recorded: str = "2026-05-01",
    covers: tuple[str, ...] | None = None,
) -> Claim:
    """Make a claim; `of`: its evidence."""
    return Claim(
        attribute=attribute,
        value=value,
        evidence=of if isinstance(of, Evidence) else evidence(of),
        validity=valid,
        recorded=utc(recorded),
        span=HERE,
        covers=None if covers is None else frozenset(covers),
    )


def gateway(name: str = "hub", *claims: Claim, adds_hop: bool = False) -> Gateway:
    """Make a gateway, by default one's own."""
    return Gateway(
        id=name,
        title=name,
        type=GatewayType.LITELLM,
        base_url=f"https://{name}.example",
        key=None,
        adds_hop=adds_hop,
        entity=None,
        claims=claims,
        span=HERE,
    )


def provider(
    name: str = "acme", *claims: Claim, covers: tuple[str, ...] = ("one",), operator: str = "acme"
) -> Provider:
    """Make a provider's offering."""
    return Provider(name, name, operator, "Acme Inc", frozenset(covers), claims, HERE)


def model(
    name: str = "one",
    *claims: Claim,
    window: int | None = 1000,
    gives: str | None = "text",
    endpoints: tuple[str, ...] | None = None,
) -> Model:
    """Make a model that takes text, and gives it unless `gives` says otherwise."""
    return Model(
        id=name,
        title=name,
        maker="acme",
        span=HERE,
        context_window=window,
        max_output_tokens=500,
        features=frozenset({"streaming"}),
        input_modalities=frozenset({"text"}),
        output_modalities=None if gives is None else frozenset({gives}),
        endpoints=None if endpoints is None else frozenset(endpoints),
        claims=claims,
    )


def route(
    name: str = "r",
    *,
    of: str = "one",
    at: str = "hub",
    by: str = "acme",
    below: tuple[str, ...] = (),
    **claims: tuple[Claim, ...],
) -> Route:
    """Make a route of a model, at a gateway, by a provider; `claims`: its own, by hop."""
    return Route(
        id=name,
        model=of,
        gateway=at,
        provider=by,
        address=name,
        stage="ga",
        span=HERE,
        subprocessors=below,
        claims=tuple(claims.items()),
    )


def registry(
    *documents: Gateway | Provider | Model | Route | Agreement | Signoff | Adequacy,
) -> Registry:
    """Make a registry; without a gateway, provider, model or route of its own it has ours."""
    own = {type(d) for d in documents}
    defaults = [d for d in (gateway(), provider(), model(), route()) if type(d) not in own]
    every = (*defaults, *documents)
    return Registry(
        gateways={d.id: d for d in every if isinstance(d, Gateway)},
        providers={d.id: d for d in every if isinstance(d, Provider)},
        models={d.id: d for d in every if isinstance(d, Model)},
        routes={d.id: d for d in every if isinstance(d, Route)},
        territories=TERRITORIES,
        adequacy=tuple(d for d in every if isinstance(d, Adequacy)),
        agreements=tuple(d for d in every if isinstance(d, Agreement)),
        signoffs=tuple(d for d in every if isinstance(d, Signoff)),
        digest="sha256:registry",
    )


def agreement(
    name: str = "contract",
    *clauses: Clause,
    models: tuple[str, ...] = ("*",),
    routes: tuple[str, ...] = (),
    parties: tuple[str, ...] = ("acme",),
    of: Evidence | None = None,
    valid: Validity = ALWAYS_VALID,
    recorded: str = "2026-01-20",
    **terms: ClaimValue,
) -> Agreement:
    """Make an agreement in force with the provider, about every model; `terms` by attribute."""
    return Agreement(
        id=name,
        parties=frozenset(parties),
        document=name,
        validity=valid,
        recorded=utc(recorded),
        evidence=of or evidence(SourceKind.SIGNED_CONTRACT, basis=Basis.OUR_CONTRACT),
        models=models,
        routes=routes,
        terms=tuple(terms.items()),
        clauses=clauses,
        span=HERE,
    )


def signoff(
    kind: str = "dpia",
    *,
    name: str = "judgement",
    approved: bool = True,
    data: tuple[str, ...] = ("personal",),
    purposes: tuple[str, ...] = ("*",),
    tenants: tuple[str, ...] = ("*",),
    routes: tuple[str, ...] = ("*",),
    importers: tuple[str, ...] = (),
    countries: tuple[str, ...] = (),
    valid: Validity = ALWAYS_VALID,
    recorded: str = "2026-01-20",
) -> Signoff:
    """Make a sign-off about every route, ordinary personal data, every purpose and tenant."""
    return Signoff(
        id=name,
        type=kind,
        approved=approved,
        validity=valid,
        recorded=utc(recorded),
        routes=routes,
        importers=frozenset(importers),
        countries=frozenset(countries),
        data=frozenset(data),
        purposes=purposes,
        tenants=tenants,
        by="data protection officer",
        reference="reference",
        span=HERE,
    )


def rule(
    name: str = "rule",
    *,
    when: Predicate = ALWAYS,
    require: Predicate | None = None,
    forbid: tuple[Predicate, ...] = (),
    needs: tuple[str, ...] = (),
    mode: Mode = Mode.ENFORCE,
    demand: EvidenceDemand = NO_DEMAND,
) -> Rule:
    """Make a rule that always applies and may be waived."""
    return Rule(
        id=name,
        when=when,
        needs=needs,
        require=require,
        forbid=forbid,
        mode=mode,
        waivable=True,
        demand=demand,
        cites=(),
        stricter_than_law=False,
        title=None,
        span=HERE,
    )


def policy(
    *rules: Rule,
    name: str = "policy",
    scope: Predicate = ALWAYS,
    obligations: tuple[Obligation, ...] = (),
) -> Policy:
    """Make a policy that covers everything; with no rule it has one that everything passes."""
    return Policy(
        id=name,
        version=1,
        title=name,
        scope=scope,
        demand=NO_DEMAND,
        rules=rules or (rule("any"),),
        obligations=obligations,
        span=HERE,
    )


def obligation(
    name: str = "duty",
    *,
    when: Predicate = ALWAYS,
    refuse_when: Predicate | None = None,
    **parameters: str | int | bool | Decimal | None,
) -> Obligation:
    """Make an obligation that sets `parameters`."""
    return Obligation(name, when, tuple(parameters.items()), refuse_when, HERE)


def exception(
    name: str = "waiver",
    *,
    of: str = "policy/rule",
    routes: tuple[str, ...] = ("*",),
    when: Predicate = ALWAYS,
    valid: Validity = ALWAYS_VALID,
    recorded: str = "2026-01-20",
    **accepts: tuple[str, ...],
) -> PolicyException:
    """Make an exception to a rule, for every route and request."""
    waived, _, waived_rule = of.partition("/")
    return PolicyException(
        id=name,
        policy=waived,
        rule=waived_rule,
        routes=routes,
        when=when,
        validity=valid,
        recorded=utc(recorded),
        approved_by="data protection officer",
        reason="a pilot",
        reference="reference",
        accepts=tuple(accepts.items()),
        span=HERE,
    )


def facts(
    model: str | None = "one",
    *,
    opened: tuple[str, ...] = (),
    **stated: FactValue | tuple[str, ...],
) -> RequestFacts:
    """Make a request; a tuple is a set, settled unless `opened` names it; `__` reads as a dot."""
    named = {name.replace("__", "."): value for name, value in stated.items()}
    return RequestFacts(
        model=model,
        sets={
            name: SetFact(frozenset(value), settled=name not in opened)
            for name, value in named.items()
            if isinstance(value, tuple)
        },
        scalars={n: value for n, value in named.items() if not isinstance(value, tuple)},
    )


def snapshot(policies: PolicySet | Policy, known: Registry | None = None) -> Snapshot:
    """Put policies and a registry together."""
    in_force = PolicySet((policies,)) if isinstance(policies, Policy) else policies
    return Snapshot(in_force, registry() if known is None else known)


def decided(
    policies: PolicySet | Policy,
    known: Registry | None = None,
    asked: RequestFacts | None = None,
    moment: Moment = NOW,
) -> Determination:
    """Decide at noon of a day in June: by the definition, and just the same by the engine."""
    in_force = snapshot(policies, known)
    request = facts() if asked is None else asked
    defined = decide(in_force, request, moment)
    ruling = Engine(in_force).decide(request, moment)
    assert (ruling.reason, ruling.route) == (defined.reason, next(iter(defined.chain), None))
    assert decision_json(ruling.determination()) == decision_json(defined)
    return defined
