"""How many tokens the input of a call has at most, told without a tokeniser or a network.

Sources: byte-level BPE (Radford et al. 2019, section 2.2) and SentencePiece with byte fallback
(Kudo and Richardson 2018) start from bytes and only ever join them, so that a text has no more
tokens than bytes in UTF-8; a JSON body holds each text with at least as many bytes, and more for
each message than the marks a chat template puts around it. What a provider tells the model about
tools is up to 530 tokens in the tables that were read (Anthropic, "Tool use: pricing and tokens");
about twice that is counted. Audio is 32 tokens a second ("Gemini API, audio"), which is less than
one a byte at any bit rate of speech.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from policy_router.wire.operation import Shown

ADDED: Final = 64
"""What a chat template adds around a whole conversation."""

ADDED_FOR_TOOLS: Final = 1_000
"""What a provider tells the model about tools, besides their definitions."""

_TOLD_ABOUT: Final = frozenset({"function_calling", "structured_output"})


def most_input_tokens(size: int, shown: Shown) -> Decimal | None:
    """The tokens that a call of `size` bytes, decoded, can have as its input at most.

    None where nothing bounds them: images and documents count by what they show, and tools at
    the provider add what they find.
    """
    if not shown.measured:
        return None
    tools = ADDED_FOR_TOOLS if shown.features & _TOLD_ABOUT else 0
    return Decimal(size + ADDED + tools)
