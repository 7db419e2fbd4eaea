"""Routes and what they are made of: gateway, provider offering, model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from policy_router.domain.claim import Claim, Evidence
from policy_router.domain.diagnostic import Span
from policy_router.domain.price import PriceTable
from policy_router.domain.vocabulary import GIVES, TEXT

CONTEXT_WINDOW: Final = "context_window"
MAX_OUTPUT_TOKENS: Final = "max_output_tokens"

OFFERED: Final = (
    CONTEXT_WINDOW,
    MAX_OUTPUT_TOKENS,
    "features",
    "input_modalities",
    "output_modalities",
    "endpoints",
)
"""The figures of a card that a route may offer otherwise than the model does elsewhere."""
FIGURES: Final = (
    *OFFERED,
    "unasked_tools",
    "throughput",
    "first_token_seconds",
    "benchmarks",
    "released",
    "knowledge",
    "open_weights",
    "rank",
    "tier",
)
"""What a card says that some source was read for."""


class GatewayType(StrEnum):
    """How a gateway is addressed and pinned."""

    OPPER = "opper"
    OPENROUTER = "openrouter"
    LITELLM = "litellm"
    AZURE = "azure"
    DIRECT = "direct"
    OPENAI_COMPATIBLE = "openai_compatible"

    @property
    def is_of_provider(self) -> bool:
        """Whether it is the provider's own interface, and so no party of its own."""
        return self in {GatewayType.DIRECT, GatewayType.AZURE}


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where the gateway's key comes from; never the key itself. Exactly one is set."""

    env: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Gateway:
    """The first hop. `adds_hop` False: self-hosted or the provider's, so no party of its own.

    `address_source`: where `base_url` was read; None if nobody wrote that down.
    """

    id: str
    title: str
    type: GatewayType
    base_url: str
    key: KeySource | None
    adds_hop: bool
    entity: str | None
    claims: tuple[Claim, ...]
    span: Span
    address_source: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """An offering: provider x plan x region. `covers`: the models its general claims speak of.

    `unpinned`: why nothing keeps a call to this offering, where that is so.
    """

    id: str
    title: str
    operator: str
    entity: str | None
    covers: frozenset[str]
    claims: tuple[Claim, ...]
    span: Span
    unpinned: str | None = None

    @property
    def is_picked(self) -> bool:
        """Whether it is whichever company the gateway picks, so that nobody can sign with it."""
        return self.unpinned is not None and self.operator == self.id and self.entity is None


@dataclass(frozen=True, slots=True)
class Model:
    """A model and its card. None is unknown; a set that is stated is the whole set.

    `endpoints`: the operations its source lists; None where what goes in and comes out tells.
    `unasked_tools`: those that run at the provider though a call does not ask for them.
    `released`, `knowledge`: a year, a month or a day (ISO 8601). `rank`, `tier`: as its source
    words them. `read_in`: the sources of figures that were not read in `card_source`; None where
    nobody wrote it down.
    """

    id: str
    title: str
    maker: str | None
    span: Span
    context_window: int | None = None
    max_output_tokens: int | None = None
    features: frozenset[str] | None = None
    input_modalities: frozenset[str] | None = None
    output_modalities: frozenset[str] | None = None
    endpoints: frozenset[str] | None = None
    unasked_tools: frozenset[str] | None = None
    throughput: Decimal | None = None
    first_token_seconds: Decimal | None = None
    benchmarks: tuple[tuple[str, Decimal], ...] = ()
    released: str | None = None
    knowledge: str | None = None
    open_weights: bool | None = None
    rank: str | None = None
    tier: str | None = None
    claims: tuple[Claim, ...] = ()
    card_source: Evidence | None = None
    read_in: tuple[tuple[str, Evidence | None], ...] = ()

    def states(self, figure: str) -> bool:
        """Whether the card says anything of a figure, be it that there are none."""
        return getattr(self, figure) not in (None, ())

    def source_of(self, figure: str) -> Evidence | None:
        """What a figure was read in; None if it is not stated, or nobody wrote that down."""
        if not self.states(figure):
            return None
        return dict(self.read_in).get(figure, self.card_source)

    @property
    def unstated_limits(self) -> tuple[str, ...]:
        """The limits of calls that it does not state, though a call may come up against them."""
        found = [] if self.context_window is not None else [CONTEXT_WINDOW]
        answers = self.output_modalities is None or TEXT in self.output_modalities
        if answers and self.max_output_tokens is None:
            found.append(MAX_OUTPUT_TOKENS)
        return tuple(found)

    def serves(self, operation: str) -> bool | None:
        """Whether it does this operation; None if that is not known."""
        if self.endpoints is not None:
            return operation in self.endpoints
        takes, gives = self.input_modalities, self.output_modalities
        wanted = GIVES.get(operation)
        if wanted is None or takes is None or gives is None:
            return None
        return TEXT in takes and wanted in gives

    def suits(self, operation: str, *, named: bool) -> bool:
        """Whether it can be asked for this operation. `named`: the request asks for this model.

        Text is the medium of calls: of a model asked for by name it is assumed, never chosen on.
        """
        served = self.serves(operation)
        return (named and GIVES.get(operation) == TEXT) if served is None else served


@dataclass(frozen=True, slots=True)
class LifecycleEvent:
    """A dated change of stage. Only the provider's or gateway's own statement changes it."""

    stage: str
    start: datetime
    evidence: Evidence
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """A model at an offering behind a gateway, with its exact address there (the pin).

    `pin`: the gateway's own name of the provider, where one address there has several of them.
    `claims` holds statements about one hop of this route, by hop id. `offered`: the model's card
    as it is on this route, where that differs; its `card_source` is the source of what differs,
    and what does not differ keeps its own.
    """

    id: str
    model: str
    gateway: str
    provider: str
    address: str
    stage: str | None
    span: Span
    subprocessors: tuple[str, ...] = ()
    lifecycle: tuple[LifecycleEvent, ...] = ()
    prices: tuple[PriceTable, ...] = ()
    claims: tuple[tuple[str, tuple[Claim, ...]], ...] = field(default=())
    offered: Model | None = None
    pin: str | None = None
