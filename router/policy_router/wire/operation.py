"""Operations that are governed: what one may say, and what a call of it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from policy_router.wire.checks import Check, Noted, check_of
from policy_router.wire.inline import NONE, Inlines
from policy_router.wire.json_strict import Limits
from policy_router.wire.media import TOKENS
from policy_router.wire.shapes import Record
from policy_router.wire.texts import Gather, gather_of

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


class Shown(NamedTuple):
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
    `numbers`: how many values a body of it may hold besides those that any may, as numbers.
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
    numbers: int = 0
    _check: Check = field(init=False, repr=False, compare=False)
    _gather: Gather | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_check", check_of(self.body))
        object.__setattr__(self, "_gather", gather_of(self.body))

    def within(self, limits: Limits) -> Limits:
        """The `limits` of a body of it."""
        return replace(limits, numbers=self.numbers)

    def noted(self, body: dict[str, Any], inlines: Inlines = NONE) -> Noted:
        """What is seen in `body`, out of which it takes what is not sent.

        What tokens in it stand for (`inlines`) is put back. Raises `Refused` unless it has the
        operation's shape.
        """
        noted = Noted(inlines.of)
        self._check(body, "", noted)
        noted.leave_out()
        inlines.put_back(body, noted.media)
        return noted

    def texts(self, body: Mapping[str, Any]) -> list[str]:
        """The texts in `body`, which has the operation's shape."""
        found: list[str] = []
        if self._gather is not None:
            self._gather(body, found)
        return found

    def shown(self, body: Mapping[str, Any], noted: Noted) -> Shown:
        """What `body` shows, in which `noted` was seen."""
        asked, held = self.asks(body), noted.held
        if not held:
            return asked
        return asked._replace(input_modalities=frozenset(held - {TOKENS}), legible=False)

    @property
    def model_in_path(self) -> bool:
        """Whether the path names the model, and not the body."""
        return "{model}" in self.path
