"""Lists of models in the shape of each dialect: only what the caller may use.

Sources: the published model list references of OpenAI, Anthropic and Gemini.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never

from policy_router.wire.json_strict import serialise
from policy_router.wire.operation import Dialect

_NOT_KNOWN_WHEN: Final = "1970-01-01T00:00:00Z"
"""What Anthropic's reference says of a release whose date is not known: an epoch value."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A name that may be asked for: what it is called, who makes it, how much it takes."""

    name: str
    title: str
    maker: str
    context_window: int | None = None
    max_output_tokens: int | None = None


def model_list(dialect: Dialect, models: Sequence[Listed]) -> bytes:
    """The answer to a request for the list of models; all are on one page."""
    entries = [_entry(dialect, model) for model in models]
    match dialect:
        case Dialect.OPENAI:
            return serialise({"object": "list", "data": entries})
        case Dialect.ANTHROPIC:
            names = [model.name for model in models]
            ends = {"first_id": names[0], "last_id": names[-1]} if names else {}
            none = {"first_id": None, "last_id": None}
            return serialise({"data": entries, "has_more": False, **none, **ends})
        case Dialect.GOOGLE:
            return serialise({"models": entries})
        case _:
            assert_never(dialect)


def model_entry(dialect: Dialect, model: Listed) -> bytes:
    """The answer to a request for one model."""
    return serialise(_entry(dialect, model))


def _entry(dialect: Dialect, model: Listed) -> dict[str, Any]:
    match dialect:
        case Dialect.OPENAI:
            return {"id": model.name, "object": "model", "created": 0, "owned_by": model.maker}
        case Dialect.ANTHROPIC:
            return {
                "type": "model",
                "id": model.name,
                "display_name": model.title,
                "created_at": _NOT_KNOWN_WHEN,
            }
        case Dialect.GOOGLE:
            sizes = {
                "inputTokenLimit": model.context_window,
                "outputTokenLimit": model.max_output_tokens,
            }
            known = {name: size for name, size in sizes.items() if size is not None}
            return {"name": f"models/{model.name}", "displayName": model.title, **known}
        case _:
            assert_never(dialect)
