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
    card = replace(card, **figures, card_source=general)
    return with_sources(card, {**kept, **sources})


def with_sources(card: Model, sources: Sources) -> Model:
    """`card`, of which these figures were read elsewhere than the card as a whole."""
    general = card.card_source
    apart = tuple(
        (name, found)
        for name in FIGURES
        if name in sources and card.states(name) and not _same(found := sources[name], general)
    )
    return card if apart == card.read_in else replace(card, read_in=_once(apart))


def _same(a: Evidence | None, b: Evidence | None) -> bool:
    """Whether two sources are one; nearly all that are equal are the very same."""
    return a is b or a == b


@lru_cache(maxsize=4096)
def _once(
    read_in: tuple[tuple[str, Evidence | None], ...],
) -> tuple[tuple[str, Evidence | None], ...]:
    """The same for all cards whose figures were read alike: there are thousands of them."""
    return read_in
