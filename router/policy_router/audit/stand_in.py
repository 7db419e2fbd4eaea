"""Texts that stand for words a record must not hold, and that every policy judges as it did them.

All that a policy can ask of a word is whether a pattern matches it. So what patterns write out of
the word is kept, and all the rest is one mark that stands in no pattern: of `hr-payroll`, where a
policy asks for `hr-*`, `hr-…` is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import Final

from policy_router.domain.patterns import matches

_MARKS: Final = "…·▪"
_PRIVATE: Final = range(0xE000, 0xF900)
"""Characters that mean nothing, should patterns hold all of the marks above."""


def stand_in(word: str, patterns: Iterable[str]) -> str:
    """A text that just those of `patterns` match that match `word`; a name is a pattern too.

    Of the word it holds no more than what the patterns that match it write out.
    """
    asked = tuple(patterns)
    hidden = [True] * len(word)
    for pattern in asked:
        if matches(pattern, word):
            hidden = [was and free for was, free in zip(hidden, _free(pattern, word), strict=True)]
    mark = _mark("".join(asked))
    runs = groupby(zip(hidden, word, strict=True), key=lambda each: each[0])
    return "".join(mark if free else "".join(c for _, c in run) for free, run in runs)


def _free(pattern: str, word: str) -> Iterator[bool]:
    """Of each character of a word that a pattern matches, whether a `*` stands for it."""
    parts = "(.*)".join(map(re.escape, pattern.split("*")))
    found = re.fullmatch(parts, word, re.DOTALL)
    spans = () if found is None else found.regs[1:]
    free = set(chain.from_iterable(range(start, end) for start, end in spans))
    return (place in free for place in range(len(word)))


def _mark(written: str) -> str:
    marks: Iterable[str] = (*_MARKS, *map(chr, _PRIVATE))
    return next(mark for mark in marks if mark not in written)
