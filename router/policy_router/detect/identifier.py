"""Identifiers of persons, told by their form and their check digits.

Every pattern takes time in proportion to the text: repeats are bounded, and at each place there
are few ways to read on. A form that random digits often have counts only beside a word for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Final

NEAR: Final = 48
"""Characters before an identifier in which a word for it counts."""

_NOT_INSIDE: Final = r"(?<![^\W_])"
_NOT_GOING_ON: Final = r"(?![^\W_])"
_GAPS: Final = re.compile("[ -]")


class TooManyCandidates(Exception):
    """A text looks like identifiers all over, and was not read to its end."""


@dataclass(slots=True)
class Tries:
    """How many candidates may still be looked at."""

    left: int

    def spend(self) -> None:
        """Take one; raises `TooManyCandidates` if there is none left."""
        if self.left <= 0:
            raise TooManyCandidates
        self.left -= 1


@dataclass(frozen=True)
class Identifier:
    """One kind of identifier.

    `category`: a value of the fact `data`. `form`: a pattern of all of it, capitals or not.
    `check`: the module of python-stdnum that knows its check digits, None if it has none.
    `words`: a pattern of words of which one must stand before it, None if the form is enough.
    `gaps`: whether its check digits are told with the gaps in it.
    """

    name: str
    category: str
    form: str
    check: str | None
    words: str | None = None
    gaps: bool = True

    def is_in(self, text: str, start: int, end: int, tries: Tries) -> bool:
        """Whether one stands in `text[start:end]`; words before that count.

        Raises `TooManyCandidates` once `tries` are spent.
        """
        for place in self._places.finditer(text, start, end):
            if self._is_named(text, place.start()):
                for reading in self._readings(place[1]):
                    tries.spend()
                    if self._valid(reading):
                        return True
        return False

    def _is_named(self, text: str, at: int) -> bool:
        return self._word is None or bool(self._word.search(text, max(0, at - NEAR), at))

    def _readings(self, candidate: str) -> Iterator[str]:
        """It as it stands, then without its last words, which may be what follows it."""
        parts = candidate.split(" ")
        for end in range(len(parts), 0, -1):
            reading = " ".join(parts[:end])
            if self._pattern.fullmatch(reading):
                yield reading if self.gaps else _GAPS.sub("", reading)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.form, re.IGNORECASE)

    @cached_property
    def _places(self) -> re.Pattern[str]:
        """Looks ahead, so that what stands inside a longer candidate is found as well."""
        pattern = f"{_NOT_INSIDE}(?=({self.form}){_NOT_GOING_ON})"
        return re.compile(pattern, re.IGNORECASE)

    @cached_property
    def _word(self) -> re.Pattern[str] | None:
        return None if self.words is None else re.compile(rf"\b(?:{self.words})", re.IGNORECASE)

    @cached_property
    def _valid(self) -> Callable[[str], bool]:
        if self.check is None:
            return bool
        valid: Callable[[str], bool] = import_module(f"stdnum.{self.check}").is_valid
        return valid


def any_of(identifiers: Iterable[Identifier]) -> re.Pattern[str]:
    """A pattern that is found wherever the form of one of `identifiers` is."""
    forms = "|".join(dict.fromkeys(identifier.form for identifier in identifiers))
    return re.compile(f"{_NOT_INSIDE}(?:{forms}){_NOT_GOING_ON}", re.IGNORECASE)
