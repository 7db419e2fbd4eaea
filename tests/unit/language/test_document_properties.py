"""Laws of reading, for any bytes at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from policy_router.language import document
from policy_router.language.document import read_documents
from policy_router.language.nodes import Document, Mapping, Node, Scalar, Sequence, plain_data
from policy_router.language.scalars import core_value
from policy_router.language.text import FORBIDDEN, split_lines
from policy_router.report.diagnostics import render_json, render_text

FRAGMENTS = (
    *("kind: policy", "a: b", "- ", "? ", ": ", ", ", "[", "]", "{", "}", "&a ", "*a", "!t ", "! "),
    *("'", '"', "|", ">", "|2-", "#", " #", "\n", "\n  ", "\n    ", "\t", "\r\n", "---\n", "...\n"),
    *("%YAML 1.2\n", "%TAG ! x\n", "<<", "~", "no", "010", "12:30", ".nan", "\\", "é", "\x00", "@"),
)
yaml_like = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)
writable = st.text(max_size=40).filter(lambda text: not FORBIDDEN.search(text))
trees = st.recursive(
    st.none() | writable,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(writable, inner, max_size=4),
    max_leaves=15,
)
plain_words = st.text("0123456789+-_.:abcdefxnoyYNOEOFts~<=", min_size=1, max_size=8)


@pytest.fixture(params=["libyaml", "python"], autouse=True, scope="module")
def parser(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        loader = {"libyaml": yaml.CBaseLoader, "python": yaml.BaseLoader}[request.param]
        patch.setattr(document, "_LOADER", loader)
        yield


def assert_sound(data: bytes) -> None:
    """Something is read or something is reported, and every report can be rendered."""
    documents, diagnostics = read_documents("f.yaml", data)
    assert documents or diagnostics
    text = data.decode("utf-8", "replace")
    lines = split_lines(text)
    for diagnostic in diagnostics:
        assert 1 <= diagnostic.span.line <= len(lines)
        assert 1 <= diagnostic.span.column <= len(lines[diagnostic.span.line - 1]) + 1
        assert diagnostic.span.column <= diagnostic.span.end_column
        assert diagnostic.help
    rendered = render_text(diagnostics, {"f.yaml": text})
    assert not FORBIDDEN.search(rendered)
    assert len(json.loads(render_json(diagnostics))["diagnostics"]) == len(set(diagnostics))


@given(st.binary(max_size=200))
def test_any_bytes_give_documents_or_diagnostics(data: bytes) -> None:
    assert_sound(data)


@given(st.text(max_size=200))
def test_any_text_gives_documents_or_diagnostics(text: str) -> None:
    assert_sound(text.encode("utf-8", "surrogatepass"))


@given(yaml_like)
def test_anything_like_yaml_gives_documents_or_diagnostics(text: str) -> None:
    assert_sound(text.encode())


@given(st.dictionaries(writable, trees, max_size=5))
def test_json_comes_back_as_it_was_written(data: dict[str, object]) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=1)
    assert read_back(text) == data


@pytest.mark.parametrize("style", ["'", '"'])
@given(data=st.dictionaries(writable, writable, max_size=5))
def test_quoted_scalars_come_back_as_they_were_written(style: str, data: dict[str, str]) -> None:
    text = yaml.safe_dump(data, default_style=style, allow_unicode=True, default_flow_style=False)
    assume(not FORBIDDEN.search(text))
    assume("!!" not in text and "? " not in text)
    assert read_back(text) == data


def read_back(text: str) -> object:
    documents, diagnostics = read_documents("f.yaml", text.encode())
    assert diagnostics == ()
    return plain_data(documents[0].root)


@given(yaml_like)
def test_a_plain_scalar_stands_where_its_span_says(text: str) -> None:
    lines = split_lines(text)
    documents, diagnostics = read_documents("f.yaml", text.encode())
    # a tag or an anchor is part of the place of its value
    assume(not {"DOC014", "DOC015"} & {diagnostic.code for diagnostic in diagnostics})
    for scalar in scalars(documents):
        written = lines[scalar.line - 1][scalar.column - 1 : scalar.end_column - 1]
        runs_over_lines = len(written) == 1 and scalar.text.startswith(written)
        assert written == scalar.text or runs_over_lines


def scalars(documents: tuple[Document, ...]) -> Iterator[Scalar]:
    """Every plain scalar."""
    nodes: list[Node] = [found.root for found in documents]
    while nodes:
        match nodes.pop():
            case Scalar(plain=True) as scalar:
                yield scalar
            case Mapping(entries=entries):
                nodes += [node for entry in entries.values() for node in entry]
            case Sequence(items=items):
                nodes += items
            case _:
                pass


@given(plain_words)
def test_what_is_not_refused_pyyaml_reads_like_the_core_schema(text: str) -> None:
    # PyYAML, a reader of YAML 1.1, takes `+.5` for text; the definition of 1.1 takes it for 0.5
    assume(text.strip("+-").startswith(".") is False)
    documents, diagnostics = read_documents("f.yaml", f"a: {text}\n".encode())
    assume(not diagnostics)
    read = documents[0].root.entries["a"].value
    assume(isinstance(read, Scalar) and read.plain)
    theirs = yaml.safe_load(f"a: {text}\n")["a"]
    ours = core_value(read.text) if isinstance(read, Scalar) else None
    assert ours == (Decimal(text) if isinstance(theirs, float) else theirs)
    assert type(ours) is (Decimal if isinstance(theirs, float) else type(theirs))


@given(yaml_like)
def test_without_libyaml_no_more_is_accepted_and_nothing_reads_otherwise(text: str) -> None:
    read = {}
    for loader in (yaml.BaseLoader, yaml.CBaseLoader):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(document, "_LOADER", loader)
            read[loader] = read_documents("f.yaml", text.encode())
    documents, diagnostics = read[yaml.BaseLoader]
    assert diagnostics or (documents, ()) == read[yaml.CBaseLoader]
