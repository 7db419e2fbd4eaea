"""Which of the differences between two snapshots changed a decision: by trying, never by guess."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policy_router.audit.changes import Difference
from policy_router.audit.mixing import Mixture
from policy_router.audit.outlooks import Cell, Outlook, outlooks
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot

_ROUTE: Final = "route"


@dataclass(frozen=True, slots=True)
class Cause:
    """What changed a decision. `alone`: each of these, made to the old documents by itself.

    `together`: where none does it alone, differences that do it together, of which none can be
    left out.
    """

    alone: tuple[Difference, ...] = ()
    together: tuple[Difference, ...] = ()


class Effect(StrEnum):
    """What a change of a decision comes to."""

    OPENED = "opened"
    SHUT = "shut"
    GROUNDS = "grounds"
    OBLIGATIONS = "obligations"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Turn:
    """A scenario on a route before and after; None: the route is not on file there."""

    before: Outlook | None
    after: Outlook | None

    @property
    def is_one(self) -> bool:
        """Whether anything changed: a route that comes or goes refused does not."""
        return not _same(self.before, self.after)

    @property
    def effect(self) -> Effect:
        """What the change comes to, if it is one."""
        was, now = (o is not None and o.permitted for o in (self.before, self.after))
        if self.before is not None and self.after is not None and was and now:
            grounds = ((o.exceptions, o.signoffs) for o in (self.before, self.after))
            return Effect.GROUNDS if len(set(grounds)) > 1 else Effect.OBLIGATIONS
        if was or now:
            return Effect.OPENED if now else Effect.SHUT
        return Effect.REASON


class Causes:
    """Two snapshots, how they differ, and what is asked of them."""

    def __init__(
        self,
        old: Snapshot,
        new: Snapshot,
        found: Sequence[Difference],
        scenarios: Sequence[Scenario],
        moment: Moment,
    ) -> None:
        self._old, self._new = old, new
        self._scenarios = {s.id: s for s in scenarios}
        self._moment = moment
        self._shared = [d for d in found if d.kind != _ROUTE]
        self._own: dict[str, list[Difference]] = {}
        for difference in found:
            if difference.kind == _ROUTE:
                self._own.setdefault(difference.id, []).append(difference)
        self._parties: dict[str, frozenset[tuple[str, str]]] = {}

    def of(self, turns: Mapping[Cell, Turn]) -> dict[Cell, Cause]:
        """What did it, for each of these changes."""
        alone: dict[Cell, list[Difference]] = {cell: [] for cell in turns}
        for chosen in self._tries({route for _, route in turns}):
            concerned = {c: t for c, t in turns.items() if c[1] in chosen}
            made = [d for route in chosen.values() for d in route]
            for cell in self._doing(concerned, made):
                alone[cell] += chosen[cell[1]]
        found = {cell: Cause(alone=tuple(done)) for cell, done in alone.items() if done}
        left = {cell: turn for cell, turn in turns.items() if cell not in found}
        return found | self._together(left)

    # ---- one difference alone ----

    def _tries(self, routes: Collection[str]) -> Iterator[dict[str, list[Difference]]]:
        """One difference at a time, for each route it may bear on.

        What a route's own document says bears on no other, so these are tried side by side.
        """
        for difference in self._shared:
            yield {r: [difference] for r in routes if self._bears_on(difference, r)}
        most = max((len(self._own.get(r, ())) for r in routes), default=0)
        for place in range(most):
            own = ((r, self._own.get(r, [])[place : place + 1]) for r in routes)
            yield {route: one for route, one in own if one}

    def _doing(self, turns: Mapping[Cell, Turn], made: Iterable[Difference]) -> Iterator[Cell]:
        """The changes that these differences bring about, made to the old documents."""
        if not turns:
            return
        routes = sorted({route for _, route in turns})
        names = {scenario for scenario, _ in turns}
        scenarios = [s for name, s in self._scenarios.items() if name in names]
        mixed = Mixture(self._old, self._new, routes).with_(dict.fromkeys(made))
        found = outlooks(mixed, scenarios, routes, self._moment)
        yield from (cell for cell, turn in turns.items() if _same(found.get(cell), turn.after))

    def _bears_on(self, difference: Difference, route: str) -> bool:
        """Whether a document that is no route's own can bear on a route."""
        if difference.kind not in {"gateway", "provider", "model"}:
            return True
        if route not in self._parties:
            self._parties[route] = frozenset(self._named_by(route))
        return (difference.kind, difference.id) in self._parties[route]

    def _named_by(self, route: str) -> Iterator[tuple[str, str]]:
        for snapshot in (self._old, self._new):
            found = snapshot.registry.routes.get(route)
            if found is not None:
                yield from (("gateway", found.gateway), ("model", found.model))
                yield from (("provider", p) for p in (found.provider, *found.subprocessors))

    # ---- several together ----

    def _together(self, turns: Mapping[Cell, Turn]) -> dict[Cell, Cause]:
        """Differences of which none can be left out; found once for changes that are alike."""
        found: dict[Cell, Cause] = {}
        groups: dict[tuple[object, ...], dict[Cell, Turn]] = {}
        for cell, turn in turns.items():
            own = tuple((d.fate, d.what) for d in self._own.get(cell[1], ()))
            shared = tuple(self._shared_by(cell[1]))
            groups.setdefault((cell[0], turn, own, shared), {})[cell] = turn
        for alike in groups.values():
            left = alike
            while left:
                sparing = self._sparing(*next(iter(left.items())))
                done = dict.fromkeys(self._done_by(left, sparing))
                found |= {c: Cause(together=tuple(self._on(c[1], sparing))) for c in done}
                left = {cell: turn for cell, turn in left.items() if cell not in done}
        return found

    def _shared_by(self, route: str) -> list[Difference]:
        return [d for d in self._shared if self._bears_on(d, route)]

    def _sparing(self, cell: Cell, turn: Turn) -> list[Difference]:
        """Differences that bring a change about, none of which can be left out."""
        kept = [*self._shared_by(cell[1]), *self._own.get(cell[1], ())]
        size = max(1, len(kept) // 2)
        while True:
            fewer = next(self._fewer(cell, turn, kept, size), None)
            if fewer is not None:
                kept, size = fewer, min(size, max(1, len(fewer) // 2))
            elif size == 1:
                return kept
            else:
                size = max(1, size // 2)

    def _fewer(
        self, cell: Cell, turn: Turn, kept: list[Difference], size: int
    ) -> Iterator[list[Difference]]:
        """What still does it with `size` differences in a row left out."""
        for start in range(0, len(kept), size):
            rest = [*kept[:start], *kept[start + size :]]
            if any(self._doing({cell: turn}, rest)):
                yield rest

    def _done_by(self, turns: Mapping[Cell, Turn], like: list[Difference]) -> Iterator[Cell]:
        """The changes that come about just so: with all of these, and not without one of them."""
        of = {cell: self._on(cell[1], like) for cell in turns}
        doing = set(self._doing(turns, [d for made in of.values() for d in made]))
        for place in range(len(like)):
            rest = [d for made in of.values() for n, d in enumerate(made) if n != place]
            doing -= set(self._doing({c: turns[c] for c in doing}, rest))
        yield from sorted(doing)

    def _on(self, route: str, like: list[Difference]) -> list[Difference]:
        """The same differences for another route: its own in place of the other's."""
        own = {(d.fate, d.what): d for d in self._own.get(route, ())}
        return [own[d.fate, d.what] if d.kind == _ROUTE else d for d in like]


def _same(one: Outlook | None, other: Outlook | None) -> bool:
    """Whether the same comes of both; a route that is not there carries nothing."""
    if one is None or other is None:
        return not any(o is not None and o.permitted for o in (one, other))
    return one == other
