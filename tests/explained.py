"""Explanations of small worlds, as the engine gives them of what the definition decides.

And the words that tests of remedies speak of them in.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from policy_router.domain.claim import Moment
from policy_router.domain.policy import Matcher, Policy, PolicySet, Rule
from policy_router.domain.price import PriceTable
from policy_router.domain.registry import Registry
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Route
from policy_router.engine.decide import Engine
from policy_router.engine.explain import explain
from policy_router.engine.explanation import Explanation, RouteExplanation
from tests.small import (
    ALWAYS_VALID,
    HERE,
    NOW,
    claim,
    decided,
    evidence,
    facts,
    places,
    policy,
    registry,
    route,
    rule,
    snapshot,
)
from tests.strategies.predicates import names

IS, INCLUDES, WITHIN = Matcher.IS, Matcher.INCLUDES, Matcher.WITHIN
CONTRACTED = names("dpa", IS, "in_force")
UNTRAINED = names("training", IS, "prohibited")
DPIA = names("signoff", INCLUDES, "dpia")
TRANSFER = names("transfer_basis.eu_gdpr", IS, "not_a_transfer", "adequacy", "scc_with_tia")
PERSONAL = facts(data=("personal",), purpose="support", tenant="blue")
DE = places("DE")
NOTHING_KEPT = claim("retention_days", Decimal(0))

WITH_ACME = "an agreement with acme (`acme`) in force:"
NAMED = "named (within EEA, or with a transfer mechanism)"
ANOTHER = NAMED.replace("named", "another place")
CLAUSES_2 = f"{WITH_ACME} standard contractual clauses (module 2)"
OF_ITS_OWN = "; what they run in another place is a route of its own"
TIA = "a transfer impact assessment for `acme` in US (sign-off `tia`)"


def told(
    in_force: PolicySet | Policy,
    known: Registry | None = None,
    asked: RequestFacts | None = None,
    moment: Moment = NOW,
) -> Explanation:
    """Decide at noon of a day in June, and explain."""
    asked = facts() if asked is None else asked
    known = registry() if known is None else known
    found = decided(in_force, known, asked, moment)
    return explain(Engine(snapshot(in_force, known)), asked, found)


def exception_to(name: str) -> str:
    """The step of an exception to a rule, in words."""
    as_it_is = "nothing about the route changes, it is accepted as it is"
    return f"an approved, dated exception to `policy/{name}`: {as_it_is}"


def firm(name: str = "rule", **demands: object) -> Rule:
    """Make a rule that may not be waived."""
    return replace(rule(name), waivable=False, **demands)  # type: ignore[arg-type]


def explained(
    demanded: Rule | PolicySet,
    known: Registry,
    asked: RequestFacts = PERSONAL,
    moment: Moment = NOW,
) -> RouteExplanation:
    """Explain the only route, which is refused."""
    in_force = policy(demanded) if isinstance(demanded, Rule) else demanded
    found = told(in_force, known, asked, moment)
    assert not found.determination.permitted
    (only,) = found.routes
    return only


def texts(found: RouteExplanation) -> list[list[str]]:
    """Remedies in words; the search must have come to its end."""
    assert found.complete
    return [[change.text for change in chosen] for chosen in found.remedies]


def priced(name: str, of: str, given: str, at: str = "hub") -> Route:
    amounts = (("input", Decimal(given)), ("output", Decimal(given) * 2))
    table = PriceTable("USD", amounts, ALWAYS_VALID, evidence(), HERE)
    return replace(route(name, of=of, at=at), prices=(table,))
