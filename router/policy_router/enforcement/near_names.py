"""What a caller may have meant by a name that nobody knows: the nearest that it may use."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Final

from policy_router.domain.claim import Moment
from policy_router.enforcement.facts import with_model
from policy_router.service.decision import Decision

_LONGEST: Final = 100
"""Characters; comparing longer ones takes long and suggests nothing useful."""

_TRIED: Final = 8
"""How many near names are decided on."""

_MOST: Final = 3


def near_names(decision: Decision) -> tuple[tuple[str, str], ...]:
    """Models and aliases with names near to what was asked for, each with the best route by it.

    Only such as the same call would be permitted for: a name that is refused next helps nobody.
    """
    return tuple(islice(_permitted(decision), _MOST))


def _permitted(decision: Decision) -> Iterator[tuple[str, str]]:
    at = decision.determination
    for name in _near(decision):
        facts = with_model(decision.facts, name)
        ruling = decision.engine.decide(facts, Moment(at.at, at.known_at))
        if ruling.route is not None:
            yield name, ruling.route


def _near(decision: Decision) -> list[str]:
    """The nearest names on file: those that end alike first, as a maker is easily left out."""
    word = _fold(decision.facts.model or "")
    if not 0 < len(word) <= _LONGEST:
        return []
    snapshot = decision.snapshot
    names = {*snapshot.registry.models, *(alias.id for alias in snapshot.policies.aliases)}
    folded = {_fold(name): name for name in sorted(names, reverse=True)}
    alike = sorted(each for each in folded if _last(each) == _last(word))
    close = get_close_matches(word, folded, n=_TRIED)
    return [folded[each] for each in dict.fromkeys((*alike[:_TRIED], *close))][:_TRIED]


def _fold(name: str) -> str:
    return name.casefold().replace("_", "-")


def _last(name: str) -> str:
    return name.rpartition("/")[2]
