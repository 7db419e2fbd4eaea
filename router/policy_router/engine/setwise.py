"""Sets of steps as bits of an integer, and the smallest of them: antichains, worked on as sums.

A list of sets stands for "any of these is enough". Both operations keep only sets that contain
no other, so that what comes out is exactly the minimal sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

MOST_TRIED = 1024
"""Sets of the steps that bear on one test; ten steps have no more."""

NOTHING_NEEDED = (0,)


@dataclass(slots=True)
class Bounds:
    """How far a search may go. `cut`: whether it was stopped by that anywhere.

    `largest`: steps in a set. `most`: sets kept at a time.
    """

    largest: int
    most: int
    cut: bool = False

    def either(self, parts: Iterable[Sequence[int]]) -> tuple[int, ...]:
        """What is enough for one of `parts`."""
        return self._smallest(bits for part in parts for bits in part)

    def all_of(self, parts: Iterable[Sequence[int]]) -> tuple[int, ...]:
        """What is enough for each of `parts`."""
        found: tuple[int, ...] = NOTHING_NEEDED
        for part in parts:
            found = self._smallest(a | b for a in found for b in part)
            if not found:
                break
        return found

    def enough(self, choice: Sequence[int], met: Callable[[int], bool]) -> tuple[int, ...]:
        """The smallest sets of the steps `choice` (numbers) for which `met` holds."""
        found: list[int] = []
        for bits in self.subsets(choice):
            if not any(f & bits == f for f in found) and met(bits):
                found.append(bits)
        return tuple(found)

    def subsets(self, choice: Sequence[int]) -> Iterator[int]:
        """The sets of the steps `choice` (numbers), small ones first, as far as the bound."""
        sets = (s for size in range(len(choice) + 1) for s in combinations(choice, size))
        for tried, steps in enumerate(sets):
            if tried >= MOST_TRIED:
                self.cut = True
                break
            yield sum(1 << n for n in steps)

    def _smallest(self, sets: Iterable[int]) -> tuple[int, ...]:
        kept: list[int] = []
        for bits in sorted(set(sets), key=by_size):
            if not any(k & bits == k for k in kept):
                kept.append(bits)
        small = [bits for bits in kept if bits.bit_count() <= self.largest][: self.most]
        self.cut = self.cut or len(small) < len(kept)
        return tuple(small)


def by_size(bits: int) -> tuple[int, int]:
    """Fewer steps first, then in the order of the steps."""
    return bits.bit_count(), bits
