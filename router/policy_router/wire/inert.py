"""Places where any text may stand, and why none there can choose who gets a call."""

from __future__ import annotations

import re
from dataclasses import replace
from string import ascii_letters, digits
from typing import Final

from policy_router.wire.refusal import RefusalCode
from policy_router.wire.shapes import BY_TYPE, Free, Inert, Left, Never, Spelled

PROMPT: Final = Inert("the model reads it; what carries it to the model does not")
LABEL: Final = Inert("a name the model or the caller reads, never an address")
ARGUMENTS: Final = Inert("what a model wrote for the caller's own function")
IDENTITY: Final = Inert("tells a provider's abuse detection which of its customer's users calls")
SEALED: Final = Inert("what a model thought, sealed by its maker and handed back to it")
CITED: Final = Inert("what an earlier answer cited, handed back to the model; nothing fetches it")
PLACE: Final = Inert("where the search pretends to be; it names no party and no model")
PINNED_MODEL: Final = Inert(
    "the one mention of a model; decided on, then replaced by the route's address"
)
GOVERNANCE: Final = Inert(
    "governance facts, taken out; other labels go only where no gateway reads them"
)

JSON_SCHEMA: Final = Free(
    "the form of an answer or of arguments; nothing is fetched or chosen by it", schema=True
)
CALLED_WITH: Final = Free("what a model wrote for the caller's own function, or got back from it")

PARSED: Final = Left("what an SDK read out of an answer, beside the answer; taken out")
POSITION: Final = Left("where in a stream an answer stood; taken out")
UNSAID: Final = Left(
    "null, as SDKs write what an answer does not say; taken out",
    Never(
        RefusalCode.NOT_CLASSIFIED,
        "says what no policy has looked at",
    ),
)

NAME: Final = Spelled(
    re.compile(r"[A-Za-z0-9_-]{1,64}"),
    "a name of letters, digits, `_` and `-`",
    "the name of one of the caller's own functions",
)
LONG_NAME: Final = Spelled(
    re.compile(r"[A-Za-z0-9_-]{1,128}"),
    "a name of letters, digits, `_` and `-`",
    "the name of one of the caller's own functions",
)
DOTTED_NAME: Final = Spelled(
    re.compile(r"[A-Za-z0-9_.:-]{1,128}"),
    "a name of letters, digits and `_ . : -`",
    "the name of one of the caller's own functions",
)

_CONTENT = "the content itself"
_DIGITS: Final = (ascii_letters + digits + "+/").encode()
_ANY_DIGITS: Final = _DIGITS + b"-_"
"""Those of base64, and those of both its alphabets (RFC 4648 sections 4 and 5)."""
_INLINE: Final = Spelled(
    re.compile(
        r"data:[A-Za-z0-9.+-]++/[A-Za-z0-9.+-]++(?:;[A-Za-z0-9-]++=[A-Za-z0-9._-]++){0,4}"
        r";base64,[A-Za-z0-9+/]*+={0,2}"
    ),
    "a `data:` URL with the content itself in base64",
    _CONTENT,
    Never(
        RefusalCode.THIRD_PARTY,
        "would have a provider fetch something from an address of the caller's choice",
        "send the content itself, as a `data:` URL in base64",
    ),
    of=_DIGITS,
)
INLINE_IMAGE: Final = replace(_INLINE, medium="image")
INLINE_FILE: Final = replace(_INLINE, medium="file")
_BASE64: Final = Spelled(re.compile(r"[A-Za-z0-9+/]*+={0,2}"), "base64", _CONTENT, of=_DIGITS)
AUDIO: Final = replace(_BASE64, medium="audio")
FILE: Final = replace(_BASE64, medium="file")
ANY_BASE64: Final = Spelled(
    re.compile(r"[A-Za-z0-9+/_-]*+={0,2}"), "base64", _CONTENT, of=_ANY_DIGITS
)
IMAGE: Final = replace(ANY_BASE64, medium="image")
MEDIA_TYPE: Final = Spelled(
    re.compile(
        r"[A-Za-z0-9.+-]{1,64}/[A-Za-z0-9.+-]{1,64}"
        r"(?:; ?[A-Za-z]{1,16}=[A-Za-z0-9.-]{1,32}){0,4}"
    ),
    "a media type such as `image/png`",
    "what the content is; it names no party",
)
CONTENT_TYPE: Final = replace(MEDIA_TYPE, medium=BY_TYPE)
WORD: Final = Spelled(
    re.compile(r"[A-Za-z0-9_]{1,64}"),
    "one word of letters, digits and `_`",
    "one of the API's own words for how to answer",
)
LANGUAGE: Final = Spelled(
    re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}"), "a language tag", "a language"
)
VOICE: Final = Spelled(
    re.compile(r"[A-Za-z]{1,32}"), "the name of a built-in voice", "a voice of the same model"
)
INSTANT: Final = Spelled(
    re.compile(r"[0-9T:.Z+-]{1,40}|[0-9.]{1,16}s"), "an instant or a length of time", "a time"
)
