"""Words of a caller that no document knows: a record holds their length and digest instead.

Otherwise whoever may call could write into the records, by a model's name or a purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Final

from policy_router.audit.stand_in import stand_in
from policy_router.domain.policy import PolicySet, Predicate
from policy_router.domain.request import FactValue, RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.domain.vocabulary import REQUESTED_MODEL, fact
from policy_router.engine import words
from policy_router.engine.matching import tests_in

_DIGITS: Final = 16


def without_strange_words(snapshot: Snapshot, facts: RequestFacts) -> RequestFacts:
    """`facts`, the model and declared values only as far as `snapshot` knows them.

    Sets need no such care: the vocabularies of all that can be declared are closed.
    """
    return _clean(snapshot, facts, facts.declared)


def model_to_record(snapshot: Snapshot, name: str | None) -> str | None:
    """`name` if it is one of a route, model or alias, else what stands for it."""
    registry, aliases = snapshot.registry, snapshot.policies.aliases
    if name is None or name in registry.routes or name in registry.models:
        return name
    return name if name in {alias.id for alias in aliases} else _withheld("model", name)


def stand_ins(snapshot: Snapshot, said: RequestFacts, clean: RequestFacts) -> dict[str, str]:
    """Texts for the values of `said` that `clean` withholds, that `snapshot` judges alike, by name.

    The model stands under `model`. What was declared or not, `base`, is not looked at.
    """
    found: dict[str, str] = {}
    if said.model is not None and clean.model != said.model:
        found["model"] = stand_in(said.model, _words(snapshot, REQUESTED_MODEL))
    for name, value in said.scalars.items():
        if isinstance(value, str) and clean.scalars[name] != value:
            found[name] = stand_in(value, _words(snapshot, name))
    return found


def _clean(snapshot: Snapshot, facts: RequestFacts, declared: tuple[str, ...]) -> RequestFacts:
    said = {name: facts.scalars[name] for name in declared if name in facts.scalars}
    known = {name: _to_record(snapshot, name, value) for name, value in said.items()}
    return replace(
        facts,
        model=model_to_record(snapshot, facts.model),
        scalars={**facts.scalars, **known},
        base=None if facts.base is None else _clean(snapshot, facts.base, declared),
    )


def _to_record(snapshot: Snapshot, name: str, value: FactValue) -> FactValue:
    spec = fact(name)
    if not isinstance(value, str) or (spec is not None and value in spec.values):
        return value
    return value if value in _words(snapshot, name) else _withheld(name, value)


def _words(snapshot: Snapshot, name: str) -> frozenset[str]:
    """The values of fact `name` that policies and sign-offs write out; patterns match no word."""
    tested = (t for p in _predicates(snapshot.policies) for t in tests_in(p) if t.subject == name)
    signed = (s.purposes for s in snapshot.registry.signoffs if name == "purpose")
    return frozenset(word for words in (*(t.names for t in tested), *signed) for word in words)


def _predicates(policies: PolicySet) -> Iterator[Predicate]:
    for policy in policies.policies:
        yield policy.scope
        yield from (rule.when for rule in policy.rules)
        yield from (obligation.when for obligation in policy.obligations)
        yield from (o.refuse_when for o in policy.obligations if o.refuse_when is not None)
    for dated in (policies.exceptions, policies.prefer, policies.substitutions):
        yield from (part.when for part in dated)


def _withheld(what: str, text: str) -> str:
    digest = sha256(text.encode()).hexdigest()[:_DIGITS]
    return f"unknown {what}, {words.counted(len(text), 'character')}, sha256:{digest}"
