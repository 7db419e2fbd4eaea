"""Files that hold a gateway's key: where they lie, whoever reads the document from wherever."""

from __future__ import annotations

import pytest

from policy_router.domain.route import KeySource
from policy_router.language.catalogue import catalogue
from policy_router.language.document import read_documents
from policy_router.language.parsing import parse
from policy_router.registry.build import build_registry
from tests.unit.documents import HOPS, TODAY


@pytest.mark.parametrize(
    ("document", "named", "place"),
    [
        ("gw.yaml", "gw.key", "gw.key"),
        ("docs/own/gw.yaml", "../gw.key", "docs/own/../gw.key"),
        ("/gw.yaml", "gw.key", "/gw.key"),
        ("docs/gw.yaml", "/run/keys/gw", "/run/keys/gw"),
    ],
)
def test_a_key_lies_beside_the_document_that_names_it(
    document: str, named: str, place: str
) -> None:
    text = HOPS.replace("base_url:", f"key: {{file: {named}}}\nbase_url:")
    documents, _ = read_documents(document, text.encode())
    registry, _ = build_registry(catalogue(parse(documents))[0], TODAY)
    assert registry.gateways["gw"].key == KeySource(file=place)
