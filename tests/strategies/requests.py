"""Requests: what is settled, what is open, and what rests on mere declaration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from policy_router.domain.request import FactValue, RequestFacts, SetFact
from tests.strategies.draws import Dice, chance, pick, some
from tests.strategies.words import PURPOSES, TEAMS, TENANTS

NAMES = (*("m0",) * 18, *("r0", "m1", "a0", None) * 4, "m9")

_DATA = (
    ("personal",),
    ("personal",),
    ("non_personal",),
    ("personal", "health"),
    ("special_category",),
    ("non_personal", "personal"),
    ("source_code",),
    ("criminal",),
)
_SETS: dict[str, tuple[tuple[str, ...], ...]] = {
    "data": _DATA,
    "regime": (("eu_gdpr",), ("eu_gdpr", "uk_gdpr"), ("ch_fadp",)),
    "subjects": (("customers",), ("employees",)),
    "subject_location": (("DE",), ("US",), ("DE", "US")),
}
_SCALARS: dict[str, tuple[str, ...]] = {
    "purpose": PURPOSES,
    "lawful_basis": ("A6-1-b",),
    "labels.team": TEAMS,
}
_FLOOR: dict[str, tuple[str, ...]] = {"tenant": TENANTS, "environment": ("dev", "prod")}
_NEEDS = (*((),) * 8, ("streaming",), ("tools",))
_TOOLS = ((), (), (), ("web_search",), ("web_search", "code_interpreter"))
_ENDPOINTS = (*(None,) * 12, *("chat_completions",) * 4, "responses", "embeddings", "elsewhere")
_TOKENS = (
    *((Decimal(100), Decimal(50)),) * 6,
    *((Decimal(101), Decimal(100)),) * 4,
    (Decimal(100), Decimal(0)),
    (Decimal(0), Decimal(0)),
    None,
    None,
    (Decimal(900), None),
    (Decimal(100), None),
    (None, Decimal(50)),
    (Decimal(0), Decimal(50)),
)


def _set(members: tuple[str, ...], *, settled: bool = True) -> SetFact:
    return SetFact(frozenset(members), settled=settled)


def _stated(dice: Dice) -> dict[str, SetFact]:
    """Draw the set facts: mostly settled, some open, some not stated at all."""
    sets: dict[str, SetFact] = {}
    for name, choices in _SETS.items():
        if chance(dice, 7, 8):
            sets[name] = _set(pick(dice, choices), settled=chance(dice, 7, 8))
    return sets


def _observed(dice: Dice) -> tuple[dict[str, SetFact], dict[str, FactValue]]:
    sets = {
        "features": _set(pick(dice, _NEEDS)),
        "input_modalities": _set(()),
        "output_modalities": _set(()),
        "server_tools": _set(pick(dice, _TOOLS)),
    }
    scalars: dict[str, FactValue] = {"stateful": chance(dice, 1, 3), "streaming": False}
    endpoint = pick(dice, _ENDPOINTS)
    if endpoint is not None:
        scalars["endpoint"] = endpoint
    for name, count in zip(("input", "output"), pick(dice, _TOKENS) or (), strict=False):
        if count is not None:
            scalars[f"tokens.{name}"] = count
    return sets, scalars


def plain_request(dice: Dice) -> RequestFacts:
    """Draw a request none of whose facts rests on mere declaration."""
    observed, scalars = _observed(dice)
    for name, values in (_SCALARS | _FLOOR).items():
        if chance(dice, 4, 5):
            scalars[name] = pick(dice, values)
    return RequestFacts(
        model=pick(dice, NAMES), sets={**_stated(dice), **observed}, scalars=scalars
    )


def declared_over(dice: Dice, base: RequestFacts) -> RequestFacts:
    """Draw `base` with what its caller merely declares: it adds to sets, and names what is open."""
    sets, scalars = dict(base.sets), dict(base.scalars)
    declared: list[str] = []
    for name, choices in _SETS.items():
        if chance(dice, 1, 2):
            known = base.set_fact(name)
            sets[name] = replace(known, members=known.members | set(pick(dice, choices)))
            declared.append(name)
    for name, values in _SCALARS.items():
        if name not in scalars and chance(dice, 1, 2):
            scalars[name] = pick(dice, values)
            declared.append(name)
    return RequestFacts(base.model, sets, scalars, tuple(sorted(declared)), base)


def any_request(dice: Dice) -> RequestFacts:
    """Draw a request, every fourth with declarations of its caller."""
    plain = plain_request(dice)
    return declared_over(dice, plain) if chance(dice, 1, 4) else plain


@dataclass(frozen=True, slots=True)
class Call:
    """What a caller's document states, what its call shows, and what it declares besides."""

    floor: RequestFacts
    may_declare: frozenset[str]
    shown: RequestFacts
    declared: tuple[tuple[str, str], ...]


def call(dice: Dice) -> Call:
    """Draw a call over HTTP: a floor that states some facts, and declarations of others."""
    declarable: dict[str, tuple[tuple[str, ...], ...]] = {
        **_SETS,
        **{name: tuple((v,) for v in _SCALARS[name]) for name in ("purpose", "lawful_basis")},
    }
    sets = {name: _set(pick(dice, _SETS[name])) for name in some(dice, tuple(_SETS))}
    scalars: dict[str, FactValue] = {
        name: pick(dice, values)
        for name, values in (_SCALARS | _FLOOR).items()
        if chance(dice, 1, 2)
    }
    said = tuple(
        (name, ",".join(pick(dice, choices)))
        for name, choices in declarable.items()
        if chance(dice, 2, 3) and name not in scalars
    )
    observed, counted = _observed(dice)
    return Call(
        floor=RequestFacts(sets=sets, scalars=scalars),
        may_declare=frozenset(some(dice, tuple(declarable), 1, 3)),
        shown=RequestFacts(pick(dice, NAMES), observed, counted),
        declared=said,
    )
