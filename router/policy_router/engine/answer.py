"""What the same question gets each time it is asked in an epoch."""

from __future__ import annotations

from dataclasses import dataclass

from policy_router.compiler.bind import Bound
from policy_router.compiler.bitset import held
from policy_router.domain.decision import Candidate, Reason
from policy_router.domain.policy import Alias
from policy_router.engine.circumstances import Circumstances
from policy_router.engine.offers import Cheapest, Routes


class Named:
    """The routes a name stands for: all of them (`named`), and those that can be asked at all.

    `reason`: why none can. Of an alias they stand in the order of its models.
    """

    __slots__ = ("alias", "named", "reason", "routes")

    def __init__(self, bound: Bound, name: str | None, alias: Alias | None) -> None:
        self.alias = alias
        self.named: Routes
        self.routes: Routes
        if name is None:
            self.named, live = bound.full, bound.live
            self.routes = live & bound.reachable
            self.reason = self._reason(bool(live))
            return
        self.named = _numbers(bound, name, alias)
        alive = held(bound.live_table, self.named)
        self.routes = held(bound.reachable_table, alive)
        self.reason = self._reason(bool(alive))

    def _reason(self, live: bool) -> Reason | None:
        if not self.named:
            return Reason.UNKNOWN_MODEL
        if not live:
            return Reason.RETIRED
        return None if self.routes else Reason.NOT_REACHABLE


def _numbers(bound: Bound, name: str, alias: Alias | None) -> tuple[int, ...]:
    if name in bound.number:
        return (bound.number[name],)
    if alias is None:
        return bound.by_model.get(name, ())
    found = (n for model in alias.models for n in bound.by_model.get(model, ()))
    return tuple(dict.fromkeys(found))


@dataclass(slots=True, eq=False)
class Answer:
    """The answer to one question; `found` None: it is permitted. Nobody changes what it says.

    `permitted`: the routes permitted; `capped`: rules about cost apart. `first`: those of them that
    come before all others by an alias's order of models. `route`: the best; None where it depends
    on the exact size of a call, and is found in `by_size`. `order`: the alias whose order of
    models comes first; `stand_in`: the alias that stood in. `candidates`: what rules say of the
    routes, and `chain`: the permitted ones, best first; once somebody has asked, where it is the
    same for every call with this answer.
    """

    circumstances: Circumstances
    named: Named
    found: Reason | None
    permitted: Routes = ()
    first: Routes = ()
    route: str | None = None
    order: Alias | None = None
    stand_in: Alias | None = None
    by_size: Cheapest | None = None
    capped: bool = False
    candidates: tuple[Candidate, ...] | None = None
    chain: tuple[str, ...] | None = None
