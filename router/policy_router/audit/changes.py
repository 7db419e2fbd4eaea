"""What differs between two registries, claim by claim, and which permissions come and go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from policy_router.audit.matrix import reachable_routes
from policy_router.audit.permissions import Permission, permissions
from policy_router.audit.prospects import with_policy
from policy_router.domain.claim import Claim, Evidence, Moment
from policy_router.domain.organisation import Scenario
from policy_router.domain.registry import Registry
from policy_router.domain.snapshot import Snapshot
from policy_router.engine import words
from policy_router.engine.decide import Engine
from policy_router.engine.render import instant

ALL_TOGETHER: Final = ""
"""Stands for all policies in force together, where one is named."""

_UNSEEN: Final = {"id", "span", "claims", "digest"}


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


def differences(old: Registry, new: Registry) -> tuple[Difference, ...]:
    """Every difference, by kind and id."""
    before, after = _documents(old), _documents(new)
    found: list[Difference] = []
    for kind, name in sorted({*before, *after}):
        was, now = before.get((kind, name)), after.get((kind, name))
        if was is None:
            found.append(Difference(Fate.ADDED, kind, name, "", None, None))
        elif now is None:
            found.append(Difference(Fate.REMOVED, kind, name, "", None, None))
        else:
            found += _changes(kind, name, was, now)
    return tuple(found)


def _changes(
    kind: str, name: str, was: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[Difference]:
    for what in sorted({*was, *now}):
        old, new = was.get(what), now.get(what)
        if old != new:
            fate = Fate.ADDED if old is None else Fate.REMOVED if new is None else Fate.CHANGED
            yield Difference(fate, kind, name, what, old, new)


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


# ---- documents as what they say -----------------------------------------------------------------


def _documents(registry: Registry) -> dict[tuple[str, str], dict[str, str]]:
    """Every document by kind and id, as what it says under each name."""
    groups: dict[str, Iterable[Any]] = {
        "gateway": registry.gateways.values(),
        "provider": registry.providers.values(),
        "model": registry.models.values(),
        "route": registry.routes.values(),
        "territory": registry.territories.values(),
        "adequacy": registry.adequacy,
        "agreement": registry.agreements,
        "signoff": registry.signoffs,
    }
    return {(kind, each.id): dict(_said(each)) for kind, group in groups.items() for each in group}


def _said(document: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any document
    for field in fields(document):
        if field.name not in _UNSEEN:
            text = _text(getattr(document, field.name))
            if text:
                yield field.name, text
    for hop, claims in _claims(document):
        for attribute in sorted({c.attribute for c in claims}):
            records = sorted(_record(c) for c in claims if c.attribute == attribute)
            yield f"{hop}{attribute}", "; ".join(records)


def _claims(document: Any) -> Iterator[tuple[str, tuple[Claim, ...]]]:  # noqa: ANN401 - any document
    """The claims of a document, those of a route by hop."""
    for entry in getattr(document, "claims", ()):
        if not isinstance(entry, Claim):
            yield f"{entry[0]}: ", entry[1]
    yield "", tuple(c for c in getattr(document, "claims", ()) if isinstance(c, Claim))


def _record(claim: Claim) -> str:
    """A record without where it stands: its value, evidence, validity and the models it covers."""
    parts = [words.claimed(claim.value, claim.attribute), _text(claim.evidence)]
    if claim.validity.end is not None:
        parts.append(f"until {instant(claim.validity.end)}")
    if claim.covers is not None:
        parts.append(f"for {_text(claim.covers)}")
    return ", ".join(parts)


def _text(value: Any) -> str:  # noqa: ANN401 - any part of a document
    """A part of a document as text, without places in files; empty if it says nothing."""
    match value:
        case None:
            return ""
        case Decimal():
            return words.number(value)
        case datetime():
            return instant(value)
        case frozenset():
            return ", ".join(sorted(map(_text, value)))
        case tuple():
            return ", ".join(filter(None, map(_text, value)))
        case Evidence():
            return _evidence(value)
        case _:
            return _parts(value) if is_dataclass(value) else str(value)


def _evidence(found: Evidence) -> str:
    checked = f", verified {found.verified_on} by {found.verified_by}" if found.verified_on else ""
    return f"{found.kind.value} {found.reference} read {found.read_on}{checked}"


def _parts(value: Any) -> str:  # noqa: ANN401 - any dataclass
    named = ((field.name, _text(getattr(value, field.name))) for field in fields(value))
    return " ".join(f"{name} {text}" for name, text in named if text and name != "span")
