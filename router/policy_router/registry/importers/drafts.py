"""What a catalogue says, row by row, before anything of it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policy_router.domain.claim import Basis, ClaimValue, SourceKind


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an import comes from. `source`: the name of the catalogue's format."""

    source: str
    kind: SourceKind
    basis: Basis
    reference: str
    read_on: date


@dataclass(frozen=True, slots=True)
class Card:
    """Limits and abilities of a model. None: the row does not say."""

    context_window: int | None = None
    max_output_tokens: int | None = None
    features: frozenset[str] | None = None
    input_modalities: frozenset[str] | None = None
    output_modalities: frozenset[str] | None = None


Amounts = tuple[tuple[str, Decimal | None], ...]
"""Meter and amount per million units; None is stated as unknown, an absent meter is missing."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price list in US dollars. `tiers`: amounts above a number of input tokens."""

    amounts: Amounts
    tiers: tuple[tuple[int, Amounts], ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """A stage that a model enters on a day."""

    stage: str
    start: date
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What the catalogue says of data handling, in our values and in its own words."""

    attribute: str
    value: ClaimValue
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a catalogue.

    `seller`: whose price it is, a gateway's or a provider's; `provider`: who runs the model;
    `address`: its exact name at the seller; `maker`: who made it. `sells`: the row says enough to
    become a route; `shared`: several providers have the same address there, and `provider` is what
    the seller calls this one.
    """

    key: str
    seller: str
    provider: str
    address: str
    title: str | None = None
    maker: str | None = None
    card: Card = Card()
    price: Price | None = None
    events: tuple[Event, ...] = ()
    said: tuple[Said, ...] = ()
    sells: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that was set aside, by its key in the source, and why."""

    key: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Drafts:
    """An import. `whole`: the seller whose every route is listed; None where that is not known."""

    origin: Origin
    rows: tuple[Row, ...]
    quarantined: tuple[Quarantined, ...]
    whole: str | None = None

    @property
    def unread(self) -> bool:
        """Whether there were rows and all of them were set aside: it says nothing then."""
        return bool(self.quarantined) and not self.rows
