"""A carrier without a network: what an exchange would send first, or answer."""

from __future__ import annotations

from policy_router.enforcement.answer import Forward, Reply
from policy_router.enforcement.exchange import Finished, Send, advance, exchange
from policy_router.enforcement.facts import Floor
from policy_router.enforcement.gate import Gate
from policy_router.wire.http_call import HttpCall

Answer = Forward | Reply


def admit(gate: Gate, call: HttpCall, floor: Floor | None) -> Answer:
    """What becomes of `call`: the first attempt that would be sent, or the reply."""
    steps = exchange(gate, call, floor, gate.pdp.loaded)
    step = advance(steps, gate.log)
    if isinstance(step, Send):
        return step.forward
    assert isinstance(step, Finished)
    assert step.reply is not None
    return step.reply
