"""The built-in detector: what it sees, what it leaves alone, and that it always ends."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.detect.built_in import MOST_TRIED, BuiltIn
from policy_router.detect.identifier import TooManyCandidates
from policy_router.detect.plain import plain
from tests.unit.detect.test_identifiers import CASES

DETECTOR = BuiltIn()


@pytest.mark.parametrize(("name", "text"), CASES)
def test_every_identifier_is_seen_deep_inside_a_text(name: str, text: str) -> None:
    long = f"{'Nothing here but 12 words. ' * 40}It is {text}; {'and so on. ' * 40}"
    category = "cardholder" if name == "payment card" else "personal"
    assert category in DETECTOR.categories(long)


@pytest.mark.parametrize(
    "text",
    [
        "write to anna.svensson@foretag.se",
        "mailto:o'brien+x@mail.brien.ie?subject=hi",
        "jürgen@müller-söhne.de",
        "anna@foretag.se",
        "call +46 70 123 45 67 now",
        "tel:+4930901820",
        "\uff0b49 30 901820",
    ],
)
def test_ways_to_reach_a_person_are_personal(text: str) -> None:
    assert DETECTOR.categories(text) == {"personal"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Write a haiku about rain.",
        "2026-11-22T10:00:00.123456Z and 1732270000000",
        "192.168.100.200:8080, v1.22.333, fe80::1ff:fe23:4567:890a",
        "550e8400-e29b-41d4-a716-446655440000",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "pi is 3.14159265358979323846, e 2.71828182845904523536",
        "f(x) = x + 1, 2+2=4, C++20",
        "user@example.com, a@b.test, @decorator, git@localhost, x@y",
        "1 000 000 000 EUR, 1,234,567.89 USD",
        "4111 1111 1111 1112",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
    ],
)
def test_what_is_nobodys_is_left_alone(text: str) -> None:
    assert DETECTOR.categories(text) == frozenset()


def test_addresses_of_the_organisation_can_be_left_out() -> None:
    detector = BuiltIn(frozenset({"support@company.eu", "@lists.company.eu"}))
    assert not detector.categories("ask Support@Company.eu or dev@lists.company.eu")
    assert detector.categories("ask support@company.eu or anna@company.eu") == {"personal"}
    assert detector.categories("anna@xlists.company.eu") == {"personal"}


def test_both_categories_at_once() -> None:
    text = "a@firma.de paid with 4111 1111 1111 1111"
    assert DETECTOR.categories(text) == {"personal", "cardholder"}


@pytest.mark.parametrize("hostile", ["a@", "+1", "DE12 3456 ", "4111111111111112 "])
def test_a_text_of_candidates_alone_is_given_up(hostile: str) -> None:
    with pytest.raises(TooManyCandidates):
        DETECTOR.categories(hostile * 2 * MOST_TRIED)


@pytest.mark.parametrize("hostile", ["1", "1 ", "a1", "é", "@" * 3, "\u00a0", "2026-11-22,4\n"])
def test_any_other_text_is_read_to_its_end_or_given_up(hostile: str) -> None:
    try:
        assert DETECTOR.categories(hostile * 10_000) == frozenset()
    except TooManyCandidates:
        assert "@" in hostile


def test_nothing_is_asked_of_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for _, text in CASES:
        assert BuiltIn().categories(f"{text} anna@foretag.se +46 70 123 45 67")


_TELLING = (
    "jürgen@müller-söhne.de",
    "RSSMRA85T10A562S",
    "+46 70 123 45 67",
    "4111 1111 1111 1111",
    "811228-9874",
    "DE89 3704 0044 0532 0130 00",
)
_PARTS = (
    "",
    " ",
    "@",
    "+",
    "1",
    "\u0664",
    "\uff19",
    "\uff20",
    "\uff0b",
    "NINO AA ",
    "anna",
    "firma.de",
)
_PIECES = st.sampled_from((*_TELLING, *_PARTS)) | st.text(max_size=8)


@given(st.lists(_PIECES, max_size=8).map("".join))
def test_a_text_that_is_passed_over_at_one_look_shows_nothing(text: str) -> None:
    assert DETECTOR.categories(text) == DETECTOR._seen_in(plain(text))
