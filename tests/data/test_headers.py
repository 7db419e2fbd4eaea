"""Every shipped document names the schema by which an editor checks it, and satisfies it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from policy_router.language.document import read_documents
from policy_router.language.nodes import json_value, plain_data
from tests.data.shipped import ROOT, files

PREFIX = "# yaml-language-server: $schema="
ANY_KIND = "documents"
# a gateway's own configuration, which stands beside the documents it goes with
FOREIGN = {ROOT / "examples/litellm_proxy/config.yaml"}


@cache
def validator(schema: Path) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "path",
    [path for path in files("data", "policies", "examples") if path not in FOREIGN],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_a_document_names_its_schema_and_satisfies_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith(PREFIX)
    schema = (path.parent / first.removeprefix(PREFIX)).resolve()
    assert schema.parent == ROOT / "schemas"
    documents, _ = read_documents(path.name, path.read_bytes())
    written = [json_value(plain_data(document.root)) for document in documents]
    kinds = {str(data["kind"]) for data in written if isinstance(data, dict)}
    expected = kinds.pop() if len(kinds) == 1 else ANY_KIND
    assert schema.name == f"{expected}.schema.json"
    for data in written:
        validator(schema).validate(data)
