"""Bodies that two parsers could read differently are refused, whatever they hold."""

from __future__ import annotations

import json
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_router.wire import json_strict
from policy_router.wire.json_strict import Limits, leniently, parse, serialise
from policy_router.wire.refusal import RefusalCode, Refused

CANARY = "CANARY-secret-words"


def _refused(body: bytes, limits: Limits | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        parse(body, limits or Limits())
    return caught.value


@pytest.mark.parametrize(
    "body",
    [
        b'{"model": "a", "model": "b"}',
        b'{"model": "a", "\\u006dodel": "b"}',
        b'{"model": "a", "Model": "b"}',
        b'{"model": "a", "MODEL": "b"}',
        '{"store": "a", "\u017ftore": "b"}'.encode(),
        b'{"x": {"y": [{"a": 1, "a": 1}]}}',
    ],
)
def test_names_stated_twice(body: bytes) -> None:
    refused = _refused(body)
    assert (refused.code, refused.status) == (RefusalCode.DUPLICATE_KEY, 400)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"model"',
        b"null",
        b'{"a": 1} {"b": 2}',
        b'{"a": 1}x',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e400}',
        b'{"a": -1e400}',
        b'{"a": 1,}',
        b"{'a': 1}",
        b'{"a": 01}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        '{"a": 1}'.encode("utf-32"),
        b'{"a": "\\ud800"}',
        b'{"a": "\\udc00\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"a": "line\nbreak"}',
        b'{"a": "\x00"}',
        b'{"a": 1' + b"0" * 5000 + b"}",
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 200_000,
    ],
)
def test_malformed(body: bytes) -> None:
    refused = _refused(body)
    assert (refused.code, refused.status) == (RefusalCode.INVALID_BODY, 400)


def test_names_that_are_passed_over_quickly_are_those_of_one_spelling() -> None:
    often = json_strict._OFTEN
    assert len({name.casefold() for name in often}) == len(often)
    for name in often:
        once = f'{{"{name}": 1}}'.encode()
        assert parse(once) == {name: 1}
        for other in (name, name.upper(), f"\\u{ord(name[0]):04x}{name[1:]}"):
            twice = f'{{"{name}": 1, "{other}": 2}}'.encode()
            assert _refused(twice).code is RefusalCode.DUPLICATE_KEY


def test_depth_is_counted_from_the_object_itself() -> None:
    limits = Limits(depth=3)
    assert parse(b'{"a": {"b": [1]}}', limits) == {"a": {"b": [1]}}
    assert "nested" in _refused(b'{"a": {"b": [[1]]}}', limits).message


def test_size_is_bounded() -> None:
    body = b'{"a": "%s"}' % (b"x" * 100)
    assert parse(body, Limits(size=len(body)))
    refused = _refused(body, Limits(size=len(body) - 1))
    assert (refused.code, refused.status) == (RefusalCode.BODY_TOO_LARGE, 413)


def test_the_number_of_values_is_bounded_but_commas_in_text_are_no_values() -> None:
    assert parse(json.dumps({"a": ",:[" * 50}).encode(), Limits(values=10))
    assert parse(json.dumps({"a": '\\",' * 50}).encode(), Limits(values=10))
    assert "values" in _refused(b'{"a": [' + b"1," * 50 + b"1]}", Limits(values=10)).message


@pytest.mark.parametrize(("kind", "empty"), [("objects", "{}"), ("lists", "[]")])
def test_what_holds_values_is_bounded_by_itself_but_none_in_text_counts(
    kind: str, empty: str
) -> None:
    limits = Limits(**{kind: 3})
    rest = f'"b": [[{empty}], {{"c": 1}}]' if kind == "objects" else f'"b": [{empty}, {{"c": []}}]'
    assert parse(f'{{"a": "{empty[0] * 50}", {rest}}}'.encode(), limits)
    assert parse(json.dumps({"a": f'\\"{empty[0]}' * 50}).encode(), limits)
    assert (
        f"3 {kind}" in _refused(f'{{"a": {empty}, {rest}, "d": {empty}}}'.encode(), limits).message
    )


def test_text_is_bounded_by_itself() -> None:
    body = b'{"a": "%s"}' % (b"x" * 100)
    assert parse(body, Limits(text=len(body)))
    refused = _refused(body, Limits(text=len(body) - 1))
    assert (refused.code, refused.status) == (RefusalCode.BODY_TOO_LARGE, 413)
    assert parse(body, Limits(text=len(body) - 1).all_text)


@pytest.mark.parametrize("before", range(0, 160, 7))
def test_numbers_have_as_many_digits_as_the_largest_double(before: int) -> None:
    """Wherever they stand in a body, which is cut up to look for long ones."""
    for sign in ("", "-"):
        most = f'{{"{"x" * before}":{sign}{"9" * 309}}}'.encode()
        assert parse(most) == {"x" * before: int(f"{sign}{'9' * 309}")}
        longer = most.replace(b"9", b"98", 1)
        assert "a number in it is too long" in _refused(longer).message
        text = (
            most.replace(b":-" if sign else b":", b':"').replace(b"}", b'"}').replace(b"9", b"99")
        )
        assert parse(text)


def test_names_have_a_length() -> None:
    longest = "n" * json_strict._LONGEST_NAME
    for more in ("", ',"b":1', ', "b": 1'):
        assert parse(f'{{"{longest}":1{more}}}'.encode())
        assert "a name in it" in _refused(f'{{"{longest}n":1{more}}}'.encode()).message


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":"' + b'[,:\\"' * 800_000,
        b'{"a":"' + b'",' * 2_000_000,
        b'{"a":"' + b"\\" * 4_000_000,
        b'{"a":' + b"[" * 4_000_000,
        b'{"a":' + b"9" * 4_000_000 + b"}",
        b'{"a":"' + b'\\\\"' * 1_300_000,
    ],
    ids=["open string", "quotes", "backslashes", "brackets", "digits", "escaped backslashes"],
)
def test_hostile_bodies_are_refused_as_fast_as_they_are_read(body: bytes) -> None:
    """Four megabytes, over which a quadratic reader would take hours."""
    _refused(body)


def test_escaped_characters_beyond_the_basic_plane_are_whole_characters() -> None:
    assert parse(b'{"a": "\\ud83d\\ude00"}') == {"a": "\N{GRINNING FACE}"}


def test_a_refusal_repeats_no_content() -> None:
    secret = f"{CANARY} has a space"
    bodies = [
        json.dumps({"a": secret}).encode()[:-1],
        json.dumps({"a": secret}).encode() + b"x",
        f'{{"{secret}": 1, "{secret}": 2}}'.encode(),
        f'{{"a": "{secret}\\ud800"}}'.encode(),
    ]
    for body in bodies:
        refused = _refused(body)
        assert CANARY not in f"{refused} {refused.help}"


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(), inner, max_size=4).filter(
            lambda d: len({k.casefold() for k in d}) == len(d)
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from("abcdef"), _VALUES))
def test_what_is_written_is_read_back(value: dict[str, object]) -> None:
    assert parse(serialise(value)) == value
    assert parse(json.dumps(value).encode()) == value
    assert serialise(parse(serialise(value))) == serialise(value)


@given(st.dictionaries(st.sampled_from("abcdef"), _VALUES))
def test_both_writers_write_the_same_values(value: dict[str, object]) -> None:
    with patch.object(json_strict, "orjson", None):
        slowly = serialise(value)
        assert repr(leniently(slowly)) == repr(value)
    assert repr(parse(serialise(value))) == repr(parse(slowly)) == repr(value)
    assert leniently(b"{") is None


def _strictly(body: bytes) -> str:
    """What a body is without the short cut, or why it is refused."""
    with patch.object(json_strict, "orjson", None):
        return _found(body)


def _found(body: bytes) -> str:
    try:
        return repr(parse(body))
    except Refused as refused:
        return refused.code.value


_NUMBERS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,22})(\.[0-9]{1,4})?([eE][+-]?[0-9]{1,3})?", fullmatch=True
)
_ESCAPES = st.from_regex(r'(\\u[0-9a-fA-F]{4}|\\[bfnrt/"\\]|[a-z ])*', fullmatch=True)
_WRITTEN = st.recursive(
    _NUMBERS | _ESCAPES.map('"{}"'.format) | st.sampled_from(["null", "true", "false", "NaN", "-"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda each: f"[{','.join(each)}]")
        | st.lists(
            st.tuples(st.sampled_from(["a", "b", "A", "role", "\\u0061"]), inner), max_size=3
        ).map(lambda each: "{" + ",".join(f'"{name}":{value}' for name, value in each) + "}")
    ),
    max_leaves=8,
)


@given(_WRITTEN.map(lambda value: f'{{"x":{value}}}'.encode()))
def test_what_is_read_by_writing_it_back_is_what_is_read_strictly(body: bytes) -> None:
    assert _found(body) == _strictly(body)


@given(st.dictionaries(st.sampled_from("abcdefAB"), _VALUES))
def test_whatever_is_written_canonically_is_read_alike(value: dict[str, object]) -> None:
    for body in (serialise(value), json.dumps(value, separators=(",", ":")).encode()):
        assert _found(body) == _strictly(body)


def test_names_that_differ_in_case_are_seen_at_any_depth() -> None:
    for inner in ('{"a":1,"A":2}', '{"role":"x","Role":"y"}', '{"\u00df":1,"SS":2}'):
        for body in (inner, f'{{"x":{inner}}}', f'{{"x":[[{inner}]]}}'):
            assert json_strict._canonical(body.encode()) is not None
            assert _refused(body.encode()).code is RefusalCode.DUPLICATE_KEY


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        read = parse(body)
    except Refused:
        return
    assert isinstance(read, dict)
