"""Where the values of a document, of options or of a program come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from policy_router.domain.diagnostic import Span
from policy_router.language.nodes import Document, key_span, value_span

Path = tuple[str | int, ...]
"""Keys and indices from the root down."""


class Locator(Protocol):
    """Finds the places of what was written."""

    def at(self, *path: str | int) -> Span:
        """Where the value at `path` stands."""

    def key_at(self, *path: str | int) -> Span:
        """Where the key at `path` stands."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a document."""

    document: Document

    def at(self, *path: str | int) -> Span:
        """Where the value at `path` stands."""
        return value_span(self.document, path)

    def key_at(self, *path: str | int) -> Span:
        """Where the key at `path` stands."""
        return key_span(self.document, path)
