"""Plain scalars in YAML 1.1 and 1.2, case by case."""

from __future__ import annotations

import decimal
from decimal import Decimal

import pytest

from policy_router.language.scalars import core_value, readings, yaml_1_1, yaml_1_2

NULL, TEXT, INDICATOR, BOUNDLESS = "null", "text", "a sign to the reader", "a number out of range"


def number(value: str) -> str:
    return f"the number {value}"


# the scalar, what YAML 1.1 reads, what YAML 1.2 reads
TABLE = [
    ("", NULL, NULL),
    ("~", NULL, NULL),
    ("null", NULL, NULL),
    ("Null", NULL, NULL),
    ("NULL", NULL, NULL),
    ("nULL", TEXT, TEXT),
    *((word, "true", "true") for word in ("true", "True", "TRUE")),
    *((word, "false", "false") for word in ("false", "False", "FALSE")),
    *((word, "true", TEXT) for word in ("y", "Y", "yes", "Yes", "YES", "on", "On", "ON")),
    *((word, "false", TEXT) for word in ("n", "N", "no", "No", "NO", "off", "Off", "OFF")),
    *((word, TEXT, TEXT) for word in ("yEs", "oN", "tRUE", "nope", "yesterday", "offline")),
    ("=", INDICATOR, TEXT),
    ("<<", INDICATOR, TEXT),
    ("==", TEXT, TEXT),
    ("0", number("0"), number("0")),
    ("-0", number("-0"), number("-0")),
    ("42", number("42"), number("42")),
    ("+42", number("42"), number("42")),
    ("-42", number("-42"), number("-42")),
    ("00", number("0"), number("0")),
    ("007", number("7"), number("7")),
    ("010", number("8"), number("10")),
    ("-010", number("-8"), number("-10")),
    ("+017", number("15"), number("17")),
    ("08", TEXT, number("8")),
    ("0o17", TEXT, number("15")),
    ("0o18", TEXT, TEXT),
    ("-0o17", TEXT, TEXT),
    ("0O17", TEXT, TEXT),
    ("0x1F", number("31"), number("31")),
    ("-0x1F", number("-31"), TEXT),
    ("0x_1F", number("31"), TEXT),
    ("0x", TEXT, TEXT),
    ("0x_", number("0"), TEXT),
    ("0X1F", TEXT, TEXT),
    ("0b101", number("5"), TEXT),
    ("-0b1_0", number("-2"), TEXT),
    ("0b2", TEXT, TEXT),
    ("1_000", number("1000"), TEXT),
    ("1_", number("1"), TEXT),
    ("_1", TEXT, TEXT),
    ("0_7", number("7"), TEXT),
    ("1_000.5", number("1000.5"), TEXT),
    ("12:30", number("750"), TEXT),
    ("1:30", number("90"), TEXT),
    ("-1:30", number("-90"), TEXT),
    ("190:20:30", number("685230"), TEXT),
    ("12:30:00", number("45000"), TEXT),
    ("1:30.5", number("90.5"), TEXT),
    ("190:20:30.15", number("685230.15"), TEXT),
    ("0:30.", number("30"), TEXT),
    ("09:30", TEXT, TEXT),
    ("12:60", TEXT, TEXT),
    ("12:300", TEXT, TEXT),
    ("opper:openai", TEXT, TEXT),
    ("1.10", number("1.10"), number("1.10")),
    ("1.", number("1"), number("1")),
    (".5", number("0.5"), number("0.5")),
    ("+.5", number("0.5"), number("0.5")),
    ("010.5", number("10.5"), number("10.5")),
    (".", TEXT, TEXT),
    ("1.2.3", TEXT, TEXT),
    ("1e3", TEXT, number("1000")),
    ("1E3", TEXT, number("1000")),
    ("1e+3", TEXT, number("1000")),
    ("1.5e3", TEXT, number("1500")),
    ("1.5e+3", number("1500"), number("1500")),
    ("1.5e-3", number("0.0015"), number("0.0015")),
    (".5e+1", number("5"), number("5")),
    ("1.5e", TEXT, TEXT),
    ("e3", TEXT, TEXT),
    ("1.0e+99", number("1" + "0" * 99), number("1" + "0" * 99)),
    ("1.0e+100", BOUNDLESS, BOUNDLESS),
    ("1e100", TEXT, BOUNDLESS),
    ("0x1e100", number("123136"), number("123136")),
    ("9" * 64, number("9" * 64), number("9" * 64)),
    ("9" * 65, BOUNDLESS, BOUNDLESS),
    *((word, BOUNDLESS, BOUNDLESS) for word in (".inf", "-.Inf", "+.INF", ".nan", ".NaN", ".NAN")),
    (".iNF", TEXT, TEXT),
    ("-.nan", TEXT, TEXT),
    ("nan", TEXT, TEXT),
    ("inf", TEXT, TEXT),
    ("2026-11-22", TEXT, TEXT),
    ("2026-11-22T12:00:00Z", TEXT, TEXT),
    ("2026-11-22 12:00:00 +1", TEXT, TEXT),
    ("+1 555 0100", TEXT, TEXT),
    ("--", TEXT, TEXT),
    ("\u0663", TEXT, TEXT),
    ("\uff11\uff12", TEXT, TEXT),
]


def test_the_table_names_every_scalar_once() -> None:
    assert len({text for text, _, _ in TABLE}) == len(TABLE)


@pytest.mark.parametrize(("text", "old", "new"), TABLE)
def test_readings(text: str, old: str, new: str) -> None:
    assert (str(yaml_1_1(text)), str(yaml_1_2(text))) == (old, new)


@pytest.mark.parametrize(("text", "old", "new"), TABLE)
def test_a_second_look_is_taken_at_what_differs_or_is_boundless(
    text: str, old: str, new: str
) -> None:
    assert (readings(text) is not None) == (old != new or old == BOUNDLESS)


def test_exactness_does_not_depend_on_the_decimal_context() -> None:
    text = "123456789012345678901234567890:30.123456789"
    with decimal.localcontext(prec=3):
        assert yaml_1_1(text).value == Decimal("7407407340740740734074074073430.123456789")


CORE = {
    "": None,
    "null": None,
    "true": True,
    "FALSE": False,
    "0": 0,
    "-7": -7,
    "0x1F": 31,
    "0o17": 15,
    "010": 10,
    "1.10": Decimal("1.10"),
    "1.5e+3": Decimal("1.5e+3"),
    "yes": "yes",
    "2026-11-22": "2026-11-22",
    ".inf": ".inf",
    ".nan": ".nan",
    "1e100": "1e100",
    "word": "word",
}


@pytest.mark.parametrize(("text", "value"), CORE.items())
def test_core_value(text: str, value: object) -> None:
    assert core_value(text) == value
    assert type(core_value(text)) is type(value)
    assert str(core_value(text)) == str(value)
