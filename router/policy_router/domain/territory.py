"""Territories and adequacy decisions: law with dates and scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policy_router.domain.claim import Moment, Validity
from policy_router.domain.diagnostic import Span
from policy_router.domain.vocabulary import Regime


class Confirmation(StrEnum):
    """How an entry of law was confirmed; the last two count as unknown."""

    STORED_SOURCE = "stored_source"
    LEGAL_TEXT_NOT_REREAD = "legal_text_not_reread"
    UNCONFIRMED = "unconfirmed"
    NEEDS_REVIEW = "needs_review"

    @property
    def usable(self) -> bool:
        """Whether a decision may rest on it."""
        return self in {Confirmation.STORED_SOURCE, Confirmation.LEGAL_TEXT_NOT_REREAD}


class Scope(StrEnum):
    """Whom an adequacy decision covers."""

    WHOLE = "whole"
    CONDITIONS = "conditions"
    CERTIFIED_RECIPIENT = "certified_recipient"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Membership:
    """A country's membership of a territory, in a span of time."""

    country: str
    validity: Validity


@dataclass(frozen=True, slots=True)
class Territory:
    """A named set of countries. `includes`: other territories that lie wholly inside."""

    id: str
    members: tuple[Membership, ...]
    includes: tuple[str, ...]
    confirmation: Confirmation
    sources: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Suspension:
    """A span in which a decision does not hold, and since when that is known."""

    id: str
    validity: Validity
    recorded: datetime
    reference: str
    span: Span


@dataclass(frozen=True, slots=True)
class Adequacy:
    """An adequacy decision of one exporting regime (GDPR Art. 45(3); DPA 2018; FADP Art. 16(1)).

    `territory` or `countries` says whom it is about; `extension` which list entry a certified
    recipient needs (`dpf`, `dpf_uk`, `dpf_swiss`). `validity` already ends where the document
    itself says it is suspended; `suspensions` are what else is known of it.
    """

    id: str
    regime: Regime
    countries: frozenset[str]
    territory: str | None
    scope: Scope
    conditions: frozenset[str]
    extension: str | None
    instrument: str | None
    validity: Validity
    recorded: datetime
    confirmation: Confirmation
    at_risk: str | None
    sources: tuple[str, ...]
    span: Span
    suspensions: tuple[Suspension, ...] = ()

    def in_force(self, moment: Moment) -> bool:
        """Whether it was known to hold at `moment`, and not known to be suspended."""
        suspended = any(
            s.validity.holds(moment.at) and moment.knows(s.recorded) for s in self.suspensions
        )
        return self.validity.holds(moment.at) and moment.knows(self.recorded) and not suspended
