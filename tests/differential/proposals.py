"""Random calls as a table, and what a proposal would do to them: call by call, in a loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from policy_router.audit.record import facts_data
from policy_router.audit.rows import Row, _facts
from policy_router.domain.claim import Moment
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine
from policy_router.registry.prices import cost_usd
from tests.strategies.draws import Dice, chance, pick
from tests.strategies.policies import policy_set
from tests.strategies.registries import registry
from tests.strategies.requests import any_request
from tests.strategies.words import GATEWAYS
from tests.strategies.worlds import any_world

CALLS = 150
_SIZES = tuple(map(Decimal, (1, 2, 7, 60, 100, 101, 250, 900)))


@dataclass(frozen=True, slots=True)
class Asked:
    """One call."""

    facts: RequestFacts
    gateway: str | None


@dataclass(frozen=True, slots=True)
class Put:
    """A proposal put to calls."""

    old: Snapshot
    new: Snapshot
    moment: Moment
    calls: tuple[Asked, ...]


def any_proposal(dice: Dice, call_rolls: Sequence[bytes]) -> Put:
    """Draw a world, other policies or another registry for it, and calls."""
    world = any_world(dice)
    policies, known = world.snapshot.policies, world.snapshot.registry
    if chance(dice, 2, 3):
        policies = policy_set(dice, world.theme)
    else:
        known = registry(dice, world.theme)
    calls = tuple(_call(Dice(rolls)) for rolls in call_rolls)
    return Put(world.snapshot, Snapshot(policies, known), world.moment, calls)


def _call(dice: Dice) -> Asked:
    gateway = pick(dice, GATEWAYS) if chance(dice, 1, 8) else None
    facts = any_request(dice)
    sized = {n: pick(dice, _SIZES) for n in ("tokens.input", "tokens.output") if n in facts.scalars}
    return Asked(_with(facts, sized) if chance(dice, 3, 4) else facts, gateway)


def _with(facts: RequestFacts, more: dict[str, Decimal]) -> RequestFacts:
    base = None if facts.base is None else _with(facts.base, more)
    scalars = {**facts.scalars, **more}
    return RequestFacts(facts.model, facts.sets, scalars, facts.declared, base, facts.seen)


def rows_of(put: Put) -> list[Row]:
    """The calls as rows of a table, in the columns that an export has."""
    return [_row(put.old, number, asked) for number, asked in enumerate(put.calls)]


def _row(snapshot: Snapshot, number: int, asked: Asked) -> Row:
    data = facts_data(snapshot, asked.facts, asked.facts)
    row = _facts({"facts": data, "gateway": asked.gateway})
    return {"id": f"{number:06}", **row}


@dataclass(frozen=True, slots=True)
class Looped:
    """What the loop found: calls by how they end on each side, and what that costs, in US dollars.

    `unpriced`: calls whose cost is not known on some side.
    """

    ends: Counter[tuple[str, str]]
    unpriced: int
    was: Decimal
    now: Decimal
    rounding: Decimal


def looped(put: Put) -> Looped:
    """Decide every call by both sides."""
    engines = Engine(put.old), Engine(put.new)
    ends: Counter[tuple[str, str]] = Counter()
    unpriced, totals, tokens = 0, [Decimal(0), Decimal(0)], Decimal(0)
    for asked in put.calls:
        found = [_decided(engine, asked, put.moment) for engine in engines]
        ends[found[0][0], found[1][0]] += 1
        costs = [cost for _, cost in found]
        if costs[0] is None or costs[1] is None:
            unpriced += 1
            continue
        totals = [
            total + cost for total, cost in zip(totals, costs, strict=True) if cost is not None
        ]
        tokens += sum((_count(asked, meter) for meter in ("input", "output")), Decimal(1))
    return Looped(ends, unpriced, totals[0], totals[1], tokens.scaleb(-12) + Decimal("0.000001"))


def _count(asked: Asked, meter: str) -> Decimal:
    count = asked.facts.scalar(f"tokens.{meter}")
    return count if isinstance(count, Decimal) else Decimal(0)


def _decided(engine: Engine, asked: Asked, moment: Moment) -> tuple[str, Decimal | None]:
    at = engine if asked.gateway is None else engine.at_gateway(asked.gateway)
    found = at.decide(asked.facts, moment).determination()
    if found.route is None:
        assert found.reason is not None
        return found.reason.value, Decimal(0)
    route = engine.snapshot.registry.routes[found.route]
    return found.route, cost_usd(route, asked.facts, engine.snapshot.policies.rates, moment.at)
