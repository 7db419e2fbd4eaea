"""What differs between two registries, claim by claim, and which permissions come and go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from policy_router.audit.chances import Documents, Move, moves
from policy_router.audit.documents import Key, placeless, said
from policy_router.audit.matrix import Standing, matrix, reachable_routes
from policy_router.audit.permissions import Permission
from policy_router.audit.prospects import with_policy
from policy_router.audit.worded import worded
from policy_router.domain.claim import Claim, Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.snapshot import Snapshot

ALL_TOGETHER: Final = ""
"""Stands for all policies in force together, where one is named."""

_DIGITS: Final = 32
"""So many hexadecimal digits tell what a document says from anything else it could say."""

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


@dataclass(frozen=True, slots=True)
class Ending:
    """A claim that a document makes until an instant. `text`: all that it says, in words."""

    end: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A thing a document says. `text`: in words; `digest`: of all it says, to compare.

    A digest that is left out is that of the text: all it says is a name or some other text.
    `endings`: those of its claims that end, which reports of versions before did not tell.
    """

    what: str
    text: str = field(compare=False)
    digest: str = ""
    endings: tuple[Ending, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if not self.digest:
            object.__setattr__(self, "digest", _digest(self.text))

    @property
    def implied(self) -> frozenset[str]:
        """The fields that follow from others."""
        return frozenset({"digest"} if self.digest == _digest(self.text) else ())


@dataclass(frozen=True, slots=True)
class Written:
    """A document as the things it says, without places in files."""

    kind: str
    id: str
    parts: tuple[Part, ...]


def written(documents: Mapping[Key, Any]) -> tuple[Written, ...]:
    """Documents as what they say, by kind and id."""
    return tuple(Written(*key, tuple(_parts(documents[key]))) for key in sorted(documents))


def _parts(document: Any) -> Iterator[Part]:  # noqa: ANN401 - any document
    for what, value in sorted(said(document).items()):
        yield Part(what, worded(value) or "nothing", _digest(value), _endings(value))


def _digest(value: Any) -> str:  # noqa: ANN401 - any part of a document
    return sha256(repr(placeless(value)).encode()).hexdigest()[:_DIGITS]


def _endings(value: Any) -> tuple[Ending, ...]:  # noqa: ANN401 - any part of a document
    claims = (v for v in value if isinstance(v, Claim)) if isinstance(value, frozenset) else ()
    ends = ((c.validity.end, worded(c)) for c in claims)
    return tuple(Ending(*each) for each in sorted((e, text) for e, text in ends if e is not None))


def differences(old: Mapping[Key, Any], new: Mapping[Key, Any]) -> tuple[Difference, ...]:
    """Every difference between documents, by kind and id."""
    same = {key for key in old.keys() & new.keys() if _are_equal(key[0], old[key], new[key])}
    was, now = ({k: d for k, d in side.items() if k not in same} for side in (old, new))
    return written_differences(written(was), written(now))


def _are_equal(kind: str, one: Any, other: Any) -> bool:  # noqa: ANN401 - any document
    return kind != _WITH_PARAMETERS and one == other


def written_differences(old: Iterable[Written], new: Iterable[Written]) -> tuple[Difference, ...]:
    """The same between documents of which only what they say is at hand."""
    was, now = ({(w.kind, w.id): w for w in side} for side in (old, new))
    return tuple(d for key in sorted({*was, *now}) for d in _apart(was.get(key), now.get(key)))


def _apart(was: Written | None, now: Written | None) -> Iterator[Difference]:
    if was is None and now is not None:
        yield Difference(Fate.ADDED, now.kind, now.id, "", None, None)
    elif now is None and was is not None:
        yield Difference(Fate.REMOVED, was.kind, was.id, "", None, None)
    elif was is not None and now is not None:
        before, after = ({part.what: part for part in side.parts} for side in (was, now))
        for what in sorted({*before, *after}):
            old, new = before.get(what), after.get(what)
            if old != new:
                fate = Fate.ADDED if old is None else Fate.REMOVED if new is None else Fate.CHANGED
                texts = (None if part is None else part.text for part in (old, new))
                yield Difference(fate, now.kind, now.id, what, *texts)


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
