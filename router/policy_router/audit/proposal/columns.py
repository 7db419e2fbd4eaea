"""The columns of a table of calls: which facts of a request stand in them, and in what form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, assert_never

from policy_router.domain.vocabulary import (
    FACTS,
    LABEL_PREFIX,
    REQUESTED_MODEL,
    FactKind,
    FactSpec,
    fact,
)

MODEL: Final = "model"
LABELS: Final = "labels"
TENANT: Final = "tenant"
ID: Final = "id"
INPUT, OUTPUT = "tokens_input", "tokens_output"
GATEWAY, SEEN, OPEN, WITHHELD = "gateway", "seen", "open", "withheld"
UNDECLARED: Final = "without_declared"
ATTEMPT, OUTCOME, REFUSED = "attempt", "outcome", "refused"


class Form(StrEnum):
    """How values stand in a column."""

    WORDS = "words"
    WORD = "word"
    FLAG = "flag"
    COUNT = "count"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `fact`: the fact that stands in it, None if it says something else of the call.

    `noticed`: nobody asks what stands there, only whether anything does.
    """

    name: str
    form: Form
    fact: str | None = None
    noticed: bool = False

    @property
    def takes_any_word(self) -> bool:
        """Whether it is a fact for which the language has no list of words."""
        spec = None if self.fact is None else fact(self.fact)
        return spec is not None and self.form is Form.WORD and not spec.values

    @property
    def is_open(self) -> bool:
        """Whether what stands there is judged by itself, whatever else is known of a call."""
        return self.fact not in {None, REQUESTED_MODEL, "endpoint"}


def _form(spec: FactSpec) -> Form:
    match spec.kind:
        case FactKind.SET:
            return Form.WORDS
        case FactKind.NAME:
            return Form.WORD
        case FactKind.FLAG:
            return Form.FLAG
        case FactKind.NUMBER:
            return Form.COUNT
        case _:
            assert_never(spec.kind)


def column_name(name: str) -> str:
    """The name of the column of a fact."""
    return MODEL if name == REQUESTED_MODEL else name.replace("tokens.", "tokens_")


OF_FACTS: Final = tuple(
    Column(column_name(spec.name), _form(spec), spec.name) for spec in FACTS.values()
)
OF_THE_CALL: Final = (
    Column(LABELS, Form.JSON),
    Column(GATEWAY, Form.WORD),
    Column(SEEN, Form.FLAG),
    Column(OPEN, Form.WORDS),
    Column(WITHHELD, Form.WORDS),
    Column(UNDECLARED, Form.JSON),
)
"""What else decides about a call."""

_ALL: Final = {column.name: column for column in (*OF_FACTS, *OF_THE_CALL)}


def column(name: str) -> Column | None:
    """The column called `name`, `labels.<key>` included; None if it decides nothing."""
    if name.startswith(LABEL_PREFIX) and fact(name) is not None:
        return Column(name, Form.WORD, name)
    return _ALL.get(name)


def read_columns(
    present: Iterable[str], read: frozenset[str], noticed: frozenset[str]
) -> tuple[Column, ...]:
    """Of the columns that a table has, those that a decision depends on.

    `read`: the facts on whose values it depends; `noticed`: those of which it may matter whether
    they are known.
    """
    in_order = sorted(present, key=lambda name: (name != WITHHELD, name))
    found = filter(None, map(column, in_order))
    facts = read | noticed
    labelled = any(name.startswith(LABEL_PREFIX) for name in facts)
    return tuple(
        replace(each, noticed=each.fact not in read and each.takes_any_word)
        for each in found
        if (each.fact in facts or each.fact is None) and (labelled or each.name != LABELS)
    )


def missing_columns(present: Iterable[str], facts: frozenset[str]) -> tuple[str, ...]:
    """The columns that a table lacks, of those for `facts`."""
    there = set(present)
    wanted = (name for name in facts if not (name.startswith(LABEL_PREFIX) and LABELS in there))
    return tuple(sorted({column_name(name) for name in wanted} - there))
