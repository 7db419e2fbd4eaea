"""Rows of a table of calls as facts of requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from policy_router.audit.proposal.columns import (
    GATEWAY,
    LABELS,
    OPEN,
    SEEN,
    UNDECLARED,
    WITHHELD,
    Form,
    column,
)
from policy_router.domain.diagnostic import DocumentErrors
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.domain.vocabulary import LABEL_PREFIX, fact
from policy_router.language.facts import request_facts

Row = Mapping[str, Any]

_TRUTH: Final = {"true": True, "false": False}
_FLAGS: Final = ("stateful", "streaming")
_NONE: Final = "[]"
"""A set that is known to be empty, as text."""
_UNKNOWN_WORD: Final = "RPL504"
_WITHHELD: Final = "RPL507"


class SetAside(Exception):
    """A call that cannot be decided. `code`: one of the RPL codes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `gateway`: the one it goes to in any case, None if routes of any count."""

    facts: RequestFacts
    gateway: str | None = None


def call_in(row: Row) -> Call:
    """The call in a row, of which only the columns that decide are given; raises `SetAside`.

    Null is unknown, and so is the rest of a set that holds a null. Text is read as lists are
    written: members between commas.
    """
    withheld = words(row.get(WITHHELD))[0]
    if withheld:
        names = ", ".join(sorted(withheld))
        raise SetAside(_WITHHELD, f"its record withholds words of the caller: {names}")
    stated, opened = _stated(row)
    facts = _known(_checked(stated), stated, opened | set(words(row.get(OPEN))[0]))
    facts = replace(facts, seen=_flag(row[SEEN]) is True if SEEN in row else True)
    return Call(_undeclared(facts, row.get(UNDECLARED)), _word(row.get(GATEWAY)))


def _stated(row: Row) -> tuple[dict[str, Any], set[str]]:
    """What a row states, as a request in a document would, and which sets hold a null."""
    stated: dict[str, Any] = {}
    labels, tokens, opened = _labels(row.get(LABELS)), {}, set()
    for name, value in row.items():
        of = column(name)
        if of is None or of.fact is None or value is None:
            continue
        match of.form:
            case Form.WORDS:
                members, whole = words(value)
                if members or not isinstance(value, str) or value.strip() == _NONE:
                    stated[name] = members
                if not whole:
                    opened.add(name)
            case Form.COUNT:
                tokens[of.fact.removeprefix("tokens.")] = value
            case Form.FLAG:
                stated[name] = _flag(value)
            case _ if name.startswith(LABEL_PREFIX):
                labels[name.removeprefix(LABEL_PREFIX)] = _word(value)
            case _:
                stated[name] = _word(value)
    found = {"labels": {k: v for k, v in labels.items() if v is not None}, "tokens": tokens}
    return {k: v for k, v in (stated | found).items() if v is not None}, opened


def words(value: object) -> tuple[list[str], bool]:
    """The members of a set, as a list or as text, and whether these are all."""
    if isinstance(value, str) and value.strip() == _NONE:
        return [], True
    if isinstance(value, str):
        return [word for part in value.split(",") if (word := part.strip())], True
    if not isinstance(value, list):
        return [], False
    members = [word for word in value if word is not None]
    return members, len(members) == len(value)


def _word(value: object) -> str | None:
    return str(value).strip() or None if value is not None else None


def _flag(value: object) -> bool | None:
    """A truth value, perhaps as a word; None if it is not known."""
    if isinstance(value, bool) or value is None:
        return value
    text = str(value).strip().lower()
    if text and text not in _TRUTH:
        raise SetAside(_UNKNOWN_WORD, "a flag is neither `true` nor `false`")
    return _TRUTH.get(text)


def _labels(value: object) -> dict[str, str | None]:
    said = _json(value, LABELS)
    if not all(isinstance(text, str) for text in said.values()):
        raise SetAside(_UNKNOWN_WORD, f"`{LABELS}` is no JSON object of texts")
    return dict(said)


def _json(value: object, name: str) -> dict[str, Any]:
    if value is None or not str(value).strip():
        return {}
    try:
        said = json.loads(str(value))
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise SetAside(_UNKNOWN_WORD, f"`{name}` is no JSON object")
    return said


def _checked(stated: dict[str, Any]) -> RequestFacts:
    try:
        return request_facts(stated)
    except DocumentErrors as error:
        raise SetAside(_UNKNOWN_WORD, error.diagnostics[0].message) from error


def _known(facts: RequestFacts, stated: Row, opened: set[str]) -> RequestFacts:
    """Only what is stated: what a table does not say of a call is not known to be absent."""
    sets = {
        name: SetFact(said.members, settled=name not in opened)
        for name, said in facts.sets.items()
        if name in stated
    }
    scalars = {
        name: value for name, value in facts.scalars.items() if name not in _FLAGS or name in stated
    }
    return replace(facts, sets=MappingProxyType(sets), scalars=MappingProxyType(scalars))


def _undeclared(facts: RequestFacts, value: object) -> RequestFacts:
    """The facts, with what is otherwise without the caller's mere word, if there is such a thing.

    Raises `SetAside` for what is not of the form that `rows.py` writes.
    """
    if value is None or not str(value).strip():
        return facts
    said = _json(value, UNDECLARED)
    try:
        sets = {
            name: SetFact(frozenset(of["members"]), settled=of["settled"] is True)
            for name, of in said["sets"].items()
            if of is not None
        }
        scalars = {name: of for name, of in said["scalars"].items() if of is not None}
        names = {*said["sets"], *said["scalars"]}
    except (KeyError, TypeError, AttributeError) as error:
        raise SetAside(_UNKNOWN_WORD, f"`{UNDECLARED}` is not what an export writes") from error
    if not all(map(fact, names)) or not all(isinstance(v, str) for v in scalars.values()):
        raise SetAside(_UNKNOWN_WORD, f"`{UNDECLARED}` is not what an export writes")
    base = replace(
        facts,
        sets=MappingProxyType({n: s for n, s in facts.sets.items() if n not in names} | sets),
        scalars=MappingProxyType(
            {n: s for n, s in facts.scalars.items() if n not in names} | scalars
        ),
    )
    return replace(facts, declared=tuple(sorted(names)), base=base)


def sized(call: Call, into: int | None, out: int | None) -> Call:
    """The same call, of another size."""
    counts = {"tokens.input": into, "tokens.output": out}
    known = {name: Decimal(count) for name, count in counts.items() if count is not None}
    return replace(call, facts=_with_scalars(call.facts, known))


def _with_scalars(facts: RequestFacts, more: Mapping[str, Decimal]) -> RequestFacts:
    base = None if facts.base is None else _with_scalars(facts.base, more)
    return replace(facts, scalars=MappingProxyType({**facts.scalars, **more}), base=base)
