"""What differs between two registries, claim by claim, and which permissions come and go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from policy_router.audit.chances import Documents, Move, moves
from policy_router.audit.documents import Key, placeless, said, text_of
from policy_router.audit.matrix import Standing, matrix, reachable_routes
from policy_router.audit.permissions import Permission
from policy_router.audit.prospects import with_policy
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot

ALL_TOGETHER: Final = ""
"""Stands for all policies in force together, where one is named."""

_WITH_PARAMETERS: Final = "obligation"
"""The kind of which `true` and 1 are different values, and equal ones may differ."""


class Fate(StrEnum):
    """What became of a document or of one thing it says."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `what`: the claim or key; empty where the whole document came or went."""

    fate: Fate
    kind: str
    id: str
    what: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Shift:
    """What one pack alone, or all together, permit now and did not before, and the reverse.

    `moves`: where they permit nothing, before or after, and something else is in the way.
    """

    policy: str
    gained: tuple[Permission, ...]
    lost: tuple[Permission, ...]
    moves: tuple[Move, ...] = ()


def differences(old: Mapping[Key, Any], new: Mapping[Key, Any]) -> tuple[Difference, ...]:
    """Every difference between documents, by kind and id."""
    found: list[Difference] = []
    for kind, name in sorted({*old, *new}):
        was, now = old.get((kind, name)), new.get((kind, name))
        if was is None:
            found.append(Difference(Fate.ADDED, kind, name, "", None, None))
        elif now is None:
            found.append(Difference(Fate.REMOVED, kind, name, "", None, None))
        elif was != now or kind == _WITH_PARAMETERS:
            found += _changes(kind, name, said(was), said(now))
    return tuple(found)


def _changes(
    kind: str, name: str, was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Difference]:
    for what in sorted({*was, *now}):
        old, new = was.get(what), now.get(what)
        if placeless(old) != placeless(new):
            fate = Fate.ADDED if old is None else Fate.REMOVED if new is None else Fate.CHANGED
            yield Difference(fate, kind, name, what, _worded(old), _worded(new))


def _worded(value: Any) -> str | None:  # noqa: ANN401 - any part of a document
    return None if value is None else text_of(value) or "nothing"


def shifts(
    old: Snapshot,
    new: Snapshot,
    scenarios: Sequence[Scenario],
    moment: Moment,
    changed: Documents = frozenset(),
) -> tuple[Shift, ...]:
    """What each pack that is in force on both sides makes of the difference, and all together.

    `changed`: the documents that differ.
    """
    both = {p.id: p for p in old.policies.policies}
    pairs = [
        (p.id, with_policy(old, both[p.id]), with_policy(new, p))
        for p in new.policies.policies
        if p.id in both
    ]
    pairs.append((ALL_TOGETHER, old, new))
    made: list[tuple[Snapshot, Snapshot, Shift]] = []
    for name, a, b in pairs:
        same = (shift for x, y, shift in made if (x, y) == (a, b))
        shift = next(same, None) or _shift(a, b, scenarios, moment, changed)
        made.append((a, b, replace(shift, policy=name)))
    return tuple(shift for _, _, shift in made)


def _shift(
    old: Snapshot,
    new: Snapshot,
    scenarios: Sequence[Scenario],
    moment: Moment,
    changed: Documents,
) -> Shift:
    before, after = (matrix(s, scenarios, reachable_routes(s), moment) for s in (old, new))
    had, has = (
        {(c.scenario, c.route) for c in side.cells if c.standing is Standing.PERMITTED}
        for side in (before, after)
    )
    found = moves(before, after, changed)
    return Shift(ALL_TOGETHER, tuple(sorted(has - had)), tuple(sorted(had - has)), found)
