"""Calls that LiteLLM makes of itself, to see whether its deployments answer.

Nobody sends them, so nobody is known who could. They are told by what they say, which is one of a
few sentences of LiteLLM's own and nothing besides: whoever made such a call, it carries nothing.
"""

from __future__ import annotations

from typing import Any, Final

from policy_router.enforcement.litellm_data import OPERATIONS, Data, sayable_in

_SAID: Final = {
    "acompletion": ("messages", ("Hey how's it going?", "What's 1 + 1?")),
    "aembedding": ("input", ("test from litellm",)),
    "aresponses": ("input", ("test from litellm",)),
}
"""Source: LiteLLM 1.106, `proxy/health_check.py`."""

_BESIDES: Final = frozenset({"max_tokens", "reasoning_effort"})


def is_health_check(call_type: str, kwargs: Data) -> bool:
    """Whether a call says no more than LiteLLM's own checks do."""
    if call_type not in _SAID:
        return False
    field, sentences = _SAID[call_type]
    known = sayable_in(OPERATIONS[call_type])
    said = {name for name in known if kwargs.get(name) is not None}
    return said <= {field, *_BESIDES} and kwargs.get(field) in _forms(field, sentences)


def _forms(field: str, sentences: tuple[str, ...]) -> list[Any]:
    """How the sentences stand in a call."""
    if field == "messages":
        return [[{"role": "user", "content": sentence}] for sentence in sentences]
    return [*sentences, *([sentence] for sentence in sentences)]
