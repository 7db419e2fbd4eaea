"""A request that is written in a file, or on standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

from policy_router.domain.diagnostic import Diagnostic, DocumentErrors, Severity, Span
from policy_router.language.document import read_documents
from policy_router.language.nodes import plain_data
from policy_router.language.origins import Places
from policy_router.language.text import DEFAULT_LIMITS
from policy_router.store.files import SourceText, place, read
from policy_router.store.project import LoadErrors

STANDARD_INPUT: Final = "-"


def request_file(name: str) -> tuple[dict[str, Any], Places, dict[str, str]]:
    """The mapping in a request file, its places and its text by name.

    Raises `DocumentErrors` if it holds anything else than one request.
    """
    source = _source(name)
    documents, problems = read_documents(source.name, source.data)
    texts = {source.name: source.data.decode("utf-8", errors="replace")}
    if problems:
        raise LoadErrors(problems, texts)
    if len(documents) != 1:
        message = "one request is wanted, and the file holds another number of documents"
        raise LoadErrors((_problem(source.name, message),), texts)
    data = plain_data(documents[0].root)
    return (data if isinstance(data, dict) else {}), Places(documents[0]), texts


def _source(name: str) -> SourceText:
    if name == STANDARD_INPUT:
        data = sys.stdin.buffer.read(DEFAULT_LIMITS.file_bytes + 1)
        return SourceText("standard input", Path(STANDARD_INPUT), data)
    sources, problems = read(place(Path(name)))
    if problems:
        raise DocumentErrors(problems)
    return sources[0]


def _problem(file: str, message: str) -> Diagnostic:
    return Diagnostic("SCH104", Severity.ERROR, message, Span(file, 1, 1))
