"""The same question in SQL written by hand: what is decided comes from a table of classes.

The classes are those of the table, told apart by all columns that policies read. The verdicts on
them are taken for given and not counted here: the SQL groups, joins and adds.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

_READ = (
    "data, regime, purpose, subjects, lawful_basis, special_condition, endpoint, features, "
    "server_tools, stateful"
)
_SAME = " and ".join(
    f"calls.{name} is not distinct from classes.{name}" for name in _READ.split(", ")
)
_QUESTION = f"""
with classes as materialized (
  select {_READ}, row_number() over () as number
  from (select distinct {_READ} from '{{file}}')
)
select number, tenant, count(*), sum(tokens_input), sum(tokens_output), min(id)
from '{{file}}' calls join classes on {_SAME}
group by all
"""  # noqa: S608 - names of columns, from above


def ask(file: Path, threads: int) -> int:
    """Group, join and add; how many rows come of it."""
    connection = duckdb.connect(config={"threads": threads})
    return len(connection.execute(_QUESTION.format(file=file)).fetchall())
