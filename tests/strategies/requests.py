"""Requests: what is settled, what is open, and what rests on mere declaration."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from policy_router.domain.request import FactValue, RequestFacts, SetFact
from tests.strategies.draws import chance, pick
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
    "lawful_basis": ("contract",),
    "labels.team": TEAMS,
}
_FLOOR: dict[str, tuple[str, ...]] = {"tenant": TENANTS, "environment": ("dev", "prod")}
_NEEDS = (*((),) * 8, ("streaming",), ("tools",))
_TOOLS = ((), (), (), ("web_search",))
_TOKENS = (
    *((Decimal(100), Decimal(50)),) * 6,
    *((Decimal(101), Decimal(100)),) * 4,
    None,
    None,
    (Decimal(900), None),
)


def _set(members: tuple[str, ...], *, settled: bool = True) -> SetFact:
    return SetFact(frozenset(members), settled=settled)


def _stated(draw: st.DrawFn) -> dict[str, SetFact]:
    """Draw the set facts: mostly settled, some open, some not stated at all."""
    sets: dict[str, SetFact] = {}
    for name, choices in _SETS.items():
        if chance(draw, 7, 8):
            sets[name] = _set(pick(draw, choices), settled=chance(draw, 7, 8))
    return sets


def _observed(draw: st.DrawFn) -> tuple[dict[str, SetFact], dict[str, FactValue]]:
    sets = {
        "features": _set(pick(draw, _NEEDS)),
        "input_modalities": _set(("text",)),
        "output_modalities": _set(("text",)),
        "server_tools": _set(pick(draw, _TOOLS)),
    }
    scalars: dict[str, FactValue] = {"stateful": chance(draw, 1, 3), "streaming": False}
    for name, count in zip(("input", "output"), pick(draw, _TOKENS) or (), strict=False):
        if count is not None:
            scalars[f"tokens.{name}"] = count
    return sets, scalars


@st.composite
def plain_requests(draw: st.DrawFn) -> RequestFacts:
    """Draw a request none of whose facts rests on mere declaration."""
    observed, scalars = _observed(draw)
    for name, values in (_SCALARS | _FLOOR).items():
        if chance(draw, 4, 5):
            scalars[name] = pick(draw, values)
    return RequestFacts(
        model=pick(draw, NAMES), sets={**_stated(draw), **observed}, scalars=scalars
    )


@st.composite
def declared_over(draw: st.DrawFn, base: RequestFacts) -> RequestFacts:
    """Draw `base` with what its caller merely declares: it adds to sets, and names what is open."""
    sets, scalars = dict(base.sets), dict(base.scalars)
    declared: list[str] = []
    for name, choices in _SETS.items():
        if chance(draw, 1, 2):
            known = base.set_fact(name)
            sets[name] = replace(known, members=known.members | set(pick(draw, choices)))
            declared.append(name)
    for name, values in _SCALARS.items():
        if name not in scalars and chance(draw, 1, 2):
            scalars[name] = pick(draw, values)
            declared.append(name)
    return RequestFacts(base.model, sets, scalars, tuple(sorted(declared)), base)


@st.composite
def requests(draw: st.DrawFn) -> RequestFacts:
    """Draw a request, every fourth with declarations of its caller."""
    plain = draw(plain_requests())
    return draw(declared_over(plain)) if chance(draw, 1, 4) else plain
