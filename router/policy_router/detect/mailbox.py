"""E-mail addresses of persons in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policy_router.detect.identifier import Tries

_BEFORE: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}\Z")
_AFTER: Final = re.compile(r"[\w-]{1,63}+(?:\.[\w-]{1,63}+){1,8}")
_TOP: Final = re.compile(r"[^\W\d_]{2,24}|xn--[a-z0-9-]{1,59}", re.IGNORECASE)
_NOBODYS: Final = frozenset({"example", "test", "invalid", "localhost"})
_NOBODYS_DOMAINS: Final = ("example.com", "example.net", "example.org")
_SIGN: Final = re.compile("@")


def mailboxes(text: str, tries: Tries) -> Iterator[str]:
    """The e-mail addresses in `text`, in lower case, as RFC 5321 section 4.1.2 has them unquoted.

    Those of domains kept for examples (RFC 2606) are nobody's. Raises `TooManyCandidates`.
    """
    for sign in _SIGN.finditer(text):
        tries.spend()
        at = sign.start()
        before = _BEFORE.search(text, max(0, at - 64), at)
        after = _AFTER.match(text, at + 1)
        if before and after and _is_domain(after[0].lower()):
            yield f"{before[0]}@{after[0]}".lower()


def _is_domain(name: str) -> bool:
    top = name.rpartition(".")[2]
    if not _TOP.fullmatch(top) or top in _NOBODYS:
        return False
    return not any(name == kept or name.endswith(f".{kept}") for kept in _NOBODYS_DOMAINS)
