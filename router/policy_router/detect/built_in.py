"""The detector that comes along: e-mail addresses, telephone numbers, IBANs, cards, identities.

It needs the extra `pii` (python-stdnum, phonenumbers). What it cannot tell by form, which is most
of what makes a text personal (names, health, beliefs, whatever a sentence says), it does not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from phonenumbers import PhoneNumberMatcher

from policy_router.detect.identifier import NEAR, Tries, any_of
from policy_router.detect.identifiers import IDENTIFIERS
from policy_router.detect.mailbox import mailboxes
from policy_router.detect.plain import plain

_TELLING: Final = "@+0123456789"
"""Every mailbox has a sign for it, every telephone number in international form and every
identifier a digit: a text without any of these is passed over at one look."""

_ANY_TELLING: Final = re.compile(f"[{_TELLING}]")
_SHORT: Final = 256
"""Characters up to which one look for any sign is quicker than a look for each."""

_DIGITS: Final = re.compile(r"\d+")
_NOTHING: Final = frozenset[str]()
_APART: Final = 2
_BEFORE: Final = 12
_AFTER: Final = 24
_FEWEST_DIGITS: Final = 6
_PLUS: Final = re.compile(r"\+(?=[ (]{0,2}\d)")
_NOUGHTS: Final = re.compile(r"00(?<![\w.,/-]00)(?=[ .(-]{0,2}[1-9])")
"""What a number in international form begins with (ITU-T E.123); 00 is dialled for the plus."""

_LONGEST_NUMBER: Final = 24
_GROUPED: Final = re.compile(r"[ .(-]{0,2}\d+[ .()/-]+\d")
_DIALLED: Final = re.compile(
    r"\b(?:tel|phon|fon|fax|mobi|handy|cell|call|ring|anruf|ruf|gsm|sms|whatsapp|contact|kontakt)"
    r"|phone|telefon|fono?\b",
    re.IGNORECASE,
)
_LIKE_ANY: Final = any_of(IDENTIFIERS)

MOST_TRIED: Final = 512
"""Candidates that are looked at in one text."""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """Personal and cardholder data by form and check digits, in time proportional to the text.

    `not_personal`: addresses (`support@company.example`) and domains (`@company.example`), in
    lower case, that stand in prompts without being anybody's.
    """

    not_personal: frozenset[str] = frozenset()
    name: str = "built-in"

    def categories(self, text: str) -> frozenset[str]:
        """The categories of `data` that `text` shows by its forms.

        Raises `TooManyCandidates` for a text that would take too long to read to its end.
        """
        text = plain(text)
        return self._seen_in(text) if _may_tell(text) else _NOTHING

    def passes_over(self, text: str) -> bool:
        """Whether `text` has no sign of anything; what is to be put into plain signs may have."""
        return text.isascii() and not _may_tell(text)

    def _seen_in(self, text: str) -> frozenset[str]:
        tries = Tries(MOST_TRIED)
        found = {"personal"} if self._has_mailbox(text, tries) else set[str]()
        if not found and _has_telephone(text, tries):
            found.add("personal")
        for start, end in _windows(text):
            for identifier in IDENTIFIERS if _LIKE_ANY.search(text, start, end) else ():
                if identifier.category not in found and identifier.is_in(text, start, end, tries):
                    found.add(identifier.category)
        return frozenset(found)

    def _has_mailbox(self, text: str, tries: Tries) -> bool:
        return any(
            mailbox not in self.not_personal
            and mailbox[mailbox.index("@") :] not in self.not_personal
            for mailbox in mailboxes(text, tries)
        )


def _may_tell(text: str) -> bool:
    if len(text) <= _SHORT:
        return _ANY_TELLING.search(text) is not None
    return any(map(text.__contains__, _TELLING))


def _has_telephone(text: str, tries: Tries) -> bool:
    """Whether a valid number in international form stands in `text`."""
    for sign in chain(_PLUS.finditer(text), _NOUGHTS.finditer(text)):
        number = text[sign.end() : sign.end() + _LONGEST_NUMBER]
        if sign[0] == "+" or _is_dialled(text, sign.start(), number):
            tries.spend()
            if any(PhoneNumberMatcher(f"+{number}", None, max_tries=1)):
                return True
    return False


def _is_dialled(text: str, at: int, number: str) -> bool:
    """Whether what follows 00 is no number filled up with noughts, as that of an order may be.

    Of any ten or eleven digits up to a fifth would do as a telephone number of some country.
    """
    return bool(_GROUPED.match(number) or _DIALLED.search(text, max(0, at - NEAR), at))


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """The parts of `text` with enough digits near each other to be an identifier."""
    start = end = digits = 0
    for run in _DIGITS.finditer(text):
        if run.start() - end > _APART:
            if digits >= _FEWEST_DIGITS:
                yield max(0, start - _BEFORE), end + _AFTER
            start, digits = run.start(), 0
        end, digits = run.end(), digits + run.end() - run.start()
    if digits >= _FEWEST_DIGITS:
        yield max(0, start - _BEFORE), end + _AFTER
