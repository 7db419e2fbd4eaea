"""What a misspelt word was probably meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from typing import Final

from policy_router.language.synonyms import SYNONYMS

_MOST: Final = 200
"""Problems of a load after which names are no longer compared: that takes long where there are
many of them, and nobody reads on that far."""

_LONGEST_WORD: Final = 100
"""Characters; comparing longer ones takes long and suggests nothing useful."""

_LIKENESS: Final = 0.6
"""Share of characters in common from which a suggestion is made: `EAA` and `EEA` have 0.67."""

_FEW: Final = 2
"""Choices that may be equally near: to pick one of more would be a guess."""


_FAMILY: Final = re.compile(r"[a-z-]+(?=\.)")
"""What names begin with that are of one family: `price` of `price.input`."""


def nearest(word: str, choices: Iterable[str], *, likeness: float = _LIKENESS) -> str | None:
    """The choice that `word` is another word for, or is most like; None when none is near.

    Case and `-`/`_`/blank make no difference, nor does the order of `choices`. Of two that are
    equally near it is the first by alphabet; of more, none: see `_FEW`. Of a word that is most like
    what several choices begin with (`prize`, and they are `price.input` and `price.output`), it is
    none of these. `likeness`: the share of characters in common that is asked for; 1 asks for
    another word or spelling of it.
    """
    meant = _meant(word, choices, likeness)
    return meant[0] if len(meant) == 1 else None


def did_you_mean(word: str, choices: Iterable[str], found: int = 0) -> str | None:
    """Advice to write the choice nearest to `word`, or one of those that begin with it.

    None where none is near. `found`: how many problems the load had before, where `choices` are
    names of its documents; see `_MOST`.
    """
    *first, last = [f"`{name}`" for name in _meant(word, choices) if found < _MOST] or [""]
    named = f"{', '.join(first)} or {last}" if first else last
    return f"did you mean {named}?" if named else None


def _meant(word: str, choices: Iterable[str], likeness: float = _LIKENESS) -> tuple[str, ...]:
    """The one choice that a word may mean, or all of the family that it may mean."""
    if len(word) > _LONGEST_WORD:
        return ()
    meant = _fold(word)
    folded = {_fold(choice): choice for choice in sorted(choices, reverse=True)}
    if meant in folded:
        return (folded[meant],)
    synonyms = [_fold(other) for other in SYNONYMS.get(meant, ()) if _fold(other) in folded]
    return (folded[synonyms[0]],) if synonyms else _most_like(meant, folded, likeness)


def _most_like(meant: str, folded: dict[str, str], likeness: float) -> tuple[str, ...]:
    families: dict[str, list[str]] = {}
    for choice in folded if "." not in meant else ():
        if family := _FAMILY.match(choice):
            families.setdefault(family.group(), []).append(choice)
    names = {*folded, *families}
    found = get_close_matches(meant, names, n=max(len(names), 1), cutoff=likeness)
    ratios = [SequenceMatcher(None, name, meant).ratio() for name in found]
    equal = [name for name, like in zip(found, ratios, strict=True) if like == ratios[0]]
    if not 0 < len(equal) <= _FEW:
        return ()
    first = min(equal)
    return tuple(folded[name] for name in ([first] if first in folded else sorted(families[first])))


def _fold(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")
