"""What a misspelt word was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from typing import Final

_LONGEST_WORD: Final = 100
"""Characters; comparing longer ones takes long and suggests nothing useful."""

_LIKENESS: Final = 0.6
"""Share of characters in common from which a suggestion is made: `EAA` and `EEA` have 0.67."""


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice most like `word`, case and `-`/`_`/blank apart; None when none is near.

    The order of `choices` does not matter; of equally near ones it is the first by alphabet.
    """
    if len(word) > _LONGEST_WORD:
        return None
    meant = _fold(word)
    folded = {_fold(choice): choice for choice in sorted(choices, reverse=True)}
    found = get_close_matches(meant, folded, n=max(len(folded), 1), cutoff=_LIKENESS)
    likeness = [SequenceMatcher(None, choice, meant).ratio() for choice in found]
    equal = [choice for choice, like in zip(found, likeness, strict=True) if like == likeness[0]]
    return folded[min(equal)] if equal else None


def _fold(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")
