"""A snapshot with some of the differences of another: what these alone would have done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from policy_router.audit.changes import Difference, Fate
from policy_router.audit.documents import (
    Choices,
    Key,
    claim_name,
    claims_of,
    policy_documents,
    registry_documents,
)
from policy_router.domain.policy import Policy, PolicySet
from policy_router.domain.registry import Registry
from policy_router.domain.snapshot import Snapshot

_INERT: Final = {"gateway", "provider", "model", "policy"}
"""Kinds that do nothing on their own: a route names the first three, rules make the last.

On the side that lacks such a document nothing names it. It comes and goes with what does.
"""


class Mixture:
    """Two snapshots. `routes`: only these are kept, so that deciding is quick."""

    def __init__(self, old: Snapshot, new: Snapshot, routes: Collection[str]) -> None:
        self._old, self._new = old, new
        self._before, self._after = (
            {**registry_documents(_only(s.registry, routes)), **policy_documents(s.policies)}
            for s in (old, new)
        )

    def with_(self, chosen: Iterable[Difference]) -> Snapshot:
        """The old snapshot with some differences of the new one, and no others."""
        documents = dict(self._before)
        for key, document in self._after.items():
            if key[0] in _INERT:
                documents.setdefault(key, document)
        for difference in chosen:
            self._apply(documents, difference)
        return Snapshot(
            _policy_set(self._old.policies, documents), _registry(self._old.registry, documents)
        )

    def _apply(self, documents: dict[Key, Any], difference: Difference) -> None:
        key = difference.kind, difference.id
        if difference.what:
            if key in documents and key in self._after:
                documents[key] = _taken(documents[key], self._after[key], difference.what)
        elif key[0] not in _INERT and difference.fate is Fate.ADDED and key in self._after:
            documents[key] = self._after[key]
        elif key[0] not in _INERT and difference.fate is Fate.REMOVED:
            documents.pop(key, None)


def _only(registry: Registry, routes: Collection[str]) -> Registry:
    return replace(registry, routes={n: registry.routes[n] for n in routes if n in registry.routes})


def _taken(document: Any, other: Any, what: str) -> Any:  # noqa: ANN401 - any document
    """A document that says `what` as another version of it does."""
    if what in {field.name for field in fields(document)}:
        return replace(document, **{what: getattr(other, what)})
    kept = {k: c for k, c in claims_of(document).items() if claim_name(*k) != what}
    kept |= {k: c for k, c in claims_of(other).items() if claim_name(*k) == what}
    by_hop: dict[str, tuple[Any, ...]] = {}
    for (hop, _), claims in kept.items():
        by_hop[hop] = (*by_hop.get(hop, ()), *claims)
    return replace(document, claims=by_hop.get("", ()) or tuple(by_hop.items()))


def _registry(old: Registry, documents: Mapping[Key, Any]) -> Registry:
    of: dict[str, dict[str, Any]] = {}
    for (kind, name), document in documents.items():
        of.setdefault(kind, {})[name] = document
    return replace(
        old,
        gateways=of.get("gateway", {}),
        providers=of.get("provider", {}),
        models=of.get("model", {}),
        routes=of.get("route", {}),
        territories=of.get("territory", {}),
        adequacy=tuple(of.get("adequacy", {}).values()),
        agreements=tuple(of.get("agreement", {}).values()),
        signoffs=tuple(of.get("signoff", {}).values()),
    )


def _policy_set(old: PolicySet, documents: Mapping[Key, Any]) -> PolicySet:
    choices: Choices = documents["project", ""]
    return replace(
        old,
        policies=tuple(_policies(documents)),
        exceptions=tuple(d for (kind, _), d in documents.items() if kind == "exception"),
        aliases=tuple(d for (kind, _), d in documents.items() if kind == "alias"),
        gateways=choices.gateways,
        prefer=choices.prefer,
        substitutions=choices.substitutions,
        rates=choices.rates,
    )


def _policies(documents: Mapping[Key, Any]) -> Iterable[Policy]:
    """The policies, each with the rules and obligations that are there."""
    inside: dict[tuple[str, str], list[Any]] = {}
    for (kind, name), document in documents.items():
        inside.setdefault((kind, name.rpartition("/")[0]), []).append(document)
    for (kind, name), policy in documents.items():
        if kind == "policy":
            rules, duties = (inside.get((k, name), []) for k in ("rule", "obligation"))
            yield replace(policy, rules=tuple(rules), obligations=tuple(duties))
