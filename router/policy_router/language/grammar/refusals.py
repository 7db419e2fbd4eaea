"""What a converter raises when a value is not of its type: the words of the diagnostic."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pydantic_core import PydanticCustomError

from policy_router.language.suggest import did_you_mean
from policy_router.language.text import quoted


def refusal(code: str, message: str, advice: str | None = None) -> PydanticCustomError:
    """A refusal under diagnostic code `code`."""
    return PydanticCustomError(code, "{message}", {"message": message, "help": advice or ""})


def wrong(expected: str, value: object, advice: str | None = None) -> PydanticCustomError:
    """A refusal of `value`, which is not `expected`: malformed text, or of another type."""
    code = "SCH106" if isinstance(value, str) else "SCH104"
    return refusal(code, f"expected {expected}, found {described(value)}", advice)


def unknown(what: str, word: str, choices: Collection[str]) -> PydanticCustomError:
    """A refusal of `word`, which is not among `choices`."""
    advice = did_you_mean(word, choices) or f"use one of {listed(choices)}"
    return refusal("SCH102", f"unknown {what} {quoted(word)}", advice)


def described(value: object) -> str:
    """What `value` is, for the end of "expected a number, found …"."""
    match value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return quoted(str(value))


def listed(words: Iterable[str]) -> str:
    """`words` in backticks, separated by commas."""
    return ", ".join(f"`{word}`" for word in words)
