"""The same expressions on Spark: the same answer as on DuckDB, to the byte."""

from __future__ import annotations

import random
import shutil

import pytest

pytest.importorskip("pyspark", reason="needs the extra `spark`")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java", allow_module_level=True)

from policy_router.report.proposed import proposed_json
from policy_router.store.calls import Machine
from tests.differential.proposals import any_proposal
from tests.differential.test_proposals import ROLLS_A_CALL, found
from tests.strategies.draws import ROLLS, Dice

pytestmark = [
    pytest.mark.packaging,
    pytest.mark.filterwarnings("ignore"),  # Spark's own, and of what it brings
]


def test_spark_finds_what_duckdb_finds() -> None:
    dice = random.Random(7)  # noqa: S311 - dice
    calls = [dice.randbytes(ROLLS_A_CALL) for _ in range(60)]
    put = any_proposal(Dice(dice.randbytes(ROLLS)), calls)
    assert proposed_json(found(put, Machine.SPARK)) == proposed_json(found(put))
