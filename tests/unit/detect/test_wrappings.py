"""However it is written down, an identifier is seen; and few things beside it are taken for one."""

from __future__ import annotations

import hashlib
import json
import random
import re
import string
import time
import unicodedata
import uuid
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.detect.built_in import BuiltIn
from policy_router.detect.identifier import GAP, TooManyCandidates
from policy_router.detect.identifiers import IDENTIFIERS
from policy_router.detect.plain import plain
from tests.unit.detect.test_identifiers import CASES

DETECTOR = BuiltIn()
REACHED = [
    ("telephone", "+46 70 123 45 67"),
    ("telephone", "0049 30 901820"),
    ("telephone", "Tel. 004930901820"),
    ("telephone", "0049-(0)30-901820"),
    ("mailbox", "anna.svensson@foretag.se"),
]
ALL = [*CASES, *REACHED]
UNGAPPED = {i.name for i in IDENTIFIERS if GAP not in i.form}

SPACES = [" ", *(chr(c) for c in range(0x80, 0x3001) if unicodedata.category(chr(c)) == "Zs")]
DASHES = ["-", *(chr(c) for c in range(0x80, 0xFF0E) if unicodedata.category(chr(c)) == "Pd")]
DOTS = [".", "\uff0e", "\u00b7", "\u2022", "\u2219"]
NOTHINGS = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e", "\ufe0f"]


def _asked(text: str) -> str:
    return json.dumps({"rows": [{"t": f"Before:\n{text}\tand {text}"}]})


def _entities(text: str) -> str:
    return "".join(f"&#{ord(c)};" if c.isdigit() or not c.isascii() else c for c in text)


def _hexadecimal(text: str) -> str:
    return "".join(f"&#x{ord(c):X};" if not c.isalpha() else c for c in text)


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


WRAPPINGS: dict[str, Callable[[str], str]] = {
    "alone": str,
    "a sentence": lambda text: f"It is {text}, or so they say.",
    "JSON": _asked,
    "JSON of other characters": lambda text: json.dumps(
        {"t": f"Karte:\n{text}\r\nü"}, ensure_ascii=False
    ),
    "JSON in JSON": lambda text: json.dumps({"output": _asked(text)}),
    "JSON in JSON in JSON": lambda text: json.dumps([json.dumps({"output": _asked(text)})]),
    "after an escaped tab": lambda text: json.dumps(f"a\t{text}\tb"),
    "a Python value": lambda text: repr({"t": f"Karte:\n{text}\n", "b": text.encode()}),
    "Markdown": lambda text: f"| a | **{text}** |\n- _{text}_\n`{text}`",
    "HTML": lambda text: f"<td>&nbsp;{text}&nbsp;</td><br/>",
    "HTML in JSON as Go writes it": lambda text: json.dumps(f"<b>\n{text}</b>").replace(
        "<", "\\u003c"
    ),
    "character references": _entities,
    "hexadecimal references": _hexadecimal,
    "references that are escaped": lambda text: _entities(text).replace("&", "&amp;"),
    "wide characters": _wide,
    "wide characters in JSON": lambda text: json.dumps({"t": f"\n{_wide(text)}"}),
    "a query": lambda text: f"https://a.test/?q={_percent(text)}&b=1",
    "lines": lambda text: f"one\n{text}\r\n{text}\u2028{text}",
}


def _percent(text: str) -> str:
    return "".join(f"%{ord(c):02X}" if c.isascii() and not c.isalnum() else c for c in text)


def _category(name: str) -> str:
    return "cardholder" if name == "payment card" else "personal"


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize(("name", "text"), ALL)
def test_it_is_seen_however_it_is_wrapped(name: str, text: str, wrapping: str) -> None:
    assert _category(name) in DETECTOR.categories(WRAPPINGS[wrapping](text))


def _apart(text: str, by: str) -> str:
    """`text`, whose groups are set apart by `by`; what stands before its first digit stays."""
    first = next(at for at, char in enumerate(text) if char.isdigit())
    return text[:first] + re.sub(r"(?<=\w)[ .-](?=\w)", by, text[first:])


GROUPS = [(name, text) for name, text in CASES if name not in UNGAPPED]


@given(
    case=st.sampled_from(GROUPS),
    gap=st.sampled_from([*SPACES, *DASHES, *DOTS]),
    wrapping=st.sampled_from(sorted(WRAPPINGS)),
)
def test_it_is_seen_whatever_its_groups_are_set_apart_by(
    case: tuple[str, str], gap: str, wrapping: str
) -> None:
    name, text = case
    if wrapping.startswith("wide") or (wrapping == "a query" and not gap.isascii()):
        wrapping = "JSON"
    assert _category(name) in DETECTOR.categories(WRAPPINGS[wrapping](_apart(text, gap)))


@given(
    case=st.sampled_from(ALL),
    nothing=st.sampled_from(NOTHINGS),
    at=st.integers(min_value=1, max_value=40),
    wrapping=st.sampled_from(["alone", "JSON", "JSON in JSON", "character references"]),
)
def test_what_nobody_sees_hides_nothing(
    case: tuple[str, str], nothing: str, at: int, wrapping: str
) -> None:
    name, text = case
    assert _category(name) in DETECTOR.categories(
        WRAPPINGS[wrapping](text[:at] + nothing + text[at:])
    )
    assert _category(name) in DETECTOR.categories(WRAPPINGS[wrapping](nothing.join(text)))


def test_a_raised_digit_is_the_mark_of_a_footnote() -> None:
    assert DETECTOR.categories("Card 4111 1111 1111 1111\u00b9") == {"cardholder"}


@given(st.text(alphabet='\\unrtx0af49"&#;%amp+@1 \ud83d\ude00é', max_size=60))
def test_every_text_can_be_read_plainly(text: str) -> None:
    plain(text)
    DETECTOR.categories(text)


@pytest.mark.parametrize(
    "hostile",
    [
        "\\",
        "\\u",
        "\\n",
        "&amp;",
        "&",
        "&#",
        "%25",
        "\\ud83d",
        "\ufdfa",
        "00 4",
        "1\u200b",
        "\u0301",
    ],
)
def test_what_is_undone_takes_time_in_proportion(hostile: str) -> None:
    """Ten times the text takes some ten times as long; read again from each place, a hundred."""

    def seconds(times: int) -> float:
        text, took = hostile * times, []
        for _ in range(3):
            start = time.process_time()
            with suppress(TooManyCandidates):
                DETECTOR.categories(text)
            took.append(time.process_time() - start)
        return min(took)

    assert seconds(60_000) < 40 * seconds(6_000) + 0.02


DICE = random.Random("alarms")  # noqa: S311 - for numbers of a test


def _digits(count: int) -> str:
    return "".join(DICE.choice(string.digits) for _ in range(count))


def _hash(name: str) -> str:
    return hashlib.new(name, _digits(9).encode()).hexdigest()


NOBODYS: dict[str, Callable[[], str]] = {
    "UUID": lambda: str(uuid.UUID(int=DICE.getrandbits(128))),
    "SHA-256": lambda: _hash("sha256"),
    "commit": lambda: _hash("sha1")[:10],
    "instant": lambda: f"2026-{DICE.randint(10, 12)}-{DICE.randint(10, 28)}T10:00:00.{_digits(6)}Z",
    "milliseconds": lambda: str(DICE.randint(10**12, 2 * 10**12)),
    "order": lambda: f"ORD-{_digits(DICE.randint(6, 10))}",
    "filled up": lambda: f"00{DICE.randint(1, 9)}{_digits(DICE.randint(5, 11))}",
    "price": lambda: f"EUR {DICE.randint(1, 999)}.{_digits(3)}.{_digits(3)},{_digits(2)}",
    "version": lambda: ".".join(str(DICE.randint(0, 999)) for _ in range(4)),
    "number": lambda: f"{DICE.random() * 10 ** DICE.randint(0, 7):.{DICE.randint(2, 10)}f}",
    "numbers": lambda: " ".join(_digits(DICE.randint(1, 5)) for _ in range(6)),
    "columns": lambda: "\t".join(_digits(DICE.randint(1, 5)) for _ in range(6)),
    "dotted": lambda: ".".join(_digits(DICE.randint(1, 5)) for _ in range(4)),
    "rows": lambda: _asked(json.dumps([[DICE.randint(0, 10**6), _digits(3)] for _ in range(4)])),
}
"""What stands in prompts and is nobody's, and nobody's checksum keeps wholly apart."""


@pytest.mark.parametrize("kind", NOBODYS)
def test_few_things_that_are_nobodys_are_taken_for_somebodys(kind: str) -> None:
    texts = [f"The value is {NOBODYS[kind]()}, and so on." for _ in range(1_000)]
    mistaken = sum(bool(DETECTOR.categories(text)) for text in texts)
    assert mistaken / len(texts) <= (0.03 if kind in {"filled up", "milliseconds"} else 0.005)
