"""Rows of a table of calls as whole numbers: what a row says, and why it is set aside, if it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, or_
from typing import Any, Final

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from policy_router.audit.proposal.columns import (
    ATTEMPT,
    ID,
    INPUT,
    OUTCOME,
    OUTPUT,
    REFUSED,
    TENANT,
    Column,
    Form,
)
from policy_router.domain.unreplayable import Unreplayable
from policy_router.engine.classes import Bounds

LONGEST: Final = 512
"""Characters of a text, and of all members of a set together."""
MOST_TOKENS: Final = 2**31 - 2
_COUNT: Final = r"^\s*[0-9]{1,10}\s*$"


_MOST_CASES: Final = 256
"""Values that are compared one by one; more are joined."""
_MOST_KEY: Final = 2**62

NOTHING, REPEATED, UNDECIDED, TOO_LONG, NO_COUNT = range(5)
"""Why a row is set aside: not at all, as a further attempt of a call, and so on. More are numbered
by what is found in columns."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column whose values are numbered from 1; 0 is null, below 0 is why a row is set aside.

    `codes`: the number of each value, in order; None if all have 1. `most`: the largest number.
    `any_too_long`: there are other values, which are too long to be looked at.
    """

    column: Column
    codes: tuple[tuple[Any, int], ...] | None
    most: int
    any_too_long: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Where the number of a column, or of a span of sizes, stands in the keys of a class."""

    name: str
    key: int
    unit: int
    base: int


def parts(columns: Sequence[Coded], bounds: Bounds) -> tuple[Part, ...]:
    """Each number in one of a few keys: as digits, each of its own base."""
    spans = zip(_SPANS, (bounds.input, bounds.output, bounds.both), strict=True)
    bases = [(each.column.name, each.most + 1) for each in columns]
    bases += [(name, len(found) + 2) for name, found in spans]
    found: list[Part] = []
    key, unit = 0, 1
    for name, base in bases:
        if unit * base > _MOST_KEY:
            key, unit = key + 1, 1
        found.append(Part(name, key, unit, base))
        unit *= base
    return tuple(found)


def keys_of(found: Sequence[Part]) -> tuple[str, ...]:
    """The names of the keys."""
    return tuple(f"key_{n}" for n in range(found[-1].key + 1))


_SPANS: Final = ("span_input", "span_output", "span_both")


# ---- values -------------------------------------------------------------------------------------


def values(source: ir.Table, column: Column) -> ir.Table:
    """The different values of a column in order; null for all that are too long to be looked at.

    Raises `Unreplayable` for a column of a kind that cannot hold what its name says.
    """
    found = source.select(value=_plain(source, column)).distinct()
    stated = found.filter(found.value.notnull())
    nothing = ibis.null(stated.value.type())
    short = stated.select(value=ibis.ifelse(_too_long(stated.value), nothing, stated.value))
    return short.distinct().order_by("value")


def extent(source: ir.Table) -> ir.Table:
    """The least and the greatest size of a call, one row."""
    sizes = source.select(into=_tokens(source, INPUT), out=_tokens(source, OUTPUT))
    both = sizes.into.fill_null(0) + sizes.out.fill_null(0)
    spans = (("input", sizes.into), ("output", sizes.out), ("both", both))
    return sizes.agg(
        **{f"{name}_{end}": getattr(span, end)() for name, span in spans for end in ("min", "max")}
    )


# ---- rows ---------------------------------------------------------------------------------------


def rows(source: ir.Table, columns: Sequence[Coded], bounds: Bounds) -> ir.Table:
    """Every row as numbers: its class, its size, whose call it is, and why it is set aside."""
    table = source.mutate(into=_tokens(source, INPUT), out=_tokens(source, OUTPUT))
    for each in columns:
        table = _with_code(table, each)
    codes = {each.column.name: table[_code(each)] for each in columns}
    tenant, call = (_text_or_nothing(source, name) for name in (TENANT, ID))
    fault = ibis.cases(
        (_again(table), REPEATED),
        (_refused(table), UNDECIDED),
        *((code < 0, -code) for code in codes.values()),
        (_too_long(tenant), TOO_LONG),
        (_any(_no_count(table, name) for name in (INPUT, OUTPUT)), NO_COUNT),
        else_=NOTHING,
    )
    into, out = table.into, table.out
    both = into.fill_null(0) + out.fill_null(0)
    spans = zip(_SPANS, (into, out, both), (bounds.input, bounds.output, bounds.both), strict=True)
    digits = codes | {name: _place(count, found) for name, count, found in spans}
    found = parts(columns, bounds)
    keys = {
        key: reduce(add, [digits[p.name] * p.unit for p in found if p.key == n])
        for n, key in enumerate(keys_of(found))
    }
    return table.select(
        **{name: key.cast("int64") for name, key in keys.items()},
        into=into.cast("int32"),
        out=out.cast("int32"),
        tenant_name=tenant,
        call_id=call,
        fault=fault.cast("int16"),
    )


def _code(each: Coded) -> str:
    return f"code_of_{each.column.name}"


def _with_code(table: ir.Table, each: Coded) -> ir.Table:
    """The table with the number of each value of a column; for many values by a join."""
    value = _plain(table, each.column)
    if each.codes is None:
        return table.mutate(**{_code(each): value.notnull().cast("int64")})
    if len(each.codes) <= _MOST_CASES:
        return table.mutate(**{_code(each): _compared(value, each).cast("int64")})
    listed = ibis.memtable(
        {"value": [v for v, _ in each.codes], "code": [c for _, c in each.codes]},
        schema={"value": value.type(), "code": "int64"},
    )
    named = table.mutate(value_to_find=value)
    joined = named.left_join(listed, named.value_to_find == listed.value)
    code = ibis.ifelse(joined.value_to_find.isnull(), 0, joined.code.fill_null(-TOO_LONG))
    return joined.mutate(**{_code(each): code}).drop("value_to_find", "value", "code")


def _compared(value: ir.Value, each: Coded) -> ir.Value:
    """The number of each value; the one with most values, where no other applies."""
    by_code: dict[int, list[Any]] = {}
    for found, code in each.codes or ():
        by_code.setdefault(code, []).append(found)
    rest = max(by_code, key=lambda code: (len(by_code[code]), code), default=0)
    if each.any_too_long:
        rest = -TOO_LONG
    kind = value.type()
    met = ((_is_one_of(value, by_code[code], kind), code) for code in by_code if code != rest)
    return ibis.cases((value.isnull(), 0), *met, else_=rest)


def _is_one_of(value: ir.Value, found: Sequence[Any], kind: dt.DataType) -> ir.Value:
    if not kind.is_array():
        return value.isin(found)
    return _any(value == ibis.literal(each, kind) for each in found)


def set_aside(table: ir.Table) -> ir.Table:
    """How many rows are set aside, by reason, with the first of each by its id."""
    found = table.filter(table.fault != NOTHING)
    return (
        found.group_by("fault")
        .agg(calls=found.count(), first_id=found.call_id.min())
        .order_by("fault")
    )


def _plain(source: ir.Table, column: Column) -> ir.Value:
    """The values of a column as they are compared: lists of texts, texts, or truth values."""
    value, kind = source[column.name], source[column.name].type()
    if isinstance(kind, dt.Array) and kind.value_type.is_string() and column.form is Form.WORDS:
        return value
    if kind.is_boolean() and column.form is Form.FLAG:
        return value
    if kind.is_null():
        return value.cast("string")
    text = _as_text(source, column.name)
    if text is None:
        wanted = "a list of texts, or text" if column.form is Form.WORDS else "text"
        raise Unreplayable(
            "RPL502",
            f"the column `{column.name}` is of a kind that cannot be read: {_in_words(kind)}",
            f"it has to be {wanted}",
        )
    return text


def _in_words(kind: dt.DataType) -> str:
    """A kind of values, one that is none of ibis' as the engine words it."""
    return str(getattr(kind, "raw_type", kind))


def _text_or_nothing(source: ir.Table, name: str) -> ir.Value:
    text = _as_text(source, name) if name in source.columns else None
    return ibis.null("string") if text is None else text


def _as_text(source: ir.Table, name: str) -> ir.Value | None:
    """A column as text, an empty one as null; None if it is of no such kind."""
    value, kind = source[name], source[name].type()
    if kind.is_string():
        return value.nullif("")
    return value.cast("string") if kind.is_integer() or kind.is_uuid() else None


def _too_long(value: ir.Value) -> ir.Value:
    kind = value.type()
    if kind.is_array():
        return (value.join(",").length() + value.length() > LONGEST).fill_null(False)
    return (value.length() > LONGEST).fill_null(False) if kind.is_string() else ibis.literal(False)


def _tokens(source: ir.Table, name: str) -> ir.Value:
    """A count; null where there is none, or where it is none."""
    if name not in source.columns or source[name].type().is_null():
        return ibis.literal(None, "int64")
    whole = _is_count(source, name)
    return ibis.ifelse(whole, source[name], ibis.null(source[name].type())).cast("int64")


def _is_count(source: ir.Table, name: str) -> ir.Value:
    value, kind = source[name], source[name].type()
    if kind.is_string():
        short = value.re_search(_COUNT).fill_null(False)
        number = ibis.ifelse(short, value.strip(), "0").cast("int64")
        return short & (number <= MOST_TOKENS)
    if not kind.is_numeric():
        raise Unreplayable(
            "RPL502", f"the column `{name}` is of a kind that cannot be read: {_in_words(kind)}",
            "it has to be whole numbers",
        )  # fmt: skip
    inside = ((value >= 0) & (value <= MOST_TOKENS)).fill_null(False)
    if kind.is_integer():
        return inside
    return inside & (ibis.ifelse(inside, value, 0).floor() == value).fill_null(False)


def _no_count(source: ir.Table, name: str) -> ir.Value:
    if name not in source.columns or source[name].type().is_null():
        return ibis.literal(False)
    value = source[name]
    stated = value.nullif("").notnull() if value.type().is_string() else value.notnull()
    return stated & ~_is_count(source, name)


def _again(source: ir.Table) -> ir.Value:
    """Whether a row is a further attempt of a call that has its row already."""
    if ATTEMPT not in source.columns or not source[ATTEMPT].type().is_integer():
        return ibis.literal(False)
    return (source[ATTEMPT] > 1).fill_null(False)


def _refused(source: ir.Table) -> ir.Value:
    """Whether a call was refused before its facts were known."""
    if not {OUTCOME, REFUSED} <= set(source.columns):
        return ibis.literal(False)
    return source[OUTCOME].isnull() & source[REFUSED].notnull()


def _any(truths: Iterable[ir.Value]) -> ir.Value:
    return reduce(or_, truths, ibis.literal(False))


def _place(count: ir.Value, bounds: frozenset[int]) -> ir.Value:
    """How many bounds a count has reached, and one more; 0 where it is not known."""
    reached = [(count >= bound).cast("int64") for bound in sorted(bounds)]
    return (reduce(add, reached, ibis.literal(0, "int64")) + 1).fill_null(0).cast("int64")
