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

GAP: Final = "~"
"""In a form: one space, dash or dot, or none, which is no part of the identifier."""

_NOT_INSIDE: Final = r"(?<![^\W_])"
_NOT_GOING_ON: Final = r"(?![^\W_])"
_GAPS: Final = re.compile("[ .-]")


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

    `category`: a value of the fact `data`. `form`: a pattern of all of it, capitals or not, with a
    `GAP` wherever groups may stand apart; then its check digits are told without any. `check`: the
    module of python-stdnum that knows those, None if it has none. `words`: a pattern of words of
    which one must stand before it, None if the form is enough.
    """

    name: str
    category: str
    form: str
    check: str | None
    words: str | None = None

    @property
    def pattern(self) -> str:
        """The form as `re` reads it."""
        return self.form.replace(GAP, f"{_GAPS.pattern}?")

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
        ends = [gap.start() for gap in _GAPS.finditer(candidate)]
        for end in (len(candidate), *reversed(ends)):
            if self._whole.fullmatch(candidate, 0, end):
                reading = candidate[:end]
                yield _GAPS.sub("", reading) if GAP in self.form else reading

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)

    @cached_property
    def _places(self) -> re.Pattern[str]:
        """Looks ahead, so that what stands inside a longer candidate is found as well."""
        pattern = f"{_NOT_INSIDE}(?=({self.pattern}){_NOT_GOING_ON})"
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
    forms = "|".join(dict.fromkeys(identifier.pattern for identifier in identifiers))
    return re.compile(f"{_NOT_INSIDE}(?:{forms}){_NOT_GOING_ON}", re.IGNORECASE)
