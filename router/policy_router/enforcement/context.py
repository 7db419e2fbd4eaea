"""The facts of whom a program is serving right now, for the transports further in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from weakref import WeakSet

from policy_router.domain.organisation import Caller
from policy_router.enforcement.facts import Floor, floor_of
from policy_router.service.pdp import PDP
from policy_router.service.request import Request

Who = Request | Caller | Floor

_CURRENT: ContextVar[Floor | None] = ContextVar("policy_router_facts", default=None)


_WITH_TRANSPORT: Final[WeakSet[PDP]] = WeakSet()


@contextmanager
def governed_facts(who: Who) -> Iterator[None]:
    """Calls made inside carry these facts: the program's own word, or those of a caller.

    The nearest statement counts, whole. Raises `DocumentErrors` for facts that do not exist.
    """
    token = _CURRENT.set(as_floor(who))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current_floor() -> Floor | None:
    """The floor stated by the nearest `governed_facts`; None outside of any."""
    return _CURRENT.get()


def note_transport(pdp: PDP) -> None:
    """Remember that a transport decides with `pdp`."""
    _WITH_TRANSPORT.add(pdp)


def has_transport(pdp: PDP) -> bool:
    """Whether any transport of this process decides with `pdp`."""
    return pdp in _WITH_TRANSPORT


def as_floor(who: Who) -> Floor:
    """The floor that `who` stands for."""
    match who:
        case Floor():
            return who
        case Caller():
            return floor_of(who)
        case Request():
            return Floor(who.facts(), caller=who.caller)
