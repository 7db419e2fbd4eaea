"""What claims and prices rest on."""

from __future__ import annotations

from datetime import date, datetime

from policy_router.language.grammar.claims import SourceBody
from policy_router.language.grammar.quantities import start_of


def recorded_from(source: SourceBody, stated: date | None) -> datetime:
    """When something was recorded: as stated, else with its source, else verified, else read."""
    return start_of(stated or source.recorded_on or source.verified_on or source.read_on)
