"""Plain data as YAML that every reader reads alike, laid out as people write documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from policy_router.language.scalars import NULLS, Kind, readings, yaml_1_2

Plain = None | str | Sequence["Plain"] | Mapping[str, "Plain"]
"""Data of a document: every scalar is text, as it will stand there, or null."""

_WIDEST: Final = 100
_STEP: Final = "  "
_BARE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._/@+~:-]*[A-Za-z0-9._/@+~-])?")
_NUMERAL: Final = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}")


def yaml_text(documents: Iterable[Mapping[str, Plain]], heading: str) -> str:
    """Text of `documents`, the first after the comment `heading`."""
    parts = ["\n".join(_mapping(document, "")) for document in documents]
    comment = "".join(f"# {line}".rstrip() + "\n" for line in heading.splitlines())
    return comment + "\n---\n".join(parts) + "\n"


def _mapping(data: Mapping[str, Plain], indent: str) -> Iterator[str]:
    for key, value in data.items():
        name = f"{indent}{_scalar(key)}:"
        line = f"{name} {_flow(value)}"
        if not isinstance(value, Mapping | list | tuple) or _fits(value, line):
            yield line
        elif isinstance(value, Mapping):
            yield name
            yield from _mapping(value, indent + _STEP)
        else:
            yield name
            yield from (f"{indent}{_STEP}- {_flow(item)}" for item in value)


def _fits(value: Plain, line: str) -> bool:
    """Whether a collection stands in one line: it is short, and mappings hold scalars only."""
    if len(line) > _WIDEST or (isinstance(value, Mapping) and not value):
        return not value
    inner = value.values() if isinstance(value, Mapping) else ()
    return not any(isinstance(item, Mapping) for item in inner) and not _holds_mappings(value)


def _holds_mappings(value: Plain) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value)


def _flow(value: Plain) -> str:
    match value:
        case None:
            return "null"
        case str():
            return _scalar(value)
        case Mapping():
            return "{" + ", ".join(f"{_scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
        case _:
            return "[" + ", ".join(map(_flow, value)) + "]"


def _scalar(text: str) -> str:
    """`text` as a scalar, in quotes wherever bare text could be read as something else."""
    if _NUMERAL.fullmatch(text) and readings(text) is None:
        return text
    bare = _BARE.fullmatch(text) and ": " not in text and text not in NULLS
    if bare and readings(text) is None and yaml_1_2(text).kind in {Kind.TEXT, Kind.BOOLEAN}:
        return text
    return json.dumps(text, ensure_ascii=False)
