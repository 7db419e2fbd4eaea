"""What stands in the defaults of a list is converted once, and nothing else is taken for it."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import PlainValidator, TypeAdapter, ValidationError

from policy_router.language.document import read_documents
from policy_router.language.grammar.places import RouteBody
from policy_router.language.grammar.refusals import wrong
from policy_router.language.grammar.values import ConvertedOnce
from policy_router.language.parsing import parse

Names = list[str]


def adapter(converted: list[object]) -> TypeAdapter[Names]:
    """Converts lists of text, and notes what it converts."""

    def convert(value: object) -> Names:
        converted.append(value)
        if not isinstance(value, list):
            raise wrong("a list", value)
        return [str(each) for each in value]

    return TypeAdapter(Annotated[list[str], PlainValidator(convert), ConvertedOnce()])


def test_the_very_same_data_is_converted_once() -> None:
    converted: list[object] = []
    names = adapter(converted)
    data, equal = ["a"], ["a"]
    first = names.validate_python(data)
    assert names.validate_python(data) is first
    assert names.validate_python(equal) == first
    assert converted == [data, equal]


@pytest.mark.parametrize("refused", [None, "a", 1])
def test_what_is_refused_is_refused_again(refused: object) -> None:
    converted: list[object] = []
    names = adapter(converted)
    names.validate_python(["a"])
    for _ in range(2):
        with pytest.raises(ValidationError):
            names.validate_python(refused)
    assert converted == [["a"], refused, refused]


LIST = b"""\
kind: routes
id: many
language: 1
defaults:
  gateway: near
  provider: them
  stage: ga
  sources: {s: {kind: third_party, basis: public_terms, reference: a list, read_on: 2026-11-22}}
routes:
  near:one: {model: one}
  near:own: {model: own, sources: {s: {reference: another list}}}
  near:two: {model: two}
"""


def test_members_of_a_list_share_their_sources_and_add_their_own() -> None:
    documents, problems = read_documents("routes.yaml", LIST)
    reading = parse(documents)
    assert (problems, reading.diagnostics) == ((), ())
    one, own, two = (p.body for p in reading.parsed if isinstance(p.body, RouteBody))
    assert one.sources == two.sources
    assert [b.sources["s"].evidence.reference for b in (one, own)] == ["a list", "another list"]
