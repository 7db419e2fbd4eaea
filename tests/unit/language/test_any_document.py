"""Whatever a document says, the answer is values or diagnostics, never anything else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_router.domain.codes import CODES
from policy_router.language.document import read_documents
from policy_router.language.nodes import plain_data
from tests.house.tree import ROOT
from tests.unit.documents import build

FOLDERS = ("tests/cases/diagnostics", "examples/organisation", "policies")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.yaml"))

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        "",
        " ",
        "x",
        "*",
        "-1",
        "1e9",
        "9" * 70,
        "NaN",
        "true",
        "GLOBAL",
        "EEA",
        "GB",
        "personal",
        "2026-02-30",
        "9999-12-31",
        "0001-01-01T00:00:00+14:00",
        "2026-01-01T00:00:00",
        "{message}",
        [],
        {},
        [[]],
        [None],
        {"": ""},
        ["x", "x"],
        {"includes": "personal"},
        {"value": None, "source": "page"},
        {"all": [{"not": {"any": [{}]}}]},
    ]
)


def documents() -> list[dict[str, Any]]:
    read = [read_documents(path.name, path.read_bytes())[0] for path in FILES]
    return [plain_data(d.root) for found in read for d in found]  # type: ignore[misc]


DOCUMENTS = documents()


def places(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - any part of a document
    """Every container in `value` with each of its keys or indices."""
    keys: list[Any] = list(value) if isinstance(value, dict) else []
    keys += range(len(value)) if isinstance(value, list) else []
    for key in keys:
        yield value, key
        yield from places(value[key])


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a document with a few parts replaced, renamed or taken away."""
    document: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 3))):
        found = list(places(document))
        if not found:
            break
        container, key = draw(st.sampled_from(found))
        change = draw(st.sampled_from(["replace", "remove", "rename", "double"]))
        if change == "replace":
            container[key] = copy.deepcopy(draw(ODD))
        elif change == "remove":
            del container[key]
        elif change == "rename" and isinstance(container, dict):
            container[key + "s"] = container.pop(key)
        elif isinstance(container, list):
            container.append(copy.deepcopy(container[key]))
    return document


def test_there_are_documents_of_many_kinds() -> None:
    assert len({document.get("kind") for document in DOCUMENTS if "kind" in document}) > 12


@settings(max_examples=300)
@given(st.lists(changed(), min_size=1, max_size=4))
def test_any_document_gives_values_or_diagnostics(found: list[dict[str, Any]]) -> None:
    text = "".join(f"---\n{json.dumps(document, indent=1)}\n" for document in found)
    for diagnostic in build(text, packs=("gdpr",)).diagnostics:
        assert diagnostic.code in CODES
        assert diagnostic.message
        assert "\n" not in diagnostic.message
        assert not diagnostic.message.endswith(".")
        assert not diagnostic.message[0].isupper()
        assert (diagnostic.span.line > 0) == (diagnostic.span.file != "arguments")
