"""A snapshot as its documents, and a document as the things it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Any, Final

from policy_router.domain.claim import Claim
from policy_router.domain.diagnostic import Span
from policy_router.domain.policy import (
    All,
    AnyOf,
    Not,
    PolicySet,
    Predicate,
    Preference,
    Substitution,
    Test,
)
from policy_router.domain.price import Rate
from policy_router.domain.registry import Registry
from policy_router.engine import words

Key = tuple[str, str]
"""The kind and the id of a document; rules and obligations are documents of their own here."""

ON_THE_WAY: Final = frozenset({"gateway", "provider", "model", "route"})
"""The kinds of documents that say what a route is, and who is on its way."""

_UNSEEN: Final = {"id", "span", "claims", "digest", "rules", "obligations"}


@dataclass(frozen=True, slots=True)
class Choices:
    """What a project chooses, besides the policies in force."""

    gateways: frozenset[str] | None
    prefer: tuple[Preference, ...]
    substitutions: tuple[Substitution, ...]
    rates: tuple[Rate, ...]


def registry_documents(registry: Registry) -> dict[Key, Any]:
    """Every document of a registry."""
    groups: dict[str, Iterable[Any]] = {
        "gateway": registry.gateways.values(),
        "provider": registry.providers.values(),
        "model": registry.models.values(),
        "route": registry.routes.values(),
        "territory": registry.territories.values(),
        "adequacy": registry.adequacy,
        "agreement": registry.agreements,
        "signoff": registry.signoffs,
    }
    return {(kind, each.id): each for kind, group in groups.items() for each in group}


def policy_documents(policies: PolicySet) -> dict[Key, Any]:
    """Every policy in force with its rules and obligations, and what else decides."""
    found: dict[Key, Any] = {("exception", e.id): e for e in policies.exceptions}
    found |= {("alias", a.id): a for a in policies.aliases}
    for policy in policies.policies:
        found["policy", policy.id] = policy
        found |= {("rule", f"{policy.id}/{r.id}"): r for r in policy.rules}
        found |= {("obligation", f"{policy.id}/{o.id}"): o for o in policy.obligations}
    found["project", ""] = Choices(
        policies.gateways, policies.prefer, policies.substitutions, policies.rates
    )
    return found


def binding_documents(policies: PolicySet, registry: Registry) -> dict[Key, Any]:
    """What people and lawmakers wrote down, without what is claimed of routes and parties."""
    written = {"territory", "adequacy", "agreement", "signoff"}
    found = registry_documents(registry)
    law_and_contracts = {key: document for key, document in found.items() if key[0] in written}
    return {**policy_documents(policies), **law_and_contracts}


def documents_on(registry: Registry, routes: Iterable[str]) -> dict[Key, Any]:
    """The documents of routes, and of the models and parties on their way."""
    found: dict[Key, Any] = {}
    for route in (registry.routes[name] for name in routes):
        found["route", route.id] = route
        found["gateway", route.gateway] = registry.gateways[route.gateway]
        found["model", route.model] = registry.models[route.model]
        for party in {route.provider, *route.subprocessors} & registry.providers.keys():
            found["provider", party] = registry.providers[party]
    return found


def said(document: Any) -> dict[str, Any]:  # noqa: ANN401 - any document
    """What a document says, by the name of the field or claim; what it leaves out is not there."""
    found = {
        field.name: value
        for field in fields(document)
        if field.name not in _UNSEEN
        and (value := getattr(document, field.name)) is not None
        and value != ()
    }
    for spoken, claims in claims_of(document).items():
        found[claim_name(*spoken)] = frozenset(claims)
    return found


def claim_name(hop: str, attribute: str) -> str:
    """What a claim is called among the things a document says."""
    return f"{hop}: {attribute}" if hop else attribute


def claims_of(document: Any) -> Mapping[tuple[str, str], tuple[Claim, ...]]:  # noqa: ANN401
    """The claims of a document by hop, which only those of a route have, and attribute."""
    found: dict[tuple[str, str], tuple[Claim, ...]] = {}
    for entry in getattr(document, "claims", ()):
        hop, claims = ("", (entry,)) if isinstance(entry, Claim) else entry
        for claim in claims:
            found[hop, claim.attribute] = (*found.get((hop, claim.attribute), ()), claim)
    return found


def placeless(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    """A part of a document without places in files: two are equal if they say the same.

    So is what `repr` makes of them.
    """
    match value:
        case Span():
            return None
        case frozenset():
            return ("frozenset", *sorted(map(placeless, value), key=repr))
        case Decimal():
            return ("Decimal", words.number(value))
        case tuple():
            return tuple(map(placeless, value))
        case _ if is_dataclass(value):
            parts = (placeless(getattr(value, field.name)) for field in fields(value))
            return (type(value).__name__, *parts)
        case _:
            return (type(value).__name__, value)


# ---- in the terms of the language ----------------------------------------------------------------


def condition(predicate: Predicate) -> str:
    """A predicate in the terms of the language, on one line."""
    match predicate:
        case Test(subject, matcher, names, bound):
            wanted = ", ".join(names) if bound is None else words.number(bound)
            return f"{subject} {matcher.value} {wanted}"
        case Not(part):
            return f"not ({condition(part)})"
        case All(parts):
            return _joined(parts, " and ") or "always"
        case AnyOf(parts):
            return _joined(parts, " or ") or "never"


def _joined(parts: Iterable[Any], word: str) -> str:
    return word.join(_inside(parts))


def _inside(parts: Iterable[Any]) -> Iterator[str]:
    for part in parts:
        text = condition(part)
        yield f"({text})" if isinstance(part, All | AnyOf) and len(part.parts) > 1 else text
