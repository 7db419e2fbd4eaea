"""What a caller may have meant by a name that nobody knows: the nearest that it may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Final

from policy_router.domain.claim import Moment
from policy_router.enforcement.facts import with_model
from policy_router.service.decision import Decision

_LONGEST: Final = 100
"""Characters; comparing longer ones takes long and suggests nothing useful."""

_TRIED: Final = 16
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
        facts = with_model(decision.asked, name)
        ruling = decision.engine.decide(facts, Moment(at.at, at.known_at))
        if ruling.route is not None:
            yield name, ruling.route


def _near(decision: Decision) -> list[str]:
    """The nearest names on file, the most alike first.

    Compared is what follows the maker, which is easily left out; where one is named, the whole
    name too.
    """
    word = _fold(decision.facts.model or "")
    if not 0 < len(word) <= _LONGEST:
        return []
    snapshot = decision.snapshot
    names = sorted({*snapshot.registry.models, *(alias.id for alias in snapshot.policies.aliases)})
    whole, last = _by(names, _fold), _by(names, _last)
    close = get_close_matches(word, whole, n=_TRIED) if "/" in word else []
    found = [name for each in close for name in whole[each]]
    found += [
        name for each in get_close_matches(_last(word), last, n=_TRIED) for name in last[each]
    ]
    return list(dict.fromkeys(found))[:_TRIED]


def _by(names: Sequence[str], part: Callable[[str], str]) -> dict[str, list[str]]:
    """Names by what is compared of them."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(part(name), []).append(name)
    return found


def _fold(name: str) -> str:
    return name.casefold().replace("_", "-")


def _last(name: str) -> str:
    return _fold(name).rpartition("/")[2]
