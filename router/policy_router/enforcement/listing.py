"""Lists of models, answered here: what the caller may ask for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from policy_router.domain.request import RequestFacts
from policy_router.domain.route import Model
from policy_router.domain.snapshot import Snapshot
from policy_router.enforcement.answer import Reply, refuse
from policy_router.enforcement.facts import NOTHING_SHOWN, Floor, joined, known_floor, with_model
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.ids import new_id
from policy_router.store.project import Loaded
from policy_router.wire.headers import check_headers, declared_facts
from policy_router.wire.http_call import HttpCall
from policy_router.wire.model_list import Listed, model_entry, model_list
from policy_router.wire.refusal import RefusalCode, Refused

SMALLEST: Final = replace(
    NOTHING_SHOWN, scalars={**NOTHING_SHOWN.scalars, "tokens.input": Decimal(1)}
)
"""What the smallest call shows: a model whose window is not known carries not even that."""

_JSON: Final = (("content-type", "application/json"),)


def list_reply(gate: Gate, call: HttpCall, floor: Floor | None, loaded: Loaded, name: str) -> Reply:
    """The answer to a request for the model `name`, or for all: each is decided on, for long.

    It carries no data, so nothing is decided about it and nothing recorded.
    """
    try:
        return Reply(200, _JSON, _names_for(gate, call, known_floor(floor), loaded, name))
    except Refused as refused:
        return refuse(new_id(), refused, call.spoken)


def _names_for(gate: Gate, call: HttpCall, floor: Floor, loaded: Loaded, name: str) -> bytes:
    check_headers(call.headers)
    facts = joined(floor, SMALLEST, declared_facts(call.headers))
    entries = tuple(_listed(gate, facts, loaded.snapshot, name))
    if not name:
        return model_list(call.spoken, entries)
    if not entries:
        advice = "ask for the list of all models: it names what may be asked for"
        raise Refused(RefusalCode.NOT_LISTED, "no model of this name may be asked for", advice)
    return model_entry(call.spoken, entries[0])


def _listed(gate: Gate, facts: RequestFacts, snapshot: Snapshot, name: str) -> Iterator[Listed]:
    """The names that a call with these facts is permitted for; if `name` is one, only it."""
    aliases = {alias.id for alias in snapshot.policies.aliases}
    models = snapshot.registry.models
    known = {*aliases, *models, *(snapshot.registry.routes if name else ())}
    for each in sorted({name} & known if name else known):
        asked = with_model(facts, each)
        if gate.pdp.decide(asked, snapshot=snapshot).permitted:
            yield _entry(each, models.get(each))


def _entry(name: str, model: Model | None) -> Listed:
    if model is None:
        return Listed(name, name, "policy-router")
    maker = model.maker or "policy-router"
    return Listed(name, model.title, maker, model.context_window, model.max_output_tokens)
