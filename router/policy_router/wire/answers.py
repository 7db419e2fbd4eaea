"""What an answer says of who gave it, read along as it passes: its bytes are never changed.

Sources: the published references of OpenAI (`model`; of a streamed response, inside `response`),
Anthropic (`model`, inside `message` of the first event; `usage.inference_geo`), Gemini
(`modelVersion`) and OpenRouter (`provider`); RFC 9110 section 8.4 on content codings and the
WHATWG HTML standard, "server-sent events", on event streams.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from policy_router.domain.attestation import NOTHING_SAID, Said
from policy_router.wire.headers import Headers
from policy_router.wire.json_strict import leniently

MOST_KEPT: Final = 2**20
"""How many bytes of an answer are kept to be read; who gave a longer one stays unsaid."""

MOST_EVENTS: Final = 16
"""How many events of a stream are read: the first ones say who it is from, or none does."""

_MODELS: Final = ("model", "modelVersion")
_INSIDE: Final = ("response", "message")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/@+()-]{0,199}")
_DIGITS: Final = re.compile(r"[0-9]{1,15}")
_LINE: Final = re.compile(rb"\r\n|\r|\n")
_DATA: Final = b"data:"
_LAST: Final = b"data: [DONE]"
_EVENT: Final = b"\nevent:"
_LAST_EVENTS: Final = frozenset(
    {b"message_stop", b"response.completed", b"response.failed", b"response.incomplete"}
)
"""What the last events of streams are called: of Anthropic's messages and OpenAI's responses."""
_BLANK: Final = (b"\n\n", b"\r\n\r\n")
_TAIL: Final = 64
_IDS: Final = frozenset({"x-request-id", "request-id", "apim-request-id", "x-generation-id"})
_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_SAYING: Final = frozenset({"content-encoding", "content-type", "content-length"})
_EVENTS: Final = "text/event-stream"
_CODINGS: Final = {"gzip": zlib.MAX_WBITS + 16, "x-gzip": zlib.MAX_WBITS + 16, "deflate": 15}


def answer_id(headers: Headers) -> str | None:
    """What its upstream calls an answer, by which its support finds it; None if it is not said.

    The first that is said counts. OpenAI and most gateways say `x-request-id`, Anthropic
    `request-id`, Azure `apim-request-id`, OpenRouter `x-generation-id`.
    """
    said = [value for name, value in headers if name in _IDS and _ID.fullmatch(value)]
    return said[0] if said else None


class Witness:
    """Reads an answer along as its bytes pass, and says who it says it is from."""

    def __init__(self, headers: Headers) -> None:
        said = _said_once(headers)
        coding = (said.get("content-encoding") or "identity").strip().lower()
        self._undo = zlib.decompressobj(_CODINGS[coding]) if coding in _CODINGS else None
        kind = said.get("content-type", "")
        self._events = kind.partition(";")[0].strip().lower() == _EVENTS
        self._events_left = MOST_EVENTS
        self._tail = b""
        self._event = b""
        length = said.get("content-length", "")
        self._length = int(length) if _DIGITS.fullmatch(length) else None
        self._fed = 0
        self._kept = bytearray()
        self._said: Said | None = None
        self.settled = coding not in {"identity", *_CODINGS}
        """Whether nothing that may still come would be read."""

    @property
    def said(self) -> Said:
        """What the answer says, as far as it was seen."""
        if self._said is None and not self._events and not self.settled:
            self._settle(_said_in(leniently(bytes(self._kept))))
        return self._said or NOTHING_SAID

    @property
    def has_said_all(self) -> bool:
        """Whether its last byte or last event has passed, so that clients need not read on."""
        if self._fed == self._length:
            return True
        if not self._events:
            return False
        is_last = self._event in _LAST_EVENTS and self._tail.endswith(_BLANK)
        return is_last or self._tail.rstrip().endswith(_LAST)

    def feed(self, piece: bytes) -> None:
        """Read the next bytes of the answer."""
        self._fed += len(piece)
        if not self.settled or (self._events and self._undo is not None):
            piece = self._unpacked(piece)
        if self._events:
            self._note_event(self._tail + piece)
        self._tail = piece[-_TAIL:] if len(piece) >= _TAIL else (self._tail + piece)[-_TAIL:]
        if self.settled:
            return
        self._kept += piece
        if len(self._kept) > MOST_KEPT:
            self._settle(None)
        elif self._events:
            self._read_events()

    def _note_event(self, seen: bytes) -> None:
        """Note what the last event is called that has begun: no line of its data begins so."""
        at = seen.rfind(_EVENT)
        if at >= 0:
            name, is_whole, _ = seen[at + len(_EVENT) : at + _TAIL].partition(b"\n")
            self._event = name.strip() if is_whole else b""

    def _unpacked(self, piece: bytes) -> bytes:
        """What a piece says; of a stream to its end, as only that tells whether it was whole."""
        if self._undo is None:
            return piece
        try:
            return self._undo.decompress(piece, MOST_KEPT + 1)
        except zlib.error:
            self._undo = None
            if not self.settled:
                self._settle(None)
            return b""

    def _read_events(self) -> None:
        """Read the lines that are whole, until one says who the answer is from."""
        *lines, rest = _LINE.split(bytes(self._kept))
        self._kept = bytearray(rest)
        for line in lines:
            if not line.startswith(_DATA):
                continue
            said = _said_in(leniently(line[len(_DATA) :]))
            self._events_left -= 1
            if said is not None or self._events_left == 0:
                self._settle(said)
                return

    def _settle(self, said: Said | None) -> None:
        self._said = said
        self.settled = True
        self._kept.clear()


def _said_once(headers: Headers) -> dict[str, str]:
    """The headers that say how an answer is to be read, but for those that are stated twice."""
    found = [header for header in headers if header[0] in _SAYING]
    said = dict(found)
    if len(said) == len(found):
        return said
    times = Counter(name for name, _ in found)
    return {name: value for name, value in found if times[name] == 1}


def _said_in(document: Any) -> Said | None:  # noqa: ANN401 - any JSON
    """What one document of an answer says; of a list, its first. None if it names no model."""
    if isinstance(document, list):
        document = document[0] if document else None
    if not isinstance(document, dict):
        return None
    inside = [document[key] for key in _INSIDE if isinstance(document.get(key), dict)]
    for part in (document, *inside):
        for key in _MODELS:
            model = _name(part, key)
            if model is not None:
                usage = part.get("usage")
                place = _name(usage, "inference_geo") if isinstance(usage, dict) else None
                return Said(model, _name(document, "provider"), place)
    return None


def _name(part: Mapping[str, Any], key: str) -> str | None:
    """The value of `key` if it is a name: what else an answer holds there is not repeated."""
    value = part.get(key)
    return value if isinstance(value, str) and _NAME.fullmatch(value) else None
