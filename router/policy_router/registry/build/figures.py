"""Figures of cards, each with the source it was read in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from policy_router.domain.claim import Evidence
from policy_router.domain.route import FIGURES, Model

Sources = Mapping[str, Evidence | None]
"""By figure what it was read in; None if nobody wrote that down."""


def with_figures(
    card: Model, figures: Mapping[str, Any], sources: Sources, general: Evidence | None
) -> Model:
    """`card` with `figures` that were read in `sources`; what it says besides keeps its source.

    `general`: what the card as a whole was read in, from here on.
    """
    kept = {name: card.source_of(name) for name in FIGURES if card.states(name)}
    return with_sources(replace(card, **figures), {**kept, **sources}, general)


def with_sources(card: Model, sources: Sources, general: Evidence | None) -> Model:
    """`card` read in `general`, but the figures that were read elsewhere."""
    apart = tuple(
        (name, sources[name])
        for name in FIGURES
        if card.states(name) and name in sources and sources[name] != general
    )
    return replace(card, card_source=general, read_in=_once(apart))


@lru_cache(maxsize=4096)
def _once(
    read_in: tuple[tuple[str, Evidence | None], ...],
) -> tuple[tuple[str, Evidence | None], ...]:
    """The same for all cards whose figures were read alike: there are thousands of them."""
    return read_in
