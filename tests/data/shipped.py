"""The shipped documents, each as its shape in the grammar, and the tables of the docs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

from policy_router.language.document import read_documents
from policy_router.language.grammar.body import DocumentBody
from policy_router.language.grammar.claims import RecordBody
from policy_router.language.grammar.places import GatewayBody, ProviderBody, RouteBody
from policy_router.language.parsing import parse

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "docs" / "data-mapping.md"

B = TypeVar("B", bound=DocumentBody)


def files(*folders: str) -> list[Path]:
    found = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.yaml"))
    assert found
    return found


@cache
def written(*folders: str) -> tuple[tuple[DocumentBody, ...], ...]:
    """What each document stands for, one after the other: a list for all its members."""
    return tuple(body for path in files(*folders) for body in _in_file(path))


def bodies(*folders: str) -> tuple[DocumentBody, ...]:
    return tuple(body for document in written(*folders) for body in document)


def _in_file(path: Path) -> Iterator[tuple[DocumentBody, ...]]:
    documents, diagnostics = read_documents(str(path.relative_to(ROOT)), path.read_bytes())
    assert not diagnostics
    for document in documents:
        reading = parse([document])
        assert not reading.diagnostics
        yield tuple(parsed.body for parsed in reading.parsed)


def shipped(shape: type[B]) -> list[B]:
    return [body for body in bodies("data") if isinstance(body, shape)]


@cache
def routes() -> dict[str, RouteBody]:
    return {route.id: route for route in shipped(RouteBody)}


@cache
def catalogue_routes() -> dict[str, RouteBody]:
    """The routes of Opper's public listings."""
    return {name: route for name, route in routes().items() if route.gateway == "opper"}


def records(claims: object) -> Iterator[tuple[str, RecordBody]]:
    """Attribute and record of every claim of a mapping of claims."""
    for attribute in type(claims).model_fields:  # type: ignore[attr-defined]
        for record in getattr(claims, attribute):
            yield attribute, record


def hop_claims(body: DocumentBody) -> Iterator[tuple[str, str, RecordBody]]:
    """Hop, attribute and record of every claim a document makes about a hop."""
    if isinstance(body, RouteBody):
        for hop, claims in body.claims.items():
            yield from ((hop, *claim) for claim in records(claims))
    elif isinstance(body, GatewayBody | ProviderBody):
        yield from ((body.id, *claim) for claim in records(body.claims))


def shown(record: RecordBody) -> str:
    """A claim's value as the docs write it."""
    at_least = getattr(record, "at_least", None)
    if at_least is not None:
        return f"at_least [{', '.join(at_least)}]"
    value = getattr(record, "value", None)
    if value is None:
        return "null"
    return f"[{', '.join(value)}]" if isinstance(value, tuple) else str(value)


def table(first_column: str, page: Path = MAPPING) -> list[list[str]]:
    """The rows of the table of a page whose first column is called that, cells bare."""
    lines = iter(page.read_text(encoding="utf-8").splitlines())
    for line in lines:
        if line.startswith(f"| {first_column} |"):
            next(lines)
            break
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    assert rows, first_column
    return rows


def bare(cell: str) -> str:
    return cell.strip("`")
