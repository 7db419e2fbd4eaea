"""The organisation's side: agreements it holds, judgements its people signed."""

from __future__ import annotations

from datetime import date

from policy_router.domain.claim import Basis, ClaimValue, Evidence, SourceKind
from policy_router.domain.contract import Agreement, Clause, Mechanism, Signoff
from tests.strategies.claims import VALUES, favourable
from tests.strategies.draws import Dice, chance, pick, some
from tests.strategies.themes import Theme
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


def agreement(dice: Dice, name: str, theme: Theme) -> Agreement:
    """Draw an agreement that speaks of some of the theme; of all of it, where nothing else does."""
    whole = theme.contractual
    models, routes = pick(dice, _COVERED[:1] if whole else _COVERED)
    agreeable = tuple(a for a in theme.of_hops if a in AGREEABLE)
    terms: list[tuple[str, ClaimValue]] = []
    for attribute in agreeable if whole else some(dice, agreeable, 2, 3):
        value = pick(dice, favourable(attribute) if whole else VALUES[attribute])
        if value is not None:
            terms.append((attribute, value))
    return Agreement(
        id=name,
        parties=_PARTIES[1] if whole else pick(dice, _PARTIES),
        document=f"document of {name}",
        validity=pick(dice, VALIDITIES),
        recorded=pick(dice, RECORDED),
        evidence=pick(dice, _EVIDENCE),
        models=models,
        routes=routes,
        terms=tuple(terms),
        clauses=pick(dice, _CLAUSES) if chance(dice, 2, 3) else (),
        span=SPAN,
    )


_EVERYONE = (*PROVIDERS, *GATEWAYS)
_ROUTES = (("*",), ("*",), ("r*",), ("r0", "r1"), ("r2",))
_ABOUT_DATA = (
    frozenset({"personal", "special_category", "source_code", "non_personal", "criminal"}),
    frozenset({"personal", "special_category"}),
    frozenset({"personal"}),
    frozenset({"health", "personal"}),
)
_PATTERNS = (("*",), ("*",), ("*",), ("support", "blue"), ("h*", "red"))


def signoff(dice: Dice, name: str, theme: Theme) -> Signoff:
    """Draw an approval or, seldom, a rejection; a broad one where much depends on it."""
    kind = pick(dice, ("dpia", "tia"))
    assessed = kind == "tia"
    broad = theme.contractual and chance(dice, 3, 4)
    by_route = pick(dice, _ROUTES[:1] if broad else _ROUTES)
    countries = pick(dice, (COUNTRIES,) if broad else (COUNTRIES, ("US",), ("US", "IN")))
    importers = pick(dice, (_EVERYONE, _EVERYONE, ("p0", "g0")))
    return Signoff(
        id=name,
        type=kind,
        approved=not chance(dice, 1, 12 if broad else 5),
        validity=pick(dice, VALIDITIES),
        recorded=pick(dice, RECORDED),
        routes=() if assessed and chance(dice, 3, 4) else by_route,
        importers=frozenset(importers if assessed else ()),
        countries=frozenset(countries if assessed else ()),
        data=pick(dice, _ABOUT_DATA[:2] if broad else _ABOUT_DATA),
        purposes=pick(dice, _PATTERNS[:1] if broad else _PATTERNS),
        tenants=pick(dice, _PATTERNS[:1] if broad else _PATTERNS),
        by="data protection officer",
        reference=f"reference of {name}",
        span=SPAN,
    )
