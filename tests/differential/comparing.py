"""The engine beside the definition: the same worlds, the same requests, equal in everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from policy_router.domain.claim import Moment
from policy_router.domain.decision import Determination
from policy_router.domain.request import RequestFacts
from policy_router.engine.decide import Engine
from policy_router.engine.reference import decide
from policy_router.engine.render import decision_json
from tests.strategies.draws import Dice, pick
from tests.strategies.requests import any_request
from tests.strategies.words import INSTANTS, KNOWN_AT
from tests.strategies.worlds import World, any_world

ROLLS_A_REQUEST = 200


def requests_of(dice: Dice, world: World, count: int) -> Iterator[tuple[RequestFacts, Moment]]:
    """Draw `count` requests to one world: its own first, then others, at several moments."""
    yield world.facts, world.moment
    for n in range(1, count):
        moment = Moment(pick(dice, INSTANTS), pick(dice, KNOWN_AT)) if n % 5 == 0 else world.moment
        yield any_request(dice), moment


def differences(engine: Engine, facts: RequestFacts, moment: Moment) -> list[str]:
    """Everything in which the engine's answer is not the definition's; empty where it is."""
    defined = decide(engine.snapshot, facts, moment)
    ruling = engine.decide(facts, moment)
    found = ruling.determination()
    early = (ruling.outcome, ruling.reason, ruling.route, ruling.chain)
    if early != (defined.outcome, defined.reason, defined.route, defined.chain):
        return [f"before the whole decision is asked for: {early}"]
    if decision_json(found) != decision_json(defined):
        return [*_named(defined, found), "json"]
    return _named(defined, found)


def _named(defined: Determination, found: Determination) -> list[str]:
    pairs = ((f.name, getattr(defined, f.name), getattr(found, f.name)) for f in fields(defined))
    return [f"{name}: defined {a}, found {b}" for name, a, b in pairs if a != b]


def compared(world_rolls: bytes, request_rolls: bytes, count: int) -> tuple[int, list[str]]:
    """Compare `count` requests to the world of these rolls: how many, and what differs."""
    world = any_world(Dice(world_rolls))
    engine = Engine(world.snapshot)
    dice = Dice(request_rolls)
    found: list[str] = []
    for facts, moment in requests_of(dice, world, count):
        found += [f"{facts} at {moment}: {d}" for d in differences(engine, facts, moment)]
    return count, found
