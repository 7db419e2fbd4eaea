"""Claims: a value with its evidence, or unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from policy_router.domain.diagnostic import Span


class SourceKind(StrEnum):
    """Where a claim was read, strongest first."""

    SIGNED_CONTRACT = "signed_contract"
    ATTESTATION = "attestation"
    PROVIDER_DOCS = "provider_docs"
    GATEWAY_CATALOGUE = "gateway_catalogue"
    VENDOR_ANSWER = "vendor_answer"
    THIRD_PARTY = "third_party"
    INFERRED = "inferred"

    @property
    def weight(self) -> int:
        """Larger is stronger."""
        return _WEIGHT[self]


_WEIGHT = {kind: -place for place, kind in enumerate(SourceKind)}


class Basis(StrEnum):
    """On whose terms a claim rests."""

    PUBLIC_TERMS = "public_terms"
    OUR_CONTRACT = "our_contract"
    AGGREGATOR_CONTRACT = "aggregator_contract"


@dataclass(frozen=True, slots=True)
class Validity:
    """From `start` (included) to `end` (excluded); None is without bound. Instants are UTC."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether `at` lies inside."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def instants(self) -> tuple[datetime, ...]:
        """The instants at which this begins or ends."""
        return tuple(i for i in (self.start, self.end) if i is not None)


def in_utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises `ValueError` if it has no zone."""
    if instant.tzinfo is None:
        message = f"the instant `{instant.isoformat()}` has no zone: add one, such as UTC"
        raise ValueError(message)
    return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """The two clocks of a question: what was true at `at`, as known at `known_at` (None: now).

    Both are put in UTC. Raises `ValueError` if one has no zone.
    """

    at: datetime
    known_at: datetime | None = None

    def __post_init__(self) -> None:
        """Put both instants in UTC, in which days begin and prices change."""
        if self.at.tzinfo is not UTC:
            object.__setattr__(self, "at", in_utc(self.at))
        if self.known_at is not None and self.known_at.tzinfo is not UTC:
            object.__setattr__(self, "known_at", in_utc(self.known_at))

    def knows(self, recorded: datetime) -> bool:
        """Whether something recorded at `recorded` was known."""
        return self.known_at is None or recorded <= self.known_at


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a claim rests on. `verified_*` are set only when an identified person checked it."""

    kind: SourceKind
    reference: str
    basis: Basis
    read_on: date
    verified_on: date | None = None
    verified_by: str | None = None
    page_date: date | None = None

    @property
    def fresh_on(self) -> date:
        """The day from which the age of this evidence counts."""
        return self.verified_on or self.read_on


@dataclass(frozen=True, slots=True)
class EvidenceDemand:
    """What a policy asks of evidence. `max_age_days`: whole UTC days, the limit itself passes."""

    max_age_days: int | None = None
    at_least: SourceKind | None = None
    verified: bool = False


NO_DEMAND = EvidenceDemand()


@dataclass(frozen=True, slots=True)
class Members:
    """A set of names, as far as it is known.

    `certain` are in it, `optional` may be, and an `open` set may hold anything else besides.
    For places this is the set of *possible* places; `GLOBAL` stands for anywhere.
    """

    certain: frozenset[str]
    optional: frozenset[str] = frozenset()
    open: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """An entity's entry on the Data Privacy Framework list (Decision (EU) 2023/1795)."""

    entity: str
    status: str
    covers: frozenset[str]
    extensions: frozenset[str]


ClaimValue = str | Decimal | Members | Listing


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a source. `value` None: the source was read and it does not say.

    `covers`: exact ids of the models the source speaks of; None: whatever the document is about.
    """

    attribute: str
    value: ClaimValue | None
    evidence: Evidence
    validity: Validity
    recorded: datetime
    span: Span
    covers: frozenset[str] | None = None
    note: str | None = None


class Gap(StrEnum):
    """Why something is not known."""

    ABSENT = "absent"
    STATED_UNKNOWN = "stated_unknown"
    CONFLICT = "conflict"
    TOO_OLD = "too_old"
    WEAK_SOURCE = "weak_source"
    NOT_VERIFIED = "not_verified"
    NO_AGREEMENT = "no_agreement"
    AGREEMENT_TOO_WIDE = "agreement_too_wide"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of one attribute at one hop, and which claim says so.

    `value` None: unknown, because of `gap`. `agreement`: id of the organisation's agreement that
    speaks, if one does. `overruled`: claims that say something else (a conflict to report).
    """

    hop: str
    value: ClaimValue | None
    gap: Gap | None = None
    claim: Claim | None = None
    agreement: str | None = None
    overruled: tuple[Claim, ...] = ()
