"""A comparison that is under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from policy_router.domain.registry import Registry
from policy_router.registry.importers.drafts import Origin, Quarantined, Row
from policy_router.registry.importers.findings import Finding, Side
from policy_router.registry.importers.own import Own


@dataclass(slots=True)
class Work:
    """What is compared, and what came of it so far.

    `registry`: without agreements, because what is compared is what is public. `stated`: what an
    earlier row of this import said of one field of one thing.
    """

    registry: Registry
    origin: Origin
    at: datetime
    own: Own
    findings: list[Finding] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    rows: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    stated: dict[tuple[str, str], object] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Record a difference."""
        self.findings.append(finding)

    def there(self, value: str | None) -> Side:
        """A value as the import has it."""
        return Side(value, self.origin.reference)

    def first(self, row: Row) -> bool:
        """Whether `row` is the first of its name; a later one that differs is set aside."""
        earlier = self.rows.setdefault((row.seller, row.provider, row.address), row)
        if earlier != row and earlier is not row:
            message = "an earlier row says otherwise of the same"
            self.quarantined.append(Quarantined(row.key, "IMP208", message))
        return earlier is row

    def said_before(self, about: str, name: str, value: object) -> bool:
        """Whether an earlier row of this import spoke of this, whatever it said."""
        known = (about, name) in self.stated
        self.stated.setdefault((about, name), value)
        return known
