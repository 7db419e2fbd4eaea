"""Bytes of a file as documents: all of them text, each value with its place.

The events of the YAML parser are read one by one, and limits are checked at each: PyYAML's
composer would recurse until the process dies and expand aliases before anybody can count them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from sys import intern
from types import MappingProxyType
from typing import Any, Final, NoReturn, cast

import yaml
from yaml import events

from policy_router.domain.diagnostic import Diagnostic, Severity, Span
from policy_router.language.nodes import Document, Entry, Mapping, Node, Scalar, Sequence, is_null
from policy_router.language.objections import DIRECTIVE, TAG, is_merge, objection
from policy_router.language.scalars import NULLS
from policy_router.language.syntax import syntax_problem
from policy_router.language.text import DEFAULT_LIMITS, Limits, decode, place, quoted

_LOADER: Final = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
_VERSIONS: Final = ((1, 1), (1, 2))
_NO_KEYS: Final = NULLS | {"<<"}
"""What is no key of a mapping, without quotes."""

# half of what making a named tuple takes is its own `__new__`
_SCALAR: Final[Callable[[tuple[str, bool, int, int, int]], Scalar]] = partial(tuple.__new__, Scalar)
_ENTRY: Final[Callable[[tuple[Scalar, Node]], Entry]] = partial(tuple.__new__, Entry)


def read_documents(
    file: str, data: bytes, limits: Limits = DEFAULT_LIMITS
) -> tuple[tuple[Document, ...], tuple[Diagnostic, ...]]:
    """Documents of `data`, and every problem that can be found in it; raises nothing.

    `file` is the name that spans carry. With an error among the diagnostics the documents are
    good for finding more problems only: some may be missing, and a value that was refused
    stands in them as it was written.
    """
    text, problems = decode(file, data, limits)
    if text is None:
        return (), tuple(problems)
    documents = _Reader(file, text, limits, problems).documents()
    return tuple(documents), tuple(problems)


class _Stop(Exception):
    """The rest of the file is not read; why has been reported."""


class _Reader:
    """One pass over the events of one file; what it finds wrong it adds to `problems`."""

    def __init__(self, file: str, text: str, limits: Limits, problems: list[Diagnostic]) -> None:
        self._file = file
        self._text = text
        self._limits = limits
        self._problems = problems
        self._take = cast("Callable[[], events.Event]", _LOADER(text).get_event)
        self._nodes = 0
        self._open: list[events.CollectionStartEvent] = []
        self._anchors: set[str] = set()
        self._sound: set[str] = set()

    def documents(self) -> list[Document]:
        """Every document whose end was reached and that is a mapping."""
        found: list[Document] = []
        try:
            for document in self._each_document():
                found.append(document)  # noqa: PERF402 - what was found before an error counts
        except yaml.MarkedYAMLError as error:
            bracket = self._open_bracket()
            self._problems.append(syntax_problem(self._file, self._text, error, bracket))
        except _Stop:
            pass
        return found

    def _each_document(self) -> Iterator[Document]:
        empty = True
        for event in iter(self._take, None):
            if isinstance(event, events.DocumentStartEvent):
                empty = False
                self._check_directives(event)
                root = self._node(self._take())
                self._take()
                yield from self._document(event, root)
        if empty:
            place = Span(self._file, 1, 1, 1)
            self._report(place, "DOC005", "file holds no document", "write one, or delete the file")

    def _document(self, start: events.DocumentStartEvent, root: Node) -> Iterator[Document]:
        if isinstance(root, Mapping):
            yield Document(self._file, root)
        elif is_null(root):
            advice = "write the document, or delete the `---`"
            self._report(self._span(start), "DOC005", "document is empty", advice)
        else:
            message = "document is not a mapping of keys to values"
            self._report(self._at(root), "DOC006", message, "start it with `kind:` and `id:`")

    def _check_directives(self, start: events.DocumentStartEvent) -> None:
        written = self._text.startswith("%", cast("yaml.Mark", start.start_mark).index)
        if start.tags or (written and start.version not in _VERSIONS):
            self._report(self._span(start), *DIRECTIVE)

    def _node(self, event: events.Event) -> Node:
        self._nodes += 1
        if self._nodes > self._limits.nodes or len(self._open) >= self._limits.depth:
            self._exceeded(event)
        if isinstance(event, events.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, events.CollectionStartEvent):
            return self._collection(event)
        return self._alias(cast("events.AliasEvent", event))

    def _exceeded(self, event: events.Event) -> NoReturn:
        if self._nodes > self._limits.nodes:
            message = f"file holds more than {self._limits.nodes:,} keys and values"
            self._stop(self._span(event), "DOC008", message, "split the file")
        message = f"nested more than {self._limits.depth} levels deep"
        self._stop(self._span(event), "DOC007", message, "close brackets, or use fewer levels")

    def _scalar(self, event: events.ScalarEvent) -> Scalar:
        # the same words stand in thousands of documents
        text = intern(event.value)
        where = _where(event, event) if text else self._where_empty(event)
        # libyaml says '' where PyYAML's own parser says None: no quotes, no block of lines
        scalar = _SCALAR((text, not event.style, *where))
        if event.anchor or event.tag:
            self._refuse_properties(event, event.tag)
        if scalar.plain and text in self._sound:
            return scalar
        refused = objection(scalar)
        if refused:
            self._report(self._at(scalar), *refused)
        elif scalar.plain:
            self._sound.add(text)
        return scalar

    def _where_empty(self, event: events.Event) -> tuple[int, int, int]:
        """Place of an empty value; libyaml puts the end of an unfinished line a line lower."""
        if cast("yaml.Mark", event.start_mark).index < len(self._text):
            return _where(event, event)
        line, column = place(self._text, len(self._text))
        return line, column, column

    def _collection(self, start: events.CollectionStartEvent) -> Mapping | Sequence:
        if start.anchor or start.tag:
            self._refuse_properties(start, start.tag)
        self._open.append(start)
        is_mapping = isinstance(start, events.MappingStartEvent)
        node = self._mapping(start) if is_mapping else self._sequence(start)
        self._open.pop()
        return node

    def _mapping(self, start: events.CollectionStartEvent) -> Mapping:
        entries: dict[str, Entry] = {}
        take, node, enter = self._take, self._node, self._enter
        while not isinstance(event := take(), events.MappingEndEvent):
            enter(entries, node(event), node(take()))
        line, column, end_column = _where(start, event)
        if entries and not start.flow_style:
            end_column = next(iter(entries.values())).key.end_column
        return Mapping(MappingProxyType(entries), line, column, end_column)

    def _sequence(self, start: events.CollectionStartEvent) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := self._take(), events.SequenceEndEvent):
            items.append(self._node(event))
        return Sequence(tuple(items), *_where(start, event if start.flow_style else start))

    def _enter(self, entries: dict[str, Entry], key: Node, value: Node) -> None:
        if isinstance(key, Scalar) and key.text not in entries and key.text not in _NO_KEYS:
            entries[key.text] = _ENTRY((key, value))
        else:
            self._enter_at_all(entries, key, value)

    def _enter_at_all(self, entries: dict[str, Entry], key: Node, value: Node) -> None:
        if not isinstance(key, Scalar) or is_null(key):
            advice = "write the key as text, in quotes if it is meant literally"
            self._report(self._at(key), "DOC019", "key is not text", advice)
        elif is_merge(key):
            return  # refused as a scalar, and no key of this mapping
        elif key.text in entries:
            first = ("first written here", self._at(entries[key.text].key))
            message = f"duplicate key {quoted(key.text)}"
            self._report(self._at(key), "DOC018", message, "merge the two, or delete one", first)
        else:
            entries[key.text] = Entry(key, value)

    def _alias(self, event: events.AliasEvent) -> Scalar:
        name = f"*{event.anchor}"
        if event.anchor not in self._anchors:
            self._refuse_anchor(event, f"alias {quoted(name)}")
        return Scalar(name, False, *_where(event, event))

    def _refuse_properties(self, event: events.NodeEvent, tag: str | None) -> None:
        if event.anchor:
            self._refuse_anchor(event, f"anchor {quoted(f'&{event.anchor}')}")
        if tag:
            self._report(self._span(event), *TAG)

    def _refuse_anchor(self, event: events.NodeEvent, what: str) -> None:
        """Reported once a name: an anchor with a thousand aliases is one problem."""
        self._anchors.add(event.anchor or "")
        advice = "write the value out wherever it applies"
        self._report(self._span(event), "DOC014", f"{what} is not supported", advice)

    def _open_bracket(self) -> int | None:
        """Index of the innermost bracket that is still open."""
        starts = (cast("yaml.Mark", start.start_mark).index for start in reversed(self._open))
        return next((index for index in starts if self._text[index] in "[{"), None)

    def _at(self, node: Node) -> Span:
        return Span(self._file, node.line, node.column, node.end_column)

    def _span(self, event: events.Event) -> Span:
        return Span(self._file, *_where(event, event))

    def _report(
        self, span: Span, code: str, message: str, advice: str, *related: tuple[str, Span]
    ) -> None:
        self._problems.append(Diagnostic(code, Severity.ERROR, message, span, advice, related))
        if len(self._problems) >= self._limits.problems:
            message = f"{self._limits.problems:,} problems: the rest of the file was not read"
            self._stop(span, "DOC009", message, "put these right first")

    def _stop(self, span: Span, code: str, message: str, advice: str) -> NoReturn:
        self._problems.append(Diagnostic(code, Severity.ERROR, message, span, advice))
        raise _Stop


def _where(start: events.Event, end: events.Event) -> tuple[int, int, int]:
    """Line, column and end column of what goes from `start` to `end`.

    What goes on over several lines is marked by its first character.
    """
    # the parser marks every event; only events made by hand have no marks
    first: Any = start.start_mark
    last: Any = end.end_mark
    line, column = first.line + 1, first.column + 1
    return line, column, last.column + 1 if last.line < line else column + 1
