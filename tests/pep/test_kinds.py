"""What is kept from one call for the next of its kind makes no difference to what is recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from policy_router.audit.record import Ending
from policy_router.domain.attestation import Said, Standing
from policy_router.enforcement import kinds
from policy_router.enforcement.blanks import Blank
from policy_router.enforcement.denial import Explained, explained
from policy_router.enforcement.exchange import Deliver, Ended, Finished, Head, advance, exchange
from policy_router.enforcement.exchange import Send as Sending
from policy_router.enforcement.facts import NOBODY, Floor, floor_of
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.kinds import MOST_KINDS
from policy_router.log.line import Written, packed
from policy_router.service.decision import Decision
from policy_router.wire.answers import Witness
from policy_router.wire.headers import Headers
from policy_router.wire.http_call import HttpCall
from policy_router.wire.operation import Dialect
from tests.pep.world import ALLOWED, DENIED, KEY_VARIABLE, UPSTREAM_KEY, World, build

SIZES: Final = (1, 40, 4_000, 40)
AGAIN: Final = 4
TOOLS: Final = [{"type": "function", "function": {"name": "look_up"}}]
SAID: Final[Sequence[Mapping[str, Any]]] = (
    {},
    {"stream": True},
    {"max_tokens": 5},
    {"store": True},
    {"tools": TOOLS},
    {"web_search_options": {}},
    {"model": DENIED},
    {"model": "100%/s %(id)s"},
    {"model": "nobody/knows-it"},
)
HEADERS: Final[Sequence[Headers]] = (
    (),
    (("x-stainless-retry-count", "1"),),
    (("x-governance-purpose", "letters"),),
    (("x-governance-data", "personal"), ("x-stainless-retry-count", "1")),
)


class Detecting:
    """Sees what texts of some length hold."""

    name = "by length"

    def categories(self, text: str) -> frozenset[str]:
        if len(text) > 10_000:
            raise ValueError(text)
        return frozenset({"personal"}) if len(text) > 1_000 else frozenset()


class Keeping:
    """Keeps records as they are handed over."""

    waits = False

    def __init__(self) -> None:
        self.records: list[Mapping[str, Any]] = []

    def append(self, record: Mapping[str, Any]) -> None:
        self.records.append(record)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    return build(tmp_path)


def _floors(world: World) -> list[Floor]:
    return [NOBODY, *(floor_of(caller) for caller in world.pdp.loaded.callers.values())]


def _gate(world: World) -> Gate:
    return Gate(world.pdp, Keeping(), "test", detectors=(Detecting(),))


def _call(size: int, said: Mapping[str, Any], headers: Headers) -> HttpCall:
    messages = [{"role": "user", "content": "x" * size}]
    body = json.dumps({"model": ALLOWED, "messages": messages, **said}).encode()
    return HttpCall("POST", "/chat/completions", "", headers, body)


def _carried(
    gate: Gate, call: HttpCall, floor: Floor, failing: Sequence[int] = ()
) -> list[Mapping[str, Any]]:
    """The records of one call, which is answered by the model it was pinned to.

    `failing`: the statuses of the attempts before that.
    """
    assert isinstance(gate.log, Keeping)
    gate.log.records.clear()
    steps = exchange(gate, call, floor, gate.pdp.loaded)
    step = advance(steps, gate.log)
    for status in failing:
        step = advance(steps, gate.log, Head(status, ()))
    if isinstance(step, Sending):
        step = advance(steps, gate.log, Head(200, ()))
        assert isinstance(step, Deliver)
        step.witness.feed(_answering(step.forward.body))
        step = advance(steps, gate.log, Ended(Ending.COMPLETE))
    assert isinstance(step, Finished)
    return list(gate.log.records)


def _answering(asked: bytes) -> bytes:
    return json.dumps({"model": json.loads(asked)["model"]}).encode()


def _timeless(record: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    """What a file would hold of it, but for what no two calls have in common."""
    read = json.loads(packed(record))
    read |= {"id": None, "recorded_at": None}
    if read.get("decision"):
        read["decision"]["at"] = None
    return read


def test_a_call_is_recorded_as_if_there_had_been_none_before_it(world: World) -> None:
    used = _gate(world)
    written = 0
    for floor, said, headers in product(_floors(world), SAID, HEADERS):
        for size in SIZES * AGAIN:
            call = _call(size, said, headers)
            found, alone = _carried(used, call, floor), _carried(_gate(world), call, floor)
            assert [_timeless(r) for r in found] == [_timeless(r) for r in alone]
            written += isinstance(found[0], Written)
    assert written > len(_floors(world)) * len(SAID) * len(HEADERS)


def test_a_denial_is_explained_once_for_all_calls_that_are_told_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str | None] = []

    def counted(decision: Decision, sender: Floor, dialect: Dialect) -> Explained:
        found.append(decision.determination.requested)
        return explained(decision, sender, dialect)

    monkeypatch.setattr(kinds, "explained", counted)
    gate, floor = _gate(world), _floors(world)[1]
    for model, size in product((DENIED, "nobody/knows", "maker/plain"), (1, 40, 900, 40, 1)):
        _carried(gate, _call(size, {"model": model, "tools": TOOLS}, ()), floor)
    assert found == [DENIED, "nobody/knows", "maker/plain", "maker/plain", "maker/plain"]
    found.clear()
    gate = Gate(world.pdp, Keeping(), "test")
    for size in (1, 2_000_000, 900, 2_000_000, 2_100_000):  # the window of the model is a million
        _carried(gate, _call(size, {"model": DENIED}, ()), floor)
    assert len(found) == 3


def test_a_further_attempt_is_recorded_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    world = build(tmp_path, spare=True)
    gate, floor, call = _gate(world), _floors(world)[1], _call(1, {}, ())
    for failing in ((), (), (503,), (), (500,), (429,)):
        found = [_timeless(r) for r in _carried(gate, call, floor, failing)]
        assert found == [_timeless(r) for r in _carried(_gate(world), call, floor, failing)]
        assert len(found) == len(failing) + 2


def test_what_is_known_of_a_written_record_is_what_is_written(world: World) -> None:
    gate, floor = _gate(world), _floors(world)[1]
    for _ in range(AGAIN):
        records = _carried(gate, _call(1, {}, ()), floor)
    assert [type(record) for record in records] == [Written, Written]
    for record in records:
        read = json.loads(packed(record))
        assert dict(record) == read
        assert {name: record[name] for name in read} == read
        assert len(record) == len(read)


def test_what_looks_like_a_place_to_fill_in_is_none() -> None:
    record = {"kind": "load", "id": "first", "bytes": 1, "note": '100% %(id)s %s "é"'}
    blank = Blank(record, {"id": ("id",), "bytes": ("bytes",)})
    filled = blank.filled({"id": "second", "bytes": "27"})
    assert packed(filled) == packed({**record, "id": "second", "bytes": 27})


def test_each_call_has_its_own_id_instants_and_size(world: World) -> None:
    gate, floor = _gate(world), _floors(world)[1]
    calls = [_call(size, {}, ()) for size in (10, 11, 12, 13, 14)]
    records = [_carried(gate, call, floor)[0] for call in calls]
    assert len({record["id"] for record in records}) == len(calls)
    assert [record["body_bytes"] for record in records] == [len(call.body) for call in calls]
    sizes = [int(record["facts"]["scalars"]["tokens.input"]) for record in records]
    assert sizes == list(range(sizes[0], sizes[0] + len(calls)))
    at = [record["decision"]["at"] for record in records]
    assert at == sorted(set(at))


def test_nothing_is_kept_from_one_load_for_another(world: World) -> None:
    gate, floor = _gate(world), _floors(world)[1]
    for _ in range(AGAIN):
        _carried(gate, _call(1, {}, ()), floor)
    before = gate.pdp.loaded
    kept = gate.kinds.of(before), gate.endings.of(before), gate.floors.of(before)
    documents = next(path for path in world.folder.glob("*.yaml") if "EEA" in path.read_text())
    documents.write_text(documents.read_text().replace("within: EEA", "within: US"))
    gate.pdp.reload()
    (record,) = _carried(gate, _call(1, {}, ()), floor)
    assert record["admitted"] is False
    after = gate.pdp.loaded
    now = gate.kinds.of(after), gate.endings.of(after), gate.floors.of(after)
    assert all(old is not new for old, new in zip(kept, now, strict=True))


def test_so_many_kinds_are_remembered_and_no_more(world: World) -> None:
    gate, floor = _gate(world), _floors(world)[1]
    for most in range(1, MOST_KINDS + 20):
        _carried(gate, _call(1, {"max_tokens": most}, ()), floor)
    assert 0 < len(gate.kinds.of(gate.pdp.loaded)._kinds) <= MOST_KINDS


def test_two_senders_with_equal_facts_are_not_taken_for_each_other(world: World) -> None:
    gate = _gate(world)
    facts = _floors(world)[1].facts
    for _ in range(AGAIN):
        for name in ("one", "other"):
            record = _carried(gate, _call(1, {}, ()), Floor(facts, caller=name))[0]
            assert record["caller"] == name


def test_two_points_that_remember_together_are_told_apart(world: World) -> None:
    gate, floor = _gate(world), _floors(world)[1]
    for _ in range(AGAIN):
        for each in (gate, replace(gate, point="another")):
            records = _carried(each, _call(1, {}, ()), floor)
            assert [record["point"] for record in records] == [each.point, each.point]


def test_answers_that_say_different_things_are_told_apart(world: World) -> None:
    endings = _gate(world).endings.of(world.pdp.loaded)
    routes = world.pdp.snapshot.registry.routes
    route = next(name for name, r in routes.items() if r.model == ALLOWED)
    for _ in range(2):
        for model, standing in ((ALLOWED, Standing.ATTESTED), (DENIED, Standing.CONTRADICTED)):
            found = endings.attested(Said(model), route)
            assert found is not None
            assert found.standing is standing
        assert endings.attested(Said(ALLOWED), None) is None
    assert Witness(()).said == Said()
