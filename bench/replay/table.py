"""A table of calls as an organisation may have them: few combinations of facts, many sizes."""

from __future__ import annotations

from pathlib import Path

import duckdb

SEED = 8

_CALLS = """
copy (
  select
    'c' || lpad(i::varchar, 9, '0') as id,
    case when h % 10 < 4 then ['personal'] when h % 10 < 7 then ['non_personal']
         when h % 10 = 8 then ['health', 'personal'] else ['source_code'] end as data,
    case when (h // 16) % 3 = 0 then ['uk_gdpr'] else ['eu_gdpr'] end as regime,
    'tenant-' || ((h // 64) % 200) as tenant,
    'purpose-' || ((h // 8192) % 12) as purpose,
    case when (h // 99) % 2 = 0 then ['customers'] else ['employees'] end as subjects,
    case (h // 1000) % 4 when 0 then 'A6-1-a' when 1 then 'A6-1-f' else 'A6-1-b' end
      as lawful_basis,
    case when h % 10 = 8 then 'A9-2-h' else null end as special_condition,
    null::varchar as model,
    'chat_completions' as endpoint,
    case when (h // 7) % 8 = 0 then ['tools'] else []::varchar[] end as features,
    []::varchar[] as input_modalities,
    []::varchar[] as output_modalities,
    case when (h // 77) % 50 = 0 then ['web_search'] else []::varchar[] end as server_tools,
    (h // 5) % 100 = 0 as stateful,
    (h // 3) % 2 = 0 as streaming,
    (100 + (h // 7) % 9000)::bigint as tokens_input,
    (10 + (h // 13) % 2000)::bigint as tokens_output
  from (select i, hash(i + {seed}) // 8 as h from range({count}) numbers(i))
) to '{file}' (format parquet)
"""


def write_calls(file: Path, count: int) -> None:
    """Write `count` calls; the same ones each time."""
    duckdb.connect().execute(_CALLS.format(seed=SEED, count=count, file=file))
