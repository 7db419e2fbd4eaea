"""What an import would change, in words of the registry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policy_router.language.writing import Plain
from policy_router.registry.importers.drafts import Origin, Quarantined


class Change(StrEnum):
    """What becomes of one value.

    `CONFLICT`: another source says otherwise, and both stay visible. `VERIFY`: nothing is written;
    a person has to look. `REMOVED`: no longer listed; nothing is deleted.
    """

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    CONFLICT = "in conflict"
    VERIFY = "to verify"


@dataclass(frozen=True, slots=True)
class Side:
    """A value as text, and the reference of the source that says so. None: nothing is said."""

    value: str | None
    source: str | None = None


NOTHING = Side(None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference. `about`: the id of a route or model; `here`: what the registry says."""

    change: Change
    about: str
    field: str
    here: Side
    there: Side
    note: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """An import beside the registry. `documents`: what the file of imported rows is to hold.

    `unread`: every row was set aside, so nothing was compared; `unmatched`: rows about nothing that
    the registry has, of which no route can be made.
    """

    origin: Origin
    unread: bool
    rows: int
    findings: tuple[Finding, ...]
    quarantined: tuple[Quarantined, ...]
    unmatched: int
    documents: tuple[dict[str, Plain], ...]
