"""What differs between two registries, claim by claim, and which permissions come and go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from policy_router.audit.documents import Key, placeless, said, text_of
from policy_router.audit.matrix import reachable_routes
from policy_router.audit.permissions import Permission, permissions
from policy_router.audit.prospects import with_policy
from policy_router.domain.claim import Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.decide import Engine

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
    """What one pack alone, or all together, permit now and did not before, and the reverse."""

    policy: str
    gained: tuple[Permission, ...]
    lost: tuple[Permission, ...]


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
    old: Snapshot, new: Snapshot, scenarios: Sequence[Scenario], moment: Moment
) -> tuple[Shift, ...]:
    """What each pack that is in force on both sides makes of the difference, and all together."""
    both = {p.id: p for p in old.policies.policies}
    pairs = [
        (p.id, with_policy(old, both[p.id]), with_policy(new, p))
        for p in new.policies.policies
        if p.id in both
    ]
    found = [_shift(name, a, b, scenarios, moment) for name, a, b in pairs]
    return (*found, _shift(ALL_TOGETHER, old, new, scenarios, moment))


def _shift(
    name: str, old: Snapshot, new: Snapshot, scenarios: Sequence[Scenario], moment: Moment
) -> Shift:
    before, after = (
        permissions(Engine(s), scenarios, reachable_routes(s), moment) for s in (old, new)
    )
    return Shift(name, tuple(sorted(after - before)), tuple(sorted(before - after)))
