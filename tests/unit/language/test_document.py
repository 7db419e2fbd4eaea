"""What is read, and where it stands."""

from __future__ import annotations

import codecs
from decimal import Decimal

import pytest

from policy_router.domain.diagnostic import Span
from policy_router.language.document import read_documents
from policy_router.language.nodes import (
    Document,
    Mapping,
    Scalar,
    Sequence,
    Unquoted,
    is_null,
    json_value,
    key_span,
    node_span,
    plain_data,
    value_span,
)

POLICY = """\
kind: policy
rules:
- id: a
  when: {data: {includes: personal}}
  cites: ["Art. 5",
          Art. 6]
- id: b
  text: |
    two
    lines
  empty:
"""


def read(text: str) -> Document:
    documents, diagnostics = read_documents("f.yaml", text.encode())
    assert diagnostics == ()
    (document,) = documents
    return document


def codes(data: bytes) -> list[tuple[str, int, int]]:
    _, diagnostics = read_documents("f.yaml", data)
    return [(d.code, d.span.line, d.span.column) for d in diagnostics]


def test_scalars_mappings_and_sequences_keep_their_places() -> None:
    root = read("a: [x, 'y']\n").root
    key, value = root.entries["a"]
    assert key == Scalar("a", True, 1, 1, 2)
    assert value == Sequence((Scalar("x", True, 1, 5, 6), Scalar("y", False, 1, 8, 11)), 1, 4, 12)
    assert (root.line, root.column, root.end_column) == (1, 1, 2)


def test_an_empty_value_stands_behind_its_colon() -> None:
    value = read("a:\nb: 1\n").root.entries["a"].value
    assert value == Scalar("", True, 1, 3, 3)
    assert is_null(value)


def test_quoted_null_is_text() -> None:
    root = read("a: 'null'\nb: ''\nc: null\nd: ~\n").root
    assert plain_data(root) == {"a": "null", "b": "", "c": None, "d": None}


def test_nodes_cannot_be_changed() -> None:
    root = read("a: 1\n").root
    with pytest.raises(TypeError):
        root.entries["b"] = root.entries["a"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        root.line = 2  # type: ignore[misc]


def test_columns_count_characters_not_bytes() -> None:
    entry = read("日本語é😀: {x: v}\n").root.entries["日本語é😀"]
    assert (entry.key.column, entry.key.end_column) == (1, 6)
    assert isinstance(entry.value, Mapping)
    assert entry.value.entries["x"].value.column == 12


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_count_alike_for_every_line_break(line_break: str) -> None:
    text = POLICY.replace("\n", line_break)
    assert value_span(read(text), ("rules", 1, "id")) == Span("f.yaml", 7, 7, 8)


def test_every_document_of_a_file_is_read_in_order() -> None:
    documents, diagnostics = read_documents("f.yaml", b"a: 1\n---\nb: 2\n...\n---\nc: 3\n")
    assert diagnostics == ()
    assert [plain_data(document.root) for document in documents] == [
        {"a": "1"},
        {"b": "2"},
        {"c": "3"},
    ]


def test_json_is_read() -> None:
    text = '{"data": ["health"], "tokens": {"input": 12}, "stateful": false, "none": null}'
    assert json_value(plain_data(read(text).root)) == {
        "data": ["health"],
        "tokens": {"input": 12},
        "stateful": False,
        "none": None,
    }


def test_plain_data_is_text_and_knows_what_was_quoted() -> None:
    data = plain_data(read("a: 010.5\nb: '1'\nc: true\n").root)
    assert data == {"a": "010.5", "b": "1", "c": "true"}
    assert isinstance(data, dict)
    assert [type(value) for value in data.values()] == [Unquoted, str, Unquoted]


def test_json_value_converts_only_what_was_not_quoted() -> None:
    data = plain_data(read("a: [1, 0.20, true, null, word]\nb: ['1', 'true', 'null']\n").root)
    value = json_value(data)
    assert value == {
        "a": [1, Decimal("0.20"), True, None, "word"],
        "b": ["1", "true", "null"],
    }
    assert isinstance(value, dict)
    assert str(value["a"]) == "[1, Decimal('0.20'), True, None, 'word']"


PATHS = {
    (): (1, 1, 5),
    ("kind",): (1, 7, 13),
    ("rules",): (3, 1, 2),
    ("rules", 0): (3, 3, 5),
    ("rules", 0, "when"): (4, 9, 37),
    ("rules", 0, "when", "data", "includes"): (4, 27, 35),
    ("rules", 0, "when", "Matcher", "data", "tagged-union[a,b]", "includes"): (4, 27, 35),
    ("rules", 0, "cites"): (5, 10, 11),
    ("rules", 0, "cites", "list[str]", 1): (6, 11, 17),
    ("rules", 0, "cites", 7): (5, 10, 11),
    ("rules", 0, "require"): (3, 3, 5),
    ("rules", 0, "id", "str"): (3, 7, 8),
    ("rules", 1, "text"): (8, 9, 10),
    ("rules", 1, "empty"): (11, 9, 9),
    ("nothing", "of", 0, "this"): (1, 1, 5),
}


@pytest.mark.parametrize(("path", "place"), PATHS.items())
def test_value_span(path: tuple[str | int, ...], place: tuple[int, int, int]) -> None:
    assert value_span(read(POLICY), path) == Span("f.yaml", *place)


KEY_PATHS = {
    ("kind",): (1, 1, 5),
    ("rules", 0, "when", "data"): (4, 10, 14),
    ("rules", 0, "when", "data", "[key]"): (4, 10, 14),
    ("rules", 0, "when", "dat"): (4, 3, 7),
    ("rules", 0): (3, 3, 5),
    ("rules", 0, "cites", 1): (6, 11, 17),
    (): (1, 1, 5),
}


@pytest.mark.parametrize(("path", "place"), KEY_PATHS.items())
def test_key_span(path: tuple[str | int, ...], place: tuple[int, int, int]) -> None:
    assert key_span(read(POLICY), path) == Span("f.yaml", *place)


def test_a_key_that_looks_like_a_number_is_found_by_either() -> None:
    document = read("'2026': x\n")
    assert value_span(document, (2026,)) == value_span(document, ("2026",))
    assert value_span(document, ("2026",)) == Span("f.yaml", 1, 9, 10)


def test_node_span_names_the_file() -> None:
    document = read("a: 1\n")
    assert str(node_span(document, document.root)) == "f.yaml:1:1"


def test_a_key_in_two_documents_is_no_duplicate() -> None:
    assert codes(b"a: 1\n---\na: 2\n") == []


BYTES = {
    "byte order mark": (codecs.BOM_UTF8 + b"a: 1\n", [("DOC003", 1, 1)]),
    "byte order mark and more": (
        codecs.BOM_UTF8 + b"a: no\n",
        [("DOC003", 1, 1), ("DOC020", 1, 4)],
    ),
    "only a byte order mark": (codecs.BOM_UTF8, [("DOC003", 1, 1), ("DOC005", 1, 1)]),
    "byte order mark inside": ("a: 1\nb: \ufeff\n".encode(), [("DOC004", 2, 4)]),
    "byte order mark, not UTF-8": (
        codecs.BOM_UTF8 + b"a: \xe9",
        [("DOC003", 1, 1), ("DOC002", 1, 4)],
    ),
    "Latin-1": ("title: ä\nname: ö\n".encode("latin-1"), [("DOC002", 1, 8)]),
    "Latin-1 after UTF-8": ("é: 1\r\né: ".encode() + b"\xe9\n", [("DOC002", 2, 4)]),
    "UTF-16": ("a: 1\n".encode("utf-16"), [("DOC002", 1, 1)]),
    "half a character": (b"a: \xf0\x9f", [("DOC002", 1, 4)]),
    "encoded surrogate": (b"a: \xed\xa0\x80", [("DOC002", 1, 4)]),
    "NUL": (b"a: 1\nb: \x00\n", [("DOC004", 2, 4)]),
    "only NUL": (b"\x00" * 100, [("DOC004", 1, 1)]),
    "escape sequence": (b"a: \x1b[31mred\n", [("DOC004", 1, 4)]),
    "C1 control": ("a: \x9b31m\n".encode(), [("DOC004", 1, 4)]),
    "next line": ("a: 1\x85b: 2\n".encode(), [("DOC004", 1, 5)]),
    "line separator": ("a: 1\u2028b: 2\n".encode(), [("DOC004", 1, 5)]),
    "direction override": ("# \u202e\na: 1\n".encode(), [("DOC004", 1, 3)]),
    "two kinds of character": (b"a: \x1b\x07\x1b\n", [("DOC004", 1, 5), ("DOC004", 1, 4)]),
    "empty": (b"", [("DOC005", 1, 1)]),
    "blank": (b"  \n\n", [("DOC005", 1, 1)]),
    "scalar": (b"just text", [("DOC006", 1, 1)]),
    "tag without a name": (b"a: ! 'x'\n", [("DOC015", 1, 4)]),
    "tag on a key": (b"!k a: 1\n", [("DOC015", 1, 1)]),
    "tag on the document": (b"--- !policy\na: 1\n", [("DOC015", 1, 5)]),
    "anchor on a key": (b"&k a: *k\n", [("DOC014", 1, 1)]),
    "anchor and tag": (b"a: &x !t 1\n", [("DOC014", 1, 4), ("DOC015", 1, 4)]),
    "alias as key": (b"? *x\n: 1\n", [("DOC014", 1, 3)]),
    "reserved directive": (b"%ACME x\n---\na: 1\n", [("DOC016", 1, 1)]),
}


@pytest.mark.parametrize("name", BYTES)
def test_refused(name: str) -> None:
    data, expected = BYTES[name]
    assert codes(data) == expected


def test_the_offset_of_a_byte_that_is_not_utf_8_is_said() -> None:
    _, (diagnostic,) = read_documents("f.yaml", b"a: 1\nb: \xe9\n")
    assert diagnostic.message == "not UTF-8: byte 0xE9 at offset 8"


def test_what_was_read_before_a_syntax_error_is_handed_out() -> None:
    documents, diagnostics = read_documents("f.yaml", b"a: 1\n---\nb: [\n---\nc: 1\n")
    assert [plain_data(document.root) for document in documents] == [{"a": "1"}]
    assert [d.code for d in diagnostics] == ["DOC013"]


def test_the_first_of_two_equal_keys_stays() -> None:
    documents, _ = read_documents("f.yaml", b"a: 1\na: 2\n")
    assert plain_data(documents[0].root) == {"a": "1"}


def test_text_that_a_message_quotes_is_shortened() -> None:
    key = b"k" * 500
    _, (diagnostic,) = read_documents("f.yaml", key + b": 1\n" + key + b": 2\n")
    assert diagnostic.message == f"duplicate key `{'k' * 59}…`"
