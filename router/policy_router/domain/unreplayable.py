"""What keeps a decision or a table of calls from being decided again."""

from __future__ import annotations


class Unreplayable(Exception):
    """It cannot be decided again. `code` is one of the LOG and RPL codes."""

    def __init__(self, code: str, message: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.advice = advice
