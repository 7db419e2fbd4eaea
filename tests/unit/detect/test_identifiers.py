"""Identifiers: found by form and check digits, wherever they stand, and little else with them."""

from __future__ import annotations

import random
import re
import string
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.detect.identifier import Identifier, Tries, any_of
from policy_router.detect.identifiers import IDENTIFIERS
from policy_router.detect.plain import LAST_DIGIT, plain

VALID = {
    "payment card": (
        "4111 1111 1111 1111",
        "4111111111111111",
        "3782 822463 10005",
        "5555-5555-5555-4444",
        "30569309025904",
    ),
    "IBAN": (
        "GR16 0110 1050 0000 1054 7023 795",
        "BE31435411161155",
        "GB29 NWBK 6016 1331 9268 19",
    ),
    "Austrian social insurance number": ("SVNR 1237 010180",),
    "Belgian national number": ("85 07 30 033 28", "85.07.30-033.28"),
    "Bulgarian citizen number": ("ЕГН 8032056031",),
    "Croatian personal number": ("OIB: 33392005961",),
    "Czech or Slovak birth number": ("710319/2745", "rodné číslo 7103192745"),
    "Danish CPR number": ("211062-5629", "CPR 2110625629"),
    "Dutch citizen service number": ("BSN 1112.22.333", "burgerservicenummer 111222333"),
    "Estonian personal code": ("36805280109",),
    "Finnish personal identity code": ("131052-308T",),
    "French social security number": ("2 95 10 99 126 111 93", "295109912611193"),
    "German tax identification number": ("36 574 261 809", "36574261809"),
    "Greek social security number": ("01013099997",),
    "Icelandic identity number": ("450401-3150", "4504013150"),
    "Irish PPS number": ("6433435F",),
    "Italian fiscal code": ("RCCMNL83S18D969H", "rccmnl83s18d969h"),
    "Lithuanian personal code": ("asmens kodas 33309240064",),
    "Norwegian birth number": ("151086 95088", "15108695088"),
    "Polish PESEL number": ("PESEL 44051401359",),
    "Portuguese citizen card number": ("00000000 0 ZZ4", "000000000ZZ4"),
    "Romanian personal number": ("1630615123457",),
    "Slovenian personal number": ("0101006500006",),
    "Spanish identity number": ("54362315-K", "54362315K"),
    "Spanish foreigner number": ("x-2482300w", "X2482300W"),
    "Swedish personal number": ("880320-0016", "198803200016", "19880320-0016"),
    "Swiss social security number": ("756.9217.0769.85", "7569217076985"),
    "British national insurance number": ("NI number AB 12 34 56 C", "NINO AB123456C"),
    "British NHS number": ("NHS 943-476-5870", "NHS number: 943 476 5870"),
    "US social security number": ("SSN 536-90-4399",),
}
CASES = [(name, text) for name, texts in VALID.items() for text in texts]
DIGITS = str.maketrans(string.digits, "٠١٢٣٤٥٦٧٨٩")
WIDE = str.maketrans(string.digits, "".join(chr(0xFF10 + n) for n in range(10)))


def _seen(name: str, text: str) -> bool:
    text, tries = plain(text), Tries(100)
    return any(i.is_in(text, 0, len(text), tries) for i in IDENTIFIERS if i.name == name)


def test_each_has_its_cases() -> None:
    assert {i.name for i in IDENTIFIERS} == set(VALID)


@pytest.mark.parametrize(("name", "text"), CASES)
def test_it_is_found_in_a_sentence(name: str, text: str) -> None:
    assert _seen(name, text)
    assert _seen(name, f"Please look at {text}, and tell me.")
    assert _seen(name, f"({text}) x")


@pytest.mark.parametrize(("name", "text"), CASES)
def test_it_is_found_in_digits_of_other_scripts_and_with_other_gaps(name: str, text: str) -> None:
    assert _seen(name, text.translate(DIGITS))
    assert _seen(name, text.translate(WIDE))
    assert _seen(name, text.replace(" ", "\u00a0").replace("-", "\u2011"))


@pytest.mark.parametrize("text", [text for _, text in CASES])
def test_the_union_of_forms_finds_it(text: str) -> None:
    assert any_of(IDENTIFIERS).search(f"so {text}.")


@pytest.mark.parametrize(("name", "text"), CASES)
def test_it_is_not_found_inside_a_longer_word(name: str, text: str) -> None:
    word = text.rsplit(maxsplit=1)[-1]
    inside = text.removesuffix(word) + f"q9{word}9q"
    assert not _seen(name, inside)


CHECKED = [(n, t) for n, t in CASES if n != "British national insurance number"]


@pytest.mark.parametrize(("name", "text"), CHECKED)
def test_another_check_digit_is_not_it(name: str, text: str) -> None:
    """Of the ten texts with another digit in one place, few are identifiers themselves."""
    at = max(n for n, char in enumerate(text) if char.isdigit())
    others = [f"{text[:at]}{digit}{text[at + 1 :]}" for digit in string.digits if digit != text[at]]
    # Denmark gave up its check digits in 2007, the USA never had any
    most = 9 if name in {"Danish CPR number", "US social security number"} else 2
    assert sum(_seen(name, other) for other in others) <= most


@pytest.mark.parametrize("identifier", IDENTIFIERS, ids=lambda i: f"{i.name} {i.form}"[:40])
def test_a_word_is_needed_where_one_is_named(identifier: Identifier) -> None:
    texts = [t for t in VALID[identifier.name] if _of(identifier, t)]
    assert texts
    bare = [re.sub(r"^\D* (?=[A-Z]{0,2} ?\d)", "", t) for t in texts]
    assert any(_of(identifier, t) for t in bare) is (identifier.words is None)


def _of(identifier: Identifier, text: str) -> bool:
    return identifier.is_in(text, 0, len(text), Tries(100))


SHAPES = (
    "#########",
    "##########",
    "###########",
    "#############",
    "###############",
    "######-####",
)


@pytest.mark.parametrize("shape", SHAPES)
def test_few_random_numbers_are_taken_for_one(shape: str) -> None:
    """Order numbers, instants, keys: of each length at most 2 in 100 may be mistaken."""
    dice = random.Random(shape)  # noqa: S311 - for numbers of a test
    numbers = [
        "".join(dice.choice(string.digits) if c == "#" else c for c in shape) for _ in range(3_000)
    ]
    mistaken = sum(any(_of(i, number) for i in IDENTIFIERS) for number in numbers)
    assert mistaken / len(numbers) < (0.05 if "-" in shape else 0.02)


@given(st.text(alphabet="0123456789 -./+@ADEKXadekx٣é", max_size=60))
def test_the_union_of_forms_misses_nothing(text: str) -> None:
    one = any(i.is_in(text, 0, len(text), Tries(10_000)) for i in IDENTIFIERS)
    assert not one or any_of(IDENTIFIERS).search(text)


def test_digits_of_every_script_are_digits() -> None:
    every = "".join(c for c in map(chr, range(sys.maxunicode + 1)) if c.isdecimal())
    assert ord(every[-1]) <= LAST_DIGIT
    assert plain(every) == "".join(str(unicodedata.decimal(c)) for c in every)
    assert len(plain("a\u2003b\u2011c")) == 5
