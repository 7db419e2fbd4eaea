"""Answers with the sources they were read in, and the numbers by which a page cites these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from policy_router.audit.evidence import Statement
from policy_router.domain.claim import Evidence
from policy_router.engine import words
from policy_router.report import phrases
from policy_router.report.screen import Screen
from policy_router.report.visible import escaped


@dataclass(frozen=True, slots=True)
class Source:
    """A source in words: what kind it is and when it was read or verified, and which one."""

    what: str
    reference: str

    def __str__(self) -> str:
        return f"{self.what}: {self.reference}"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of those in a cell. `where`: on which routes, where they differ."""

    text: str
    sources: tuple[Source, ...] = ()
    where: str = ""


Cell = tuple[Said, ...]
"""The answers to one question: one that holds on all routes, or those of several."""

UNKNOWN: Final[Cell] = (Said(words.UNKNOWN),)


def read_in(found: Evidence) -> Source:
    """What a figure or a claim was read in."""
    return Source(escaped(phrases.evidence_as_of(found)), escaped(found.reference))


def rests_on(found: Statement) -> Source:
    """What a statement rests on: a source that was read, or an agreement by its id."""
    if found.agreement is None:
        return read_in(found.evidence)
    when = phrases.checked(found.evidence)
    what = escaped(f"agreement `{found.agreement}`, {when}")
    return Source(what, escaped(found.evidence.reference))


def stated(text: str, found: Evidence | None) -> Said:
    """An answer that one source gives; without one, nobody wrote down where it was read."""
    return Said(text, () if found is None else (read_in(found),))


def merged(answers: Iterable[Said]) -> list[tuple[Said, int]]:
    """Answers of the same words as one, with all their sources, and how often each is given."""
    found: dict[str, list[Said]] = {}
    for each in answers:
        found.setdefault(each.text, []).append(each)
    return [
        (Said(text, tuple(dict.fromkeys(s for each in same for s in each.sources))), len(same))
        for text, same in found.items()
    ]


def plain(cell: Cell) -> str:
    """The answers without their sources."""
    return "; ".join(f"{said.text}{said.where}" for said in cell)


@dataclass(frozen=True, slots=True)
class Citations:
    """The sources of one page, numbered in the order in which they are cited."""

    numbers: dict[Source, int] = field(default_factory=dict)

    def marks(self, sources: Sequence[Source]) -> str:
        """The numbers of some sources, as they stand behind what was read in them."""
        found = (self.numbers.setdefault(each, len(self.numbers) + 1) for each in sources)
        return "".join(f" [{number}]" for number in sorted(set(found)))

    def cited(self, cell: Cell) -> str:
        """The answers, each with the numbers of its sources."""
        return "; ".join(f"{s.text}{self.marks(s.sources)}{s.where}" for s in cell)

    def lines(self, screen: Screen) -> Iterator[str]:
        """The list of all that was cited."""
        for source, number in self.numbers.items():
            yield from screen.wrapped(str(source), f"  [{number}] ")
