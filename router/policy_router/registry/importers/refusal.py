"""What is refused: a whole import, or one row of it."""

from __future__ import annotations


class ImportRefused(Exception):
    """An import of which nothing may be used. `code` is one of the IMP codes."""

    def __init__(self, code: str, message: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.advice = advice


class BadRow(Exception):
    """One row that must be set aside. `code` is one of the IMP codes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
