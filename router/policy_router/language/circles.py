"""Names that lead to other names, and back to themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def reached(name: str, leads_to: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Everything that `name` leads to, in the order in which it is met, each once.

    A name that leads further stands before what it leads to; `name` itself is among them only
    if it leads back to itself.
    """
    met: dict[str, None] = {}
    waiting = list(reversed(leads_to.get(name, ())))
    while waiting:
        following = waiting.pop()
        if following not in met:
            met[following] = None
            waiting += reversed(leads_to.get(following, ()))
    return tuple(met)
