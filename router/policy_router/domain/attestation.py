"""What an answer says of who gave it, and how that stands to what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple


class Said(NamedTuple):
    """What an answer says of the model, the provider and the place that gave it, if anything."""

    model: str | None = None
    provider: str | None = None
    place: str | None = None


NOTHING_SAID: Final = Said()


class Standing(StrEnum):
    """How an answer stands to the decision it was given under."""

    ATTESTED = "attested"
    UNATTESTED = "unattested"
    UNRECOGNISED = "unrecognised"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Attestation:
    """`contradicts`: what of the decision the answer gainsays, `model` or `provider`."""

    standing: Standing
    said: Said
    contradicts: tuple[str, ...] = ()
