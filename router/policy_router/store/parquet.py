"""Tables of recorded calls as Parquet, with the extra `parquet`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from tempfile import mkstemp
from typing import Any, Final

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

_TEXT: Final = pa.string()
_TEXTS: Final = pa.list_(_TEXT)
_COUNT: Final = pa.int64()
_TRUTH: Final = pa.bool_()
_COLUMNS: Final = {
    "at": pa.timestamp("us", tz="UTC"),
    "id": _TEXT,
    "attempt": _COUNT,
    "point": _TEXT,
    "caller": _TEXT,
    "subject": _TEXT,
    "observed": _TRUTH,
    "admitted": _TRUTH,
    "refused": _TEXT,
    "body_bytes": _COUNT,
    "version": _TEXT,
    "route": _TEXT,
    "data": _TEXTS,
    "regime": _TEXTS,
    "subjects": _TEXTS,
    "subject_location": _TEXTS,
    "purpose": _TEXT,
    "lawful_basis": _TEXT,
    "special_condition": _TEXT,
    "decision_effect": _TEXT,
    "tenant": _TEXT,
    "project": _TEXT,
    "environment": _TEXT,
    "labels": _TEXT,
    "model": _TEXT,
    "endpoint": _TEXT,
    "features": _TEXTS,
    "input_modalities": _TEXTS,
    "output_modalities": _TEXTS,
    "server_tools": _TEXTS,
    "stateful": _TRUTH,
    "streaming": _TRUTH,
    "tokens_input": _COUNT,
    "tokens_output": _COUNT,
    "gateway": _TEXT,
    "seen": _TRUTH,
    "open": _TEXTS,
    "withheld": _TEXTS,
    "without_declared": _TEXT,
    "requested": _TEXT,
    "outcome": _TEXT,
    "reason": _TEXT,
    "missing": _TEXTS,
    "policies": _TEXT,
    "registry": _TEXT,
    "candidates": _COUNT,
    "rests_on_agreements": _TEXTS,
    "rests_on_exceptions": _TEXTS,
    "rests_on_signoffs": _TEXTS,
    "rests_on_secondary_readings_of_law": _TEXTS,
    "ending": _TEXT,
    "status": _COUNT,
    "attested": _TEXT,
}
_SCHEMA: Final = pa.schema(list(_COLUMNS.items()))
_GROUP: Final = 20_000
"""Rows that are written at once; no more are held."""


def write_parquet(
    file: Path, rows: Iterable[Mapping[str, Any]], progress: Callable[[int], None]
) -> int:
    """Write `rows` to `file`, whole or not at all, for its owner's eyes; how many there were.

    Raises `OSError`.
    """
    handle, name = mkstemp(dir=file.parent, prefix=f".{file.name}.")
    os.close(handle)
    try:
        count = _written(name, rows, progress)
        Path(name).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return count


def _written(name: str, rows: Iterable[Mapping[str, Any]], progress: Callable[[int], None]) -> int:
    count, left = 0, iter(rows)
    with ParquetWriter(name, _SCHEMA, compression="zstd") as writer:
        while group := list(islice(left, _GROUP)):
            writer.write_batch(pa.RecordBatch.from_pylist(group, schema=_SCHEMA))
            count += len(group)
            progress(count)
    return count
