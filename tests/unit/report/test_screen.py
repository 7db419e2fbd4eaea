"""Words fitted to a screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from policy_router.report.screen import Screen, Style, unstyled

PLAIN = Screen()
FULL = Screen(colour=True, unicode=True, person=True)


def test_a_plain_screen_shows_no_colour_and_no_character_beyond_ascii() -> None:
    assert PLAIN.styled("a", Style.BAD) == PLAIN.bold("a") == PLAIN.dim("a") == "a"
    assert (PLAIN.arrow + PLAIN.bullet + PLAIN.line).isascii()


def test_colours_end_where_they_began() -> None:
    assert FULL.styled("a", Style.GOOD) == "\x1b[1;32ma\x1b[0m"
    assert FULL.styled("", Style.GOOD) == ""
    assert unstyled(f"{FULL.bold('a')}b{FULL.dim('c')}") == "abc"


def test_lines_hang_below_the_first() -> None:
    screen = Screen(width=30)
    assert screen.wrapped("one two three four five six seven", "  1. ") == [
        "  1. one two three four five",
        "     six seven",
    ]
    assert screen.wrapped("", "x") == ["x"]
    assert list(screen.listed(["a", "b"])) == ["  - a", "  - b"]


@given(st.text(alphabet="abc -", max_size=300), st.integers(min_value=40, max_value=120))
def test_no_line_is_wider_than_the_screen(text: str, columns: int) -> None:
    words = " ".join(word[:15] for word in text.split())
    lines = Screen(width=columns).wrapped(words, "first ", "   rest ")
    assert all(len(line) <= columns for line in lines)
    assert " ".join(line[6:] if not n else line[8:] for n, line in enumerate(lines)) == words
