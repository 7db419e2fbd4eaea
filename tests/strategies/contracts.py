"""The organisation's side: agreements it holds, judgements its people signed."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from policy_router.domain.claim import Basis, ClaimValue, Evidence, SourceKind
from policy_router.domain.contract import Agreement, Clause, Mechanism, Signoff
from tests.strategies.claims import VALUES
from tests.strategies.draws import chance, pick, some
from tests.strategies.words import (
    COUNTRIES,
    GATEWAYS,
    PROVIDERS,
    RECORDED,
    SPAN,
    VALIDITIES,
)

_EVIDENCE = tuple(
    Evidence(SourceKind.SIGNED_CONTRACT, "contract", Basis.OUR_CONTRACT, read, verified, by)
    for read, verified, by in (
        (date(2026, 5, 1), None, None),
        (date(2026, 5, 1), None, None),
        (date(2025, 1, 1), None, None),
        (date(2025, 1, 1), date(2026, 5, 2), "a reviewer"),
    )
)
_PARTIES = (
    frozenset({"o0"}),
    frozenset({"o0", "o1", "g0"}),
    frozenset({"p0"}),
    frozenset({"p2", "g0"}),
)
_COVERED: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("*",), ()),
    (("m0",), ()),
    ((), ("r*",)),
    ((), ("r0", "r1")),
    (("m1",), ("r2",)),
)
_CLAUSES = (
    (Clause(Mechanism.SCC, "M2"), Clause(Mechanism.SCC, "M3"), Clause(Mechanism.ADDENDUM)),
    (Clause(Mechanism.SCC, "M2"),),
    (Clause(Mechanism.SCC, "M3"), Clause(Mechanism.SCC_SWISS, "M2")),
    (Clause(Mechanism.BCR), Clause(Mechanism.IDTA)),
)
AGREEABLE = frozenset(VALUES) - {
    "maker_jurisdiction",
    "dpf",
    "adequacy_conditions",
    "transfers_offered",
}


def agreement(draw: st.DrawFn, name: str, attributes: tuple[str, ...]) -> Agreement:
    """Draw an agreement that speaks of some of `attributes`."""
    models, routes = pick(draw, _COVERED)
    terms: list[tuple[str, ClaimValue]] = []
    for attribute in some(draw, [a for a in attributes if a in AGREEABLE], 2, 3):
        value = pick(draw, VALUES[attribute])
        if value is not None:
            terms.append((attribute, value))
    return Agreement(
        id=name,
        parties=pick(draw, _PARTIES),
        document=f"document of {name}",
        validity=pick(draw, VALIDITIES),
        recorded=pick(draw, RECORDED),
        evidence=pick(draw, _EVIDENCE),
        models=models,
        routes=routes,
        terms=tuple(terms),
        clauses=pick(draw, _CLAUSES) if chance(draw, 2, 3) else (),
        span=SPAN,
    )


_ROUTES = (("*",), ("*",), ("r*",), ("r0", "r1"), ("r2",))
_ABOUT_DATA = (
    frozenset({"personal", "special_category", "source_code", "non_personal", "criminal"}),
    frozenset({"personal", "special_category"}),
    frozenset({"personal"}),
    frozenset({"health", "personal"}),
)
_PATTERNS = (("*",), ("*",), ("*",), ("support", "blue"), ("h*", "red"))


def signoff(draw: st.DrawFn, name: str) -> Signoff:
    """Draw an approval or, seldom, a rejection."""
    kind = pick(draw, ("dpia", "tia", "tia"))
    assessed = kind == "tia"
    by_route = pick(draw, _ROUTES)
    return Signoff(
        id=name,
        type=kind,
        approved=not chance(draw, 1, 6),
        validity=pick(draw, VALIDITIES),
        recorded=pick(draw, RECORDED),
        routes=() if assessed and chance(draw, 3, 4) else by_route,
        importers=frozenset((*PROVIDERS, *GATEWAYS)) if assessed else frozenset(),
        countries=frozenset(pick(draw, (COUNTRIES, ("US",), ("US", "IN")))) if assessed else frozenset(),
        data=pick(draw, _ABOUT_DATA),
        purposes=pick(draw, _PATTERNS),
        tenants=pick(draw, _PATTERNS),
        by="data protection officer",
        reference=f"reference of {name}",
        span=SPAN,
    )
