"""What the texts of calls are searched for, and what was seen in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Detection:
    """Which detectors a project has read its calls.

    `built_in`: the addresses and domains that are nobody's, None where it is not used. `presidio`:
    the spaCy pipeline of each language, None for none; no language where it is not used.
    `most_read`: characters of a call's texts that are read; what is beyond them is unknown.
    """

    built_in: frozenset[str] | None = None
    presidio: tuple[tuple[str, str | None], ...] = ()
    most_read: int = 49_152


@dataclass(frozen=True, slots=True)
class Detected:
    """What detectors saw: never proof that there was nothing else to see.

    `categories`: values of the fact `data`. `by`: the names of the detectors that saw any.
    `whole`: whether every detector read every text to its end.
    """

    categories: frozenset[str] = frozenset()
    by: tuple[str, ...] = ()
    whole: bool = True


NOTHING_DETECTED = Detected()
