"""Which program made a decision or kept its documents, and which one this is."""

from __future__ import annotations

from dataclasses import dataclass

from policy_router.domain.release import VERSION
from policy_router.store.program import build


@dataclass(frozen=True, slots=True)
class Maker:
    """A program by its version and its build; `build` None: from before builds were recorded."""

    version: str
    build: str | None

    def __str__(self) -> str:
        named = f"build {self.build}" if self.build else "a build that was not recorded"
        return f"version {self.version}, {named}"


def this_program() -> Maker:
    """The program that runs."""
    return Maker(VERSION, build())
