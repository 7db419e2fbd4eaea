"""Documents that were read and found sound before, and what is described again beside them."""

from __future__ import annotations

import pytest

from policy_router.language.catalogue import Catalogue, Known, catalogue
from policy_router.language.document import read_documents
from policy_router.language.parsing import parse
from policy_router.registry.build import build_registry, fingerprints
from tests.unit.documents import HOPS, TODAY

MODEL = "kind: model\nid: acme/one\nlanguage: 1\ntitle: One\n"


def _of(text: str) -> Catalogue:
    documents, _ = read_documents("before.yaml", text.encode())
    return catalogue(parse(documents))[0]


@pytest.mark.parametrize(
    ("again", "codes"),
    [
        (MODEL, []),
        (MODEL.replace("title: One", "title: Another"), ["PRJ401"]),
        (f"{MODEL}---\n{MODEL.replace('title: One', 'title: Another')}", ["PRJ401"]),
        (MODEL.replace("acme/one", "acme/two"), []),
    ],
)
def test_what_is_known_is_described_again_only_as_it_is(again: str, codes: list[str]) -> None:
    before = _of(HOPS)
    known = Known(build_registry(before, TODAY)[0], fingerprints(before))
    documents, _ = read_documents("again.yaml", again.encode())
    found, problems = catalogue(parse(documents), known)
    assert [problem.code for problem in problems] == codes
    assert [span.file for p in problems for _, span in p.related] == ["before.yaml" for _ in codes]
    assert [d.id for d in found.documents] == (["acme/two"] if "acme/two" in again else [])
