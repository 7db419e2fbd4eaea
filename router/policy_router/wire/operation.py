"""Operations that are governed: what one may say, and what a call of it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from policy_router.wire.left_out import remover
from policy_router.wire.media import TOKENS, finder
from policy_router.wire.seeking import Visit
from policy_router.wire.shapes import Record

ParameterFact = str | bool
_NONE: frozenset[str] = frozenset()

KEEPS_NOTHING: Mapping[str, ParameterFact] = MappingProxyType(
    {"store": False, "prompt_cache_retention": "in_memory"}
)
"""What holds of an operation that has no stored answers, and no cache that outlives the call."""


class Dialect(StrEnum):
    """Whose wire format a call speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GOOGLE = "google"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the body of a call shows, besides the model it names.

    `output`: tokens of all its answers together at most, None if it does not say.
    `input_modalities`: besides text, which is the medium of every operation itself.
    `legible`: whether all of it can be read as text: nothing in base64, no numbers of tokens.
    `measured`: whether the length of the body bounds the tokens of its input.
    """

    features: frozenset[str] = _NONE
    input_modalities: frozenset[str] = _NONE
    output_modalities: frozenset[str] = _NONE
    server_tools: frozenset[str] = _NONE
    stateful: bool = False
    streaming: bool = False
    output: Decimal | None = None
    legible: bool = True

    @property
    def measured(self) -> bool:
        """Images and files cost by their content, and tools at the provider add to the input."""
        return not (self.input_modalities - {"audio"} or self.server_tools)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one dialect.

    `endpoint` is the fact; `path` follows the versioned base URL and may hold `{model}`; `body`
    says which shape it has and `asks` what it asks for. `labels`: where its body takes labels.

    `says`: what is written where the caller says nothing, as the API keeps data by default.
    `holds`: parameters of other operations that hold for this one by its nature; `natively`: only
    where nothing translates it, which is at its API itself, or for models of this maker.
    """

    endpoint: str
    dialect: Dialect
    path: str
    body: Record
    asks: Callable[[Mapping[str, Any]], Shown] = field(repr=False)
    labels: str | None = None
    says: Mapping[str, ParameterFact] = field(default_factory=dict)
    holds: Mapping[str, ParameterFact] = field(default_factory=dict)
    natively: str | None = None
    streams: bool = False
    queries: frozenset[str] = frozenset()
    _finder: Visit | None = field(init=False, repr=False, compare=False)
    _remover: Visit | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_finder", finder(self.body))
        object.__setattr__(self, "_remover", remover(self.body))

    def strip(self, body: Mapping[str, Any]) -> None:
        """Take out of `body`, which has the operation's shape, what is not sent."""
        if self._remover is not None:
            self._remover(body, set())

    def shown(self, body: Mapping[str, Any]) -> Shown:
        """What `body`, which has the operation's shape, shows."""
        asked = self.asks(body)
        if self._finder is None:
            return asked
        held: set[str] = set()
        self._finder(body, held)
        return replace(asked, input_modalities=frozenset(held - {TOKENS}), legible=not held)

    @property
    def model_in_path(self) -> bool:
        """Whether the path names the model, and not the body."""
        return "{model}" in self.path
