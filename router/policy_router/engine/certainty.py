"""Whether a refused request would be permitted, were it certain what is merely declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from policy_router.domain.decision import Determination
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.engine.uncovered import categories


@dataclass(frozen=True, slots=True)
class Certain:
    """What would permit a request without any change to routes, contracts or judgements.

    `facts`: the names of facts that would have to be certain. `data`: the categories that would
    have to be all there are; none where those of the caller may stay.
    """

    facts: tuple[str, ...]
    data: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The same as advice to whoever keeps the caller's document."""
        if self.data:
            also = [name for name in self.facts if name != "data"]
            stating = f" and that states {_listed(also)} as this call does" if also else ""
            return (
                f"a caller whose document states no data but {categories(self.data)}{stating} may "
                "send it: if such calls carry nothing else, give them a caller of their own"
            )
        are = "is" if len(self.facts) == 1 else "are"
        return (
            f"permitted once {_listed(self.facts)}, so far only declared, {are} certain: have the "
            "caller's document state what holds of every call, or name the fact under `may_declare`"
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


Permits = Callable[[RequestFacts], bool]
"""Whether a request would be permitted."""


def certain_enough(facts: RequestFacts, decided: Determination, permits: Permits) -> Certain | None:
    """What would permit a request that was refused for what is only declared of it.

    None where it is permitted, where nothing is merely declared, or where it does not hang on that.
    """
    if decided.permitted or facts.base is None:
        return None
    names = tuple(_merely_declared(facts, facts.base))
    if permits(_were(facts, facts.base, names)):
        return Certain(_needed(facts, facts.base, names, permits))
    said = facts.set_fact("data").members - facts.base.set_fact("data").members
    certain = replace(facts, base=None, declared=())
    alone = replace(certain, sets={**facts.sets, "data": SetFact(said, settled=True)})
    return Certain(names, tuple(sorted(said))) if said and permits(alone) else None


def _needed(
    facts: RequestFacts, base: RequestFacts, names: Sequence[str], permits: Permits
) -> tuple[str, ...]:
    """Those of `names` that have to be certain: none of them can be spared."""
    kept = list(names)
    for name in names:
        fewer = [other for other in kept if other != name]
        if permits(_were(facts, base, fewer)):
            kept = fewer
    return tuple(kept)


def _were(facts: RequestFacts, base: RequestFacts, names: Iterable[str]) -> RequestFacts:
    """The request, were it certain what is declared of `names`."""
    sure = {n: SetFact(facts.sets[n].members, settled=True) for n in names if n in facts.sets}
    said = {n: facts.scalars[n] for n in names if n in facts.scalars}
    settled = replace(base, sets={**base.sets, **sure}, scalars={**base.scalars, **said})
    return replace(facts, sets={**facts.sets, **sure}, base=settled)


def _merely_declared(facts: RequestFacts, base: RequestFacts) -> Iterator[str]:
    """The facts of which the declared request says more than what is certain of it."""
    for name in sorted({*facts.sets, *facts.scalars}):
        if facts.sets.get(name) != base.sets.get(name) or facts.scalar(name) != base.scalar(name):
            yield name
