"""Requests, each with the plain answers the baseline gets for it. No two state the same facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from bench.rows import Call
from bench.rules import KINDS, PURPOSES, TENANTS, TRIGGERS
from policy_router.domain.request import FactValue, RequestFacts, SetFact
from policy_router.domain.vocabulary import PARENT_CATEGORY, SPECIAL_CATEGORIES

_DATA = ("non_personal", "personal", *KINDS)
_PERSONAL = frozenset({"personal", *PARENT_CATEGORY})
_SPECIAL = frozenset(SPECIAL_CATEGORIES)
_REGIMES = (("eu_gdpr",), ("uk_gdpr",), ("eu_gdpr", "uk_gdpr"), ("ch_fadp",))
_COUNTRIES = ("DE", "FR", "SE", "GB", "US", "CH", "IT", "NL")
_HOUSES = ("clinic", "shop", "bank", "school")


@dataclass(frozen=True, slots=True)
class Asking:
    """A request and the same for the baseline. `size`: input and output tokens."""

    facts: RequestFacts
    call: Call
    size: tuple[int, int] = (0, 0)


def usual(
    count: int, seed: int, *, models: Sequence[str] = (), sized: bool = False
) -> list[Asking]:
    """Requests under the usual rules: any model or one of `models`, with token counts or not."""
    dice = Random(seed)
    return [_usual(f"{seed}-{n}", dice, models, sized=sized) for n in range(count)]


def _usual(name: str, dice: Random, models: Sequence[str], *, sized: bool) -> Asking:
    data = frozenset(dice.sample(_DATA, dice.randint(1, 4)))
    regimes = dice.choice(_REGIMES)
    house = dice.choice(_HOUSES)
    size = (dice.randint(10, 100_000), dice.randint(10, 15_000)) if sized else (0, 0)
    scalars: dict[str, FactValue] = {"tenant": f"{house}-{name}", "purpose": f"errand-{name}"}
    if sized:
        scalars |= {"tokens.input": Decimal(size[0]), "tokens.output": Decimal(size[1])}
    facts = RequestFacts(
        model=dice.choice(models) if models else None,
        sets={
            "data": SetFact(data, settled=True),
            "regime": SetFact(frozenset(regimes), settled=True),
            "subject_location": SetFact(frozenset(dice.sample(_COUNTRIES, 2)), settled=True),
        },
        scalars=scalars,
    )
    personal = not data.isdisjoint(_PERSONAL)
    call = Call(
        personal=personal,
        eu=personal and "eu_gdpr" in regimes,
        uk=personal and "uk_gdpr" in regimes,
        special=not data.isdisjoint(_SPECIAL),
        secret="professional_secret" in data,
        confidential="trade_secret" in data or "source_code" in data,
        payment="cardholder" in data,
        clinic=house == "clinic",
    )
    return Asking(facts, call, size)


def many(count: int, seed: int) -> list[Asking]:
    """Requests of which the many rules tell every one from every other."""
    dice = Random(seed)
    stated: dict[tuple[str, ...], Asking] = {}
    while len(stated) < count:
        kinds = sorted(dice.sample(KINDS, dice.randint(1, 6)))
        words = (*kinds, dice.choice(TENANTS), dice.choice(PURPOSES))
        stated[words] = _many(words)
    return list(stated.values())


def _many(words: tuple[str, ...]) -> Asking:
    *kinds, tenant, purpose = words
    facts = RequestFacts(
        sets={"data": SetFact(frozenset(kinds), settled=True)},
        scalars={"tenant": tenant, "purpose": purpose},
    )
    demanded = {TRIGGERS.index(word) % len(Call._fields) for word in words}
    return Asking(facts, Call(*(n in demanded for n in range(len(Call._fields)))))
