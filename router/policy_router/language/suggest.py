"""What a misspelt word was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_LONGEST_WORD: Final = 100
"""Characters; comparing longer ones takes long and suggests nothing useful."""

_LIKENESS: Final = 0.6
"""Share of characters in common from which a suggestion is made: `EAA` and `EEA` have 0.67."""


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice most like `word`, case and `-`/`_`/blank apart; None when none is near.

    The order of `choices` does not matter.
    """
    if len(word) > _LONGEST_WORD:
        return None
    folded = {_fold(choice): choice for choice in sorted(choices, reverse=True)}
    found = get_close_matches(_fold(word), folded, n=1, cutoff=_LIKENESS)
    return folded[found[0]] if found else None


def _fold(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")
