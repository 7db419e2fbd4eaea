"""What a call holds besides text, told from the shapes that declare it: wherever one admits it."""

from __future__ import annotations

from typing import Final

from policy_router.wire.seeking import Visit, way
from policy_router.wire.shapes import BY_TYPE, Number, Shape, Spelled

TOKENS: Final = "tokens"
"""A text that is given as the numbers of its tokens; no modality, as the model reads text."""

FILE: Final = "file"
_KINDS: Final = frozenset({"image", "audio", "video"})


def finder(shape: Shape) -> Visit | None:
    """What notes the modalities, and `TOKENS`, in a value of `shape`; None if it can have none."""
    return way(shape, _noting)


def modality_of(media_type: str) -> str:
    """The modality of a media type; what is neither image, audio nor video is a file."""
    kind = media_type.partition("/")[0].lower()
    return kind if kind in _KINDS else FILE


def _noting(shape: Shape) -> Visit | None:
    match shape:
        case Spelled(medium=str(medium)) if medium == BY_TYPE:
            return lambda value, noted: noted.add(modality_of(value))
        case Spelled(medium=str(medium)):
            return lambda _, noted: noted.add(medium)
        case Number(token=True):
            return lambda _, noted: noted.add(TOKENS)
        case _:
            return None
