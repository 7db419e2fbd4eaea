"""Tables of calls in files, and the engines that evaluate questions about them.

Needs the extra `scale`; for Spark the extra `spark` and Java besides.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, assert_never
from uuid import uuid4

import ibis
import ibis.expr.types as ir
from ibis.backends import BaseBackend

from policy_router.domain.unreplayable import Unreplayable

_PARQUET: Final = ".parquet"
_CSV: Final = ".csv"
_LOOPBACK: Final = "127.0.0.1"
_OF_NOTHING: Final = {
    '"NULL"': "string",
    "null": "string",
    '"NULL"[]': "array<string>",
    "array<null>": "array<string>",
}
"""Kinds of columns in which nothing stands, in the words of DuckDB and of Spark: read as these."""

_ENDINGS: Final = f"it has to end in `{_PARQUET}` or `{_CSV}`"


class Machine(StrEnum):
    """What evaluates a question."""

    DUCKDB = "duckdb"
    SPARK = "spark"


def connected(machine: Machine, spill: Path, megabytes: int) -> BaseBackend:
    """A connection; what does not fit into `megabytes` is put aside in `spill`, by DuckDB.

    Spark takes its settings from where it always does (`spark-submit`, `SPARK_CONF_DIR`).
    """
    match machine:
        case Machine.DUCKDB:
            return ibis.duckdb.connect(
                memory_limit=f"{megabytes}MB",
                temp_directory=str(spill),
                preserve_insertion_order=False,
                autoinstall_known_extensions=False,
                autoload_known_extensions=False,
            )
        case Machine.SPARK:
            return ibis.pyspark.connect(_session())
        case _:
            assert_never(machine)


def _session() -> Any:  # noqa: ANN401 - the library has no types
    from pyspark.sql import SparkSession  # noqa: PLC0415 - it needs an extra of its own

    builder = SparkSession.builder.appName("policy-router replay")
    if "SPARK_MASTER" not in os.environ and "SPARK_CONF_DIR" not in os.environ:
        builder = builder.master("local[*]").config("spark.driver.bindAddress", _LOOPBACK)
        builder = builder.config("spark.driver.host", _LOOPBACK).config("spark.ui.enabled", "false")
        builder = builder.config("spark.sql.shuffle.partitions", "4")
    return builder.getOrCreate()


def opened(connection: BaseBackend, place: str) -> ir.Table:
    """The table in a file or in a folder of files; raises `Unreplayable` if there is none.

    Of CSV every value is text, its first line names the columns, and no line is skipped.
    """
    ending = Path(place).suffix
    if ending not in {_PARQUET, _CSV}:
        raise Unreplayable("RPL503", f"`{place}` is no table of calls", _ENDINGS)
    try:
        if ending == _PARQUET:
            return _texts_of_nothing(connection.read_parquet(place))
        if connection.name == "duckdb":
            return connection.read_csv(place, all_varchar=True, header=True, nullstr="")
        return connection.read_csv(place, header=True, inferSchema=False, mode="FAILFAST")
    except Exception as error:
        raise unreadable(place, error) from error


def _texts_of_nothing(table: ir.Table) -> ir.Table:
    """The table, its columns of nulls and of lists of nothing as such columns of texts.

    A writer that is given no kind writes that of nothing: pyarrow for `[[], []]`.
    """
    said = table.schema().items()
    kinds = {name: str(getattr(kind, "raw_type", kind)) for name, kind in said}
    texts = {name: _OF_NOTHING[kind] for name, kind in kinds.items() if kind in _OF_NOTHING}
    return table.cast(texts) if texts else table


def unreadable(place: str, error: Exception) -> Unreplayable:
    """What keeps a table from being read, in one line."""
    said = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    return Unreplayable("RPL503", f"`{place}` cannot be read: {said[:300]}", _ENDINGS)


def kept(connection: BaseBackend, expression: ir.Table) -> ir.Table:
    """The same table, worked out once and for all."""
    if connection.name == "duckdb":
        return connection.create_table(f"kept_{uuid4().hex}", expression, temp=True)
    # Tables of this program are made known to Spark by a result that is asked for, not by `cache`.
    expression.limit(0).to_pyarrow()
    return expression.cache()
