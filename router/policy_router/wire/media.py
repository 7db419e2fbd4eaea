"""What a call may hold besides text: how it is named."""

from __future__ import annotations

from typing import Final

TOKENS: Final = "tokens"
"""A text that is given as the numbers of its tokens; no modality, as the model reads text."""

FILE: Final = "file"
_KINDS: Final = frozenset({"image", "audio", "video"})


def modality_of(media_type: str) -> str:
    """The modality of a media type; what is neither image, audio nor video is a file."""
    kind = media_type.partition("/")[0].lower()
    return kind if kind in _KINDS else FILE
