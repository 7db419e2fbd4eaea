"""Files made to exhaust a reader: each stops at a limit with one diagnostic."""

from __future__ import annotations

import pytest

from policy_router.language.document import read_documents
from policy_router.language.text import Limits

MEGABYTE = 1024 * 1024


def codes(data: bytes, limits: Limits | None = None) -> list[str]:
    _, diagnostics = read_documents("f.yaml", data, limits or Limits())
    return [diagnostic.code for diagnostic in diagnostics]


DEEP = {
    "40,000 brackets": b"[" * 40_000,
    "1,000,000 brackets": b"[" * 1_000_000,
    "40,000 closed brackets": b"[" * 40_000 + b"]" * 40_000,
    "braces": b"{a: " * 100_000,
    "braces as keys": b"{" * 100_000,
    "dashes": b"- " * 100_000,
    "question marks": b"? " * 100_000,
    "indented mappings": b"".join(b" " * level + b"k:\n" for level in range(1_000)),
}


@pytest.mark.parametrize("name", DEEP)
def test_nesting(name: str) -> None:
    assert codes(DEEP[name]) == ["DOC007"]


def nested(depth: int) -> bytes:
    """A value `depth` levels deep, counting the document and the value itself."""
    return b"a: " + b"[" * (depth - 2) + b"x" + b"]" * (depth - 2)


def test_nesting_up_to_the_limit_is_read() -> None:
    assert codes(nested(64)) == []
    assert codes(nested(65)) == ["DOC007"]


def test_the_place_of_what_is_nested_too_deeply_is_said() -> None:
    _, (diagnostic,) = read_documents("f.yaml", nested(65))
    assert (diagnostic.span.line, diagnostic.span.column) == (1, 67)


def test_a_file_of_50_megabytes_is_not_read() -> None:
    assert codes(b"a" * (50 * MEGABYTE)) == ["DOC001"]


def test_a_file_up_to_the_limit_is_read() -> None:
    start = b"a: 1\n#"
    assert codes(start + b"x" * (8 * MEGABYTE - len(start))) == []
    assert codes(start + b"x" * (8 * MEGABYTE - len(start) + 1)) == ["DOC001"]


def test_a_file_of_control_characters_is_one_problem_a_kind() -> None:
    assert codes(b"\x00\x01" * (4 * MEGABYTE)) == ["DOC004", "DOC004"]


def test_values_up_to_the_limit_are_read() -> None:
    limits = Limits(nodes=5)
    assert codes(b"a: [1, 2]", limits) == []
    assert codes(b"a: [1, 2, 3]", limits) == ["DOC008"]


def test_half_a_million_values_are_the_default_limit() -> None:
    assert codes(b"a: [" + b"x," * 500_000 + b"]") == ["DOC008"]


def test_problems_end_at_their_limit() -> None:
    data = b"a: [" + b"no, " * 10 + b"]"
    assert codes(data, Limits(problems=11)) == ["DOC020"] * 10
    assert codes(data, Limits(problems=10)) == ["DOC020"] * 10 + ["DOC009"]
    assert codes(data, Limits(problems=3)) == ["DOC020"] * 3 + ["DOC009"]


def test_an_exploding_document_is_one_problem_an_anchor() -> None:
    lines = [b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 30):
        members = b", ".join([b"*a%d" % (level - 1)] * 10)
        lines.append(b"a%d: &a%d [%s]" % (level, level, members))
    assert codes(b"\n".join(lines)) == ["DOC014"] * 30


def test_an_unfinished_text_of_many_lines_is_one_problem() -> None:
    assert codes(b'a: "' + b"x\n" * 500_000) == ["DOC012"]


def test_a_number_of_a_million_digits_is_refused_and_not_converted() -> None:
    for digits in (b"9", b"7", b"1_"):
        assert codes(b"a: " + digits * 1_000_000) == ["DOC021"]
    assert codes(b"a: 0" + b"7" * 1_000_000) == ["DOC021"]
    assert codes(b"a: 0x" + b"f" * 1_000_000) == ["DOC021"]
    assert codes(b"a: 1" + b":59" * 300_000) == ["DOC021"]
