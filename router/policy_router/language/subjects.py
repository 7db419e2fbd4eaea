"""What predicates can speak of: facts of a request, attributes of a route."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from policy_router.domain.vocabulary import (
    ATTRIBUTES,
    FACTS,
    SCOPE_FACTS,
    Attribute,
    AttributeKind,
    FactKind,
    FactSpec,
    attribute,
    fact,
)


class Sort(StrEnum):
    """What sort of value a subject has, and so which matchers it takes."""

    NAME = "name"
    FLAG = "flag"
    NUMBER = "number"
    MONEY = "money"
    SET = "set"
    PLACES = "places"
    BASES = "bases"
    SIGNOFFS = "signoffs"


@dataclass(frozen=True, slots=True)
class Subject:
    """A fact or attribute. `values`: the closed choice, if it is one."""

    name: str
    sort: Sort
    values: tuple[str, ...] = ()


class Side(StrEnum):
    """What a predicate reads."""

    REQUEST = "request"
    ROUTE = "route"
    SCOPE = "scope"


def subject(side: Side, name: str) -> Subject | None:
    """What `name` means on `side`; None if it means nothing there."""
    match side:
        case Side.REQUEST:
            spec = fact(name)
            return None if spec is None else _of_fact(spec)
        case Side.SCOPE:
            return _of_fact(FACTS[name]) if name in SCOPE_FACTS else None
        case Side.ROUTE:
            found = attribute(name)
            return _of_attribute(found) if found is not None and found.matchable else None
        case _:
            assert_never(side)


def subject_names(side: Side) -> Collection[str]:
    """Every name on `side` but the open ones (`labels.<key>`, `benchmarks.<name>`)."""
    match side:
        case Side.REQUEST:
            return FACTS.keys()
        case Side.SCOPE:
            return SCOPE_FACTS
        case Side.ROUTE:
            return [name for name, spec in ATTRIBUTES.items() if spec.matchable]
        case _:
            assert_never(side)


def subjects(side: Side) -> Iterator[Subject]:
    """Everything that has a name on `side`."""
    return filter(None, (subject(side, name) for name in subject_names(side)))


def _of_fact(spec: FactSpec) -> Subject:
    if spec.name == "subject_location":
        return Subject(spec.name, Sort.PLACES)
    return Subject(spec.name, _FACT_SORT[spec.kind], spec.values)


def _of_attribute(spec: Attribute) -> Subject:
    sort = Sort.SIGNOFFS if spec.name == "signoff" else _ATTRIBUTE_SORT[spec.kind]
    return Subject(spec.name, sort, spec.values)


_FACT_SORT = {
    FactKind.SET: Sort.SET,
    FactKind.NAME: Sort.NAME,
    FactKind.FLAG: Sort.FLAG,
    FactKind.NUMBER: Sort.NUMBER,
}

_ATTRIBUTE_SORT = {
    AttributeKind.NAME: Sort.NAME,
    AttributeKind.ORDERED: Sort.NAME,
    AttributeKind.COUNTRIES: Sort.PLACES,
    AttributeKind.TAGS: Sort.SET,
    AttributeKind.NUMBER: Sort.NUMBER,
    AttributeKind.MONEY: Sort.MONEY,
    AttributeKind.BASES: Sort.BASES,
    AttributeKind.RECORD: Sort.SET,
}
