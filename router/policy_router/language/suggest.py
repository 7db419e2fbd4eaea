"""What a misspelt word was probably meant to be."""

from __future__ import annotations

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


def nearest(word: str, choices: Iterable[str], *, likeness: float = _LIKENESS) -> str | None:
    """The choice that `word` is another word for, or is most like; None when none is near.

    Case and `-`/`_`/blank make no difference, nor does the order of `choices`. Of two that are
    equally near it is the first by alphabet; of more, none: see `_FEW`. `likeness`: the
    share of characters in common that is asked for; 1 asks for another word or spelling of it.
    """
    if len(word) > _LONGEST_WORD:
        return None
    meant = _fold(word)
    folded = {_fold(choice): choice for choice in sorted(choices, reverse=True)}
    if meant in folded:
        return folded[meant]
    synonyms = [_fold(other) for other in SYNONYMS.get(meant, ()) if _fold(other) in folded]
    return folded[synonyms[0]] if synonyms else _most_like(meant, folded, likeness)


def did_you_mean(word: str, choices: Iterable[str], found: int = 0) -> str | None:
    """Advice to write the choice nearest to `word`, if one is near.

    `found`: how many problems the load had before, where `choices` are names of its documents;
    see `_MOST`.
    """
    meant = nearest(word, choices) if found < _MOST else None
    return f"did you mean `{meant}`?" if meant else None


def _most_like(meant: str, folded: dict[str, str], likeness: float) -> str | None:
    found = get_close_matches(meant, folded, n=max(len(folded), 1), cutoff=likeness)
    ratios = [SequenceMatcher(None, choice, meant).ratio() for choice in found]
    equal = [choice for choice, like in zip(found, ratios, strict=True) if like == ratios[0]]
    return folded[min(equal)] if 0 < len(equal) <= _FEW else None


def _fold(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")
