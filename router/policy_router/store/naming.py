"""What a project file names, before it is known whether the project is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from policy_router.language.document import read_documents
from policy_router.language.nodes import Data, Document, plain_data, value_span
from policy_router.store.files import SourceText, place, read
from policy_router.store.gathering import Named

_NONE: Final = "none"


def named_in(file: SourceText) -> Named:
    """What the projects in a file name, sound or not."""
    documents, _ = read_documents(file.name, file.data)
    projects = [d for d in documents if _at(d, "kind") == "project"]
    return Named(
        tuple(
            (text, value_span(project, ("documents", number)))
            for project in projects
            for number, text in enumerate(_texts(_at(project, "documents")))
        ),
        shipped=not any(_at(project, "registry") == _NONE for project in projects),
    )


def folders_of(project_file: Path) -> tuple[Path, ...]:
    """The folders of documents that a project names and that are there."""
    sources, _ = read(place(project_file))
    named = [relative for source in sources for relative, _ in named_in(source).documents]
    folders = (project_file.parent / relative for relative in named)
    return tuple(folder for folder in folders if folder.is_dir())


def _at(document: Document, key: str) -> Data:
    """What stands under `key`, before it is known whether it should."""
    entry = document.root.entries.get(key)
    return None if entry is None else plain_data(entry.value)


def _texts(data: Data) -> list[str]:
    return [text for text in data if isinstance(text, str)] if isinstance(data, list) else []


def policies_in(where: Path) -> dict[str, SourceText]:
    """The policies in a file or folder, by id, sound or not, each with the file it stands in."""
    sources, _ = read(place(where))
    found: dict[str, SourceText] = {}
    for source in sources:
        documents, _ = read_documents(source.name, source.data)
        ids = (_at(d, "id") for d in documents if _at(d, "kind") == "policy")
        found |= {name: source for name in ids if isinstance(name, str)}
    return found
