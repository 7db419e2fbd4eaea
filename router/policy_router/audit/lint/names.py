"""Names that tell patterns apart: one for every combination of patterns that some name matches."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from policy_router.domain.patterns import matches

MOST_STATES: Final = 4096
_OTHER: Final = "another"
_SPARE: Final = "xzqjkvwyabcdefghilmnoprstu0123456789"
"""Characters of names, of which one that no pattern has stands for all of these."""

_State = tuple[frozenset[int], ...]


class TooMany(Exception):
    """There is more to try than can be tried."""


def telling(patterns: Iterable[str]) -> list[str]:
    """A name for each set of patterns that some name matches and no other pattern does.

    Raises `TooMany` where the patterns overlap in too many ways.
    """
    wanted = tuple(dict.fromkeys(patterns))
    found: dict[tuple[bool, ...], str] = {}
    for name in (*_plain(wanted), *_searched(wanted)):
        found.setdefault(tuple(matches(pattern, name) for pattern in wanted), name)
    return list(found.values())


def _plain(patterns: Sequence[str]) -> Iterator[str]:
    """Names that read well, first."""
    yield from (p for p in patterns if "*" not in p)
    yield _OTHER
    yield from (name for p in patterns for by in ("", _OTHER) if (name := p.replace("*", by)))


def _searched(patterns: Sequence[str]) -> Iterator[str]:
    """The shortest name for each state in which all patterns together can be; none is empty."""
    if not any("*" in pattern for pattern in patterns):
        return
    used = {letter for pattern in patterns for letter in pattern if letter != "*"}
    letters = [*sorted(used), *[letter for letter in _SPARE if letter not in used][:1]]
    start: _State = tuple(_opened(pattern, {0}) for pattern in patterns)
    reached: set[_State] = set()
    waiting: deque[tuple[_State, str]] = deque([(start, "")])
    while waiting:
        state, name = waiting.popleft()
        for letter in letters:
            after = tuple(_after(p, s, letter) for p, s in zip(patterns, state, strict=True))
            if after not in reached:
                if len(reached) >= MOST_STATES:
                    raise TooMany
                reached.add(after)
                waiting.append((after, name + letter))
                yield name + letter


def _after(pattern: str, places: frozenset[int], letter: str) -> frozenset[int]:
    """Where in a pattern one can be after another letter."""
    on = {n + 1 for n in places if n < len(pattern) and pattern[n] == letter != "*"}
    stay = {n for n in places if n < len(pattern) and pattern[n] == "*"}
    return _opened(pattern, on | stay)


def _opened(pattern: str, places: set[int]) -> frozenset[int]:
    """The same places, and those behind a `*` that stands for nothing more."""
    found = set(places)
    for place in range(len(pattern)):
        if place in found and pattern[place] == "*":
            found.add(place + 1)
    return frozenset(found)
