"""Tools that a model uses though a call does not ask for them: what such a call shows."""

from __future__ import annotations

from dataclasses import replace

from policy_router.domain.request import RequestFacts, SetFact
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.reference import routes_named
from policy_router.wire.call import SERVER_TOOLS
from policy_router.wire.http_call import Asked

_NONE = frozenset[str]()


def unasked_by(snapshot: Snapshot, model: str) -> frozenset[str]:
    """The tools that every route of the name `model` uses, whatever a call to it asks for.

    Those that only some of them use leave these unsuitable, and the others in.
    """
    card = snapshot.registry.card
    found = [card(route).unasked_tools or _NONE for route in routes_named(snapshot, model)]
    return frozenset[str].intersection(*found) if found else _NONE


def shown_by(asked: Asked, unasked: frozenset[str]) -> RequestFacts:
    """What a call shows to models that use the tools `unasked`.

    What these find adds to its input, whose size is then not known.
    """
    if not unasked:
        return asked.sized
    shown = asked.call.facts
    tools = shown.set_fact(SERVER_TOOLS).members | unasked
    return replace(shown, sets={**shown.sets, SERVER_TOOLS: SetFact(tools, settled=True)})
