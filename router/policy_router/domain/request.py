"""What is known of a call: its facts, and what of them rests on the caller's mere word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from policy_router.domain.vocabulary import (
    CHAT,
    EMBEDDING,
    GIVES,
    REQUESTED_MODEL,
    SERVER_TOOLS,
    fact,
)

FactValue = str | bool | Decimal

_NOTHING: Mapping[str, FactValue] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SetFact:
    """A set fact. Not `settled`: what is in it is known, what else may be in it is not.

    A settled set without members is known to be empty, where the call itself shows it.
    """

    members: frozenset[str] = frozenset()
    settled: bool = False


UNKNOWN_SET = SetFact()


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """The facts of one request. `model`: the requested name, None for any.

    A fact that is not listed is unknown. `base`: the same request without what its caller merely
    declared and what detectors added; None where there is no such thing. A declaration can then
    only add requirements: a rule applies if it applies with or without it, and a route must
    satisfy its demands with and without it. `declared`: names of the facts concerned. `seen`:
    whether the call itself is; of one that is not, no operation is taken for granted.
    """

    model: str | None = None
    sets: Mapping[str, SetFact] = field(default_factory=lambda: MappingProxyType({}))
    scalars: Mapping[str, FactValue] = field(default_factory=lambda: _NOTHING)
    declared: tuple[str, ...] = ()
    base: RequestFacts | None = None
    seen: bool = True

    @property
    def views(self) -> tuple[RequestFacts, ...]:
        """This request, and the same without mere declarations."""
        return (self,) if self.base is None else (self, self.base)

    @property
    def operation(self) -> str | None:
        """What the call does: its endpoint. A chat, where neither that nor a model is named.

        None where it is not known, and of a call that is not seen.
        """
        stated = self.scalars.get("endpoint")
        if isinstance(stated, str):
            return stated
        return CHAT if self.model is None and self.seen else None

    @property
    def shares_a_window(self) -> bool:
        """Whether all of its tokens go into a model together, so that its window is for them all.

        Embeddings are of as many texts as the call holds, each of which the model takes by itself.
        """
        return GIVES.get(self.operation or CHAT) != EMBEDDING

    def of_any_model(self, operation: str | None = None) -> RequestFacts:
        """The same request, whatever model it asks for; `operation`: its own, if it names none."""
        base = None if self.base is None else self.base.of_any_model(operation)
        scalars = self.scalars
        if operation is not None:
            scalars = {"endpoint": operation, **scalars}
        return replace(self, model=None, scalars=scalars, base=base)

    def using(self, tools: frozenset[str]) -> RequestFacts:
        """The same request, to a model that uses `tools` at its provider whatever it is asked."""
        stated = self.set_fact(SERVER_TOOLS)
        base = None if self.base is None else self.base.using(tools)
        if tools <= stated.members and base is self.base:
            return self
        shown = SetFact(stated.members | tools, stated.settled)
        return replace(self, sets={**self.sets, SERVER_TOOLS: shown}, base=base)

    def set_fact(self, name: str) -> SetFact:
        """The set fact `name`; unknown if the request does not state it, or states nothing."""
        stated = self.sets.get(name, UNKNOWN_SET)
        spec = fact(name)
        observed = spec is not None and spec.observed
        return stated if stated.members or observed else UNKNOWN_SET

    def scalar(self, name: str) -> FactValue | None:
        """The single value of fact `name`; None if the request does not state it."""
        return self.model if name == REQUESTED_MODEL else self.scalars.get(name)

    def knows(self, name: str) -> bool:
        """Whether the fact `name` can be relied on: stated, and not open."""
        return self.scalar(name) is not None or self.set_fact(name).settled
