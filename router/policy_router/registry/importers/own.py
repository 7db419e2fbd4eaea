"""The file of rows that one source's imports wrote: read back, added to, written whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any, Final

from policy_router.language.document import read_documents
from policy_router.language.grammar.body import LANGUAGE
from policy_router.language.nodes import plain_data
from policy_router.language.writing import Plain, yaml_text
from policy_router.registry.importers.drafts import Origin
from policy_router.registry.importers.refusal import ImportRefused

_HEADING: Final = (
    "Written by `policy-router registry import {source} --write`, which writes this file anew.\n"
    "Correct values by documents of your own; comments here are not kept."
)
_MADE: Final = ("provider", "model", "route")

Part = dict[str, Any]
"""A mapping of a document that is being put together."""


def file_name(source: str) -> str:
    """The name of the file that imports of `source` write."""
    return f"imported-{source}.yaml"


@dataclass(slots=True)
class Own:
    """What imports of one source wrote so far. `made`: documents of new routes, by kind and id."""

    source: str
    sources: Part = field(default_factory=dict)
    routes: Part = field(default_factory=dict)
    made: dict[tuple[str, str], Part] = field(default_factory=dict)

    def tag(self, origin: Origin) -> str:
        """The name under which the update describes this reading of `origin`."""
        return describe(self.sources, origin)

    def route(self, name: str) -> Part:
        """What is added to the route `name`."""
        part: Part = self.routes.setdefault(name, {})
        return part

    def documents(self) -> tuple[dict[str, Plain], ...]:
        """Everything, in a fixed order: the update, then new providers, models and routes."""
        used = set(_texts(self.routes))
        sources = {tag: source for tag, source in self.sources.items() if tag in used}
        parts = {"sources": sources, "routes": self.routes}
        filled = {key: dict(sorted(part.items())) for key, part in parts.items() if part}
        head: Part = {
            "kind": "update",
            "id": f"imported-{self.source}",
            "language": str(LANGUAGE),
        }
        update = [head | filled] if self.routes else []
        order = sorted(self.made, key=lambda name: (_MADE.index(name[0]), name[1]))
        return (*update, *(self.made[name] for name in order))


def _texts(data: Any) -> Iterator[str]:  # noqa: ANN401 - data of a document
    """Every text in `data` that is no key, the names of sources among them."""
    if isinstance(data, dict | list):
        for inner in data.values() if isinstance(data, dict) else data:
            yield from _texts(inner)
    elif isinstance(data, str):
        yield data


def describe(sources: Part, origin: Origin) -> str:
    """The name of this reading among `sources`, which gets it if it was not there."""
    described = {
        "kind": origin.kind.value,
        "basis": origin.basis.value,
        "reference": origin.reference,
        "read_on": origin.read_on.isoformat(),
    }
    first = f"read-{origin.read_on}"
    names = chain([first], (f"{first}-{number}" for number in count(2)))
    return next(name for name in names if sources.setdefault(name, described) == described)


def own_text(source: str, documents: Iterable[dict[str, Plain]]) -> str:
    """Text of the file of imported rows."""
    return yaml_text(documents, _HEADING.format(source=source))


def read_own(source: str, data: bytes | None) -> Own:
    """What the file holds; nothing if there is no file.

    Raises `ImportRefused` for a file with comments, which rewriting would lose, and for one that
    an import did not write.
    """
    own = Own(source)
    if data is None:
        return own
    documents, problems = read_documents(file_name(source), data)
    if problems or not documents:
        raise _foreign(source)
    for document in documents:
        _take(own, {k: plain_data(entry.value) for k, entry in document.root.entries.items()})
    text = data.decode()
    if text != own_text(source, own.documents()) and _comments(text, source):
        advice = "move them to a file of your own"
        raise ImportRefused("IMP401", f"`{file_name(source)}` holds comments", advice)
    return own


def _take(own: Own, data: Part) -> None:
    kind, name = data.get("kind"), data.get("id")
    if kind == "update" and name == f"imported-{own.source}" and not own.routes:
        own.sources, own.routes = data.get("sources", {}), data.get("routes", {})
        parts = (own.sources, own.routes)
        if "models" not in data and all(isinstance(part, dict) for part in parts):
            return
    elif kind in _MADE and isinstance(name, str):
        own.made[kind, name] = data
        return
    raise _foreign(own.source)


def _foreign(source: str) -> ImportRefused:
    advice = "put it right, or give it another name"
    return ImportRefused("IMP402", f"`{file_name(source)}` cannot be added to", advice)


def _comments(text: str, source: str) -> bool:
    heading = {f"# {line}" for line in _HEADING.format(source=source).splitlines()}
    return any("#" in line for line in text.splitlines() if line not in heading)
