"""One document that is being made sense of, and what is found wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, Generic

from policy_router.domain.claim import Validity
from policy_router.domain.diagnostic import Diagnostic
from policy_router.language.catalogue import Catalogue
from policy_router.language.grammar.claims import SourceBody, Sources
from policy_router.language.mistakes import problem, warning
from policy_router.language.parsing import B, Parsed
from policy_router.language.suggest import did_you_mean
from policy_router.language.text import quoted

_EAST: Final = timedelta(days=1)
"""How much later than in UTC, whose day `today` is, it may be where somebody reads a page."""


@dataclass(frozen=True, slots=True)
class Draft(Generic[B]):
    """A document with all it may refer to. Paths are keys and indices from its root down."""

    parsed: Parsed[B]
    catalogue: Catalogue
    today: date
    problems: list[Diagnostic]

    @property
    def body(self) -> B:
        """What the document says."""
        return self.parsed.body

    def report(self, code: str, message: str, *path: str | int, advice: str | None = None) -> None:
        """Add an error about the value at `path`."""
        self.problems.append(problem(code, message, self.parsed.at(*path), advice))

    def report_key(
        self, code: str, message: str, *path: str | int, advice: str | None = None
    ) -> None:
        """Add an error about the key at `path`."""
        self.problems.append(problem(code, message, self.parsed.key_at(*path), advice))

    def warn(self, code: str, message: str, *path: str | int, advice: str | None = None) -> None:
        """Add a warning about the value at `path`."""
        self.problems.append(warning(code, message, self.parsed.at(*path), advice))

    def hint(self, name: str, *kinds: str) -> str | None:
        """What a misspelt id of these kinds was probably meant to be, as advice."""
        return self.suggest(name, self.catalogue.ids(*kinds))

    def suggest(self, name: str, choices: Iterable[str]) -> str | None:
        """Which of `choices` a misspelt name was probably meant to be, as advice."""
        return did_you_mean(name, choices, found=len(self.problems))

    def refer(self, kind: str, name: str, *path: str | int) -> None:
        """Check that there is a document of `kind` called `name`."""
        if name not in self.catalogue.names.get(kind, ()):
            advice = self.hint(name, kind)
            self.report("REG301", f"unknown {kind} {quoted(name)}", *path, advice=advice)

    def past(self, day: date | None, *path: str | int) -> None:
        """Check that something can have happened on `day`, which begins in the east."""
        if day is not None and day > self.today + _EAST:
            message = f"`{path[-1]}` lies in the future: today is {self.today}"
            self.report("REG307", message, *path)

    def validity(self, start: datetime | None, end: datetime | None, *path: str | int) -> Validity:
        """From `start` to `end`, which must not be before it."""
        if start is not None and end is not None and end <= start:
            message = f"ends before it begins, at {_shown(start)}"
            self.report("REG305", message, *path, "until")
        return _validity(start, end)

    def source(self, sources: Sources, name: str, *path: str | int) -> SourceBody | None:
        """The source called `name`; None, and an error, if the document has none."""
        found = sources.get(name)
        if found is None:
            advice = self.suggest(name, sources) or "describe it under `sources`"
            self.report("REG302", f"unknown source {quoted(name)}", *path, advice=advice)
        return found

    def check_sources(self, sources: Sources) -> None:
        """Check that all sources were read, verified and recorded in the past."""
        for name, source in sources.items():
            self.past(source.read_on, "sources", name, "read_on")
            self.past(source.verified_on, "sources", name, "verified_on")
            self.past(source.recorded_on, "sources", name, "recorded_on")


def overlap(a: Validity, b: Validity) -> bool:
    """Whether some instant lies in both."""
    a_begins_in_time = a.start is None or b.end is None or a.start < b.end
    b_begins_in_time = b.start is None or a.end is None or b.start < a.end
    return a_begins_in_time and b_begins_in_time


@lru_cache(maxsize=4096)
def _validity(start: datetime | None, end: datetime | None) -> Validity:
    return Validity(start, end)


def _shown(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
